using Recorder.Actors.Timing;
using Recorder.Contracts;
using Recorder.FFmpeg;

namespace Recorder.Actors.Recording;

/// <summary>
/// Selects the packets to record. Leaves packets out while the recording is paused, the track is muted, the disk is too slow or full, or a
/// key frame is missing. Adds a gap for packets that should have been recorded.
/// </summary>
internal sealed class PacketSelection(RecordedTracks tracks, RecorderOptions options, bool mayDrop, IPipelineSink sink, TimeProvider time)
{
    // A wall clock that differs from the steady clock by more than this was set meanwhile.
    private static readonly TimeSpan ClockJump = TimeSpan.FromMinutes(1);

    private readonly DropGate? _gate = mayDrop ? new DropGate(options.MemoryLimit) : null;
    private readonly GapLedger _gaps = new(tracks, sink, time, options.MemoryLimit);
    private readonly MachineTime _machine = MachineTime.Of(time);
    private readonly PausedMedia _pause = new(tracks);
    private SlicedOutput? _output;
    private bool _wasStalled;
    private TimeSpan _lastArrival;
    private SourceLoss? _sourceLoss;

    public long LostPackets => _gaps.LostPackets;

    public bool IsPaused => _pause.IsPaused;

    public bool IsFull { get; private set; }

    private TimeSpan Position => _output?.Duration ?? TimeSpan.Zero;

    /// <summary>Notes that packets arrived now: a loss of the source begins at the last arrival.</summary>
    public void NoteArrival() => _lastArrival = _machine.Read();

    public void Begin(SlicedOutput output)
    {
        _output = output;
        BeginMutedGaps();
    }

    public bool TrySelect(RecordedTrack track, PacketInfo packet)
    {
        if (_pause.LeavesOut(track, packet, Position) || IsLeftOut(track, packet))
            return false;

        if (track.Gap is not null)
            _gaps.EndAt(track, packet);

        track.NeedsKeyFrame = false;
        return true;
    }

    /// <summary>Counts a packet that could not be written because it was out of order.</summary>
    public void CountLostPacket() => _gaps.CountLost(1);

    public void Pause()
    {
        ReportSourceLoss();
        _pause.Pause();
        _gaps.CloseAll();
    }

    public void Resume()
    {
        _pause.Resume(hasBegun: _output is not null);
        _sourceLoss = _sourceLoss is { } lost ? new SourceLoss(time.GetUtcNow(), lost.Detail, _machine.Read()) : null;
        BeginMutedGaps();
    }

    public void Mute(RecordedTrack track, bool muted)
    {
        track.IsMuted = muted;
        track.SetBlank(muted);
        BeginMutedGaps();
    }

    /// <summary>Notes that the source is lost. If it does not return, a gap is added when the recording pauses or ends.</summary>
    public void BeginSourceLoss(DateTimeOffset since, string detail) => _sourceLoss = CreateLoss(since, detail);

    /// <summary>
    /// Adds a gap for media that was lost before it reached the recorder. After a lost source or an overrun, the gap ends with the next key
    /// frame; any other gap ends at once.
    /// </summary>
    /// <param name="packets">Packets lost, as far as the source counted them.</param>
    /// <param name="missing">Media time lost; null where only the wall-clock time is known.</param>
    public void AddGap(GapCause cause, DateTimeOffset from, DateTimeOffset to, long packets, string detail, TimeSpan? missing = null)
    {
        if (cause == GapCause.SourceLost && !IsPaused)
        {
            // A pause during the loss has already added the part before it.
            from = _sourceLoss is { } lost ? StartOf(lost, lost.Since > from ? lost.Since : from, to) : from;
            _sourceLoss = null;
        }

        if (cause is (GapCause.SourceLost or GapCause.RecorderOverrun) && !IsPaused)
            _gaps.AddUntilNextPacket(cause, Position, from, to, packets, detail);
        else
            _gaps.Add(cause, Position, missing ?? to - from, from, to, packets, detail);
    }

    /// <param name="reached">Where the stored media ends.</param>
    /// <param name="lost">Packets produced and not stored.</param>
    public void HandleFullVolume(TimeSpan reached, long lost)
    {
        IsFull = true;
        _gaps.AddFullVolume(reached, Position, lost, mayBegin: !IsPaused);
    }

    public void HandleFreeVolume() => IsFull = false;

    public void EndTrack(RecordedTrack track)
    {
        if (track.Gap is not null)
            _gaps.EndTrack(track);
    }

    public void Finish()
    {
        ReportSourceLoss();
        _gaps.CloseAll();
    }

    private void ReportSourceLoss()
    {
        if (_sourceLoss is { } lost && !IsPaused)
        {
            var now = time.GetUtcNow();
            _gaps.AddUntilNextPacket(GapCause.SourceLost, Position, StartOf(lost, lost.Since, now), now, 0, lost.Detail);
        }
    }

    // For a loss in a pre-roll, which is handled long after it began, the steady clock's time is not known.
    private SourceLoss CreateLoss(DateTimeOffset since, string detail)
    {
        var ago = time.GetUtcNow() - since;
        return new SourceLoss(since, detail, (ago - (_machine.Read() - _lastArrival)).Duration() <= ClockJump ? _lastArrival : null);
    }

    // The beginning of a loss by the wall clock that measured its end.
    private DateTimeOffset StartOf(SourceLoss loss, DateTimeOffset from, DateTimeOffset to)
    {
        var elapsed = (_machine.Read() - loss.At) ?? (to - from);
        return (to - from - elapsed).Duration() > ClockJump ? to - elapsed : from;
    }

    private bool IsLeftOut(RecordedTrack track, PacketInfo packet)
    {
        if (IsFull)
        {
            _gaps.LeaveOut(track, packet, GapCause.DiskFull);
            return true;
        }

        if (IsStalled())
        {
            _gaps.LeaveOut(track, packet, GapCause.DiskStalled);
            return true;
        }

        if (track.IsSilent)
        {
            _gaps.LeaveOut(track, packet, GapCause.Muted);
            return true;
        }

        if ((!track.NeedsKeyFrame || packet.Key) && _output!.EnsureInExtent(track, track.Timeline.Map(packet.Dts)))
            return false;

        // Before the track's first key frame, and after a pause, nothing is lost.
        if (track.Gap is not null || track.NeedsExtent)
            _gaps.LeaveOut(track, packet, GapCause.TrackChanged);

        return true;
    }

    private bool IsStalled()
    {
        var stalled = _gate?.Update(sink.Backlog) == true;
        if (stalled != _wasStalled)
        {
            _wasStalled = stalled;
            sink.ReportStorage(
                stalled ? StorageStatus.Stalled : StorageStatus.Writing,
                stalled ? "The disk is slower than the media, or does not answer." : "The disk is fast enough again.");
        }

        return stalled;
    }

    /// <param name="Since">When the last packet was captured.</param>
    /// <param name="At">The machine's steady clock at that moment; null where it is not known.</param>
    private sealed record SourceLoss(DateTimeOffset Since, string Detail, TimeSpan? At);

    private void BeginMutedGaps()
    {
        foreach (var track in tracks)
        {
            if (track.IsSilent && !track.IsComplete && _output is not null && !IsPaused)
                _gaps.Begin(track, GapCause.Muted, Position);
        }
    }
}
