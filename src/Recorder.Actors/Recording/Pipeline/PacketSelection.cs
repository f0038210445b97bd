using Recorder.Actors.Timing;
using Recorder.Contracts;
using Recorder.FFmpeg;

namespace Recorder.Actors.Recording;

/// <summary>
/// Which of the packets that come are recorded: not what is paused, muted, more than the disk takes, or cannot be decoded for want of a
/// key frame. What should have been recorded and was not is stated as a gap; what a pause leaves out is cut out of the timeline.
/// </summary>
internal sealed class PacketSelection(RecordedTracks tracks, RecorderOptions options, bool mayDrop, IPipelineSink sink, TimeProvider time)
{
    // A track that was this far behind the recording before a pause goes on at the recording's end.
    private static readonly TimeSpan LongestLag = TimeSpan.FromSeconds(1);

    // A wall clock that says so much else than a steady one was set meanwhile.
    private static readonly TimeSpan ClockJump = TimeSpan.FromMinutes(1);

    private readonly DropGate? _gate = mayDrop ? new DropGate(options.MemoryLimit) : null;
    private readonly GapLedger _gaps = new(tracks, sink, time, options.MemoryLimit);
    private SlicedOutput? _output;
    private bool _resuming;
    private bool _wasStalled;
    private readonly MachineTime _machine = MachineTime.Of(time);
    private TimeSpan _heard;
    private Loss? _lost;

    /// <summary>Packets that should have been recorded and were not.</summary>
    public long LostPackets => _gaps.LostPackets;

    public bool IsPaused { get; private set; }

    /// <summary>Whether the volume is full.</summary>
    public bool IsFull { get; private set; }

    private TimeSpan Position => _output?.Duration ?? TimeSpan.Zero;

    /// <summary>Packets came.</summary>
    public void Hear() => _heard = _machine.Read();

    /// <summary>The recording has begun.</summary>
    public void Begin(SlicedOutput output)
    {
        _output = output;
        BeginMutedGaps();
    }

    /// <summary>Whether the packet is to be written; false when it is left out.</summary>
    public bool Takes(RecordedTrack track, PacketInfo packet)
    {
        if (IsPaused || IsBeforeResume(track, packet) || IsLeftOut(track, packet))
        {
            return false;
        }

        if (track.Gap is not null)
        {
            _gaps.Return(track, packet);
        }

        track.NeedsKeyFrame = false;
        return true;
    }

    /// <summary>A packet came out of order and could not be written.</summary>
    public void LoseOne() => _gaps.Lose(1);

    public void Pause()
    {
        StateLoss();
        (IsPaused, _resuming) = (true, false);
        _gaps.CloseAll();
    }

    public void Resume()
    {
        (IsPaused, _resuming) = (false, _output is not null);
        _lost = _lost is { } lost ? new Loss(time.GetUtcNow(), lost.Detail, _machine.Read()) : null;
        BeginMutedGaps();
    }

    public void Mute(RecordedTrack track, bool muted)
    {
        track.IsMuted = muted;
        track.Blank(muted);
        BeginMutedGaps();
    }

    /// <summary>The source is lost. If it is not back before the recording pauses or ends, what was lost until then is stated.</summary>
    public void Lose(DateTimeOffset since, string detail) => _lost = LossSince(since, detail);

    /// <summary>
    /// An interval was lost on the way here, and is over. Damaged packets are missing for as long as they last; else what follows begins with
    /// a key frame, and what is missing ends there.
    /// </summary>
    public void AddGap(GapCause cause, DateTimeOffset from, DateTimeOffset to, long packets, string detail, TimeSpan? missing = null)
    {
        if (cause == GapCause.SourceLost && !IsPaused)
        {
            // A pause in between stated what came before it.
            from = _lost is { } lost ? Began(lost, lost.Since > from ? lost.Since : from, to) : from;
            _lost = null;
        }

        if (cause is (GapCause.SourceLost or GapCause.RecorderOverrun) && !IsPaused)
        {
            _gaps.Restored(cause, Position, from, to, packets, detail);
        }
        else
        {
            _gaps.State(cause, Position, missing ?? to - from, from, to, packets, detail);
        }
    }

    /// <summary>The volume is full.</summary>
    /// <param name="reached">Where what is written ends.</param>
    /// <param name="lost">Packets behind that.</param>
    public void Fill(TimeSpan reached, long lost)
    {
        IsFull = true;
        _gaps.Fill(reached, Position, lost, mayBegin: !IsPaused);
    }

    /// <summary>The volume has space.</summary>
    public void Empty() => IsFull = false;

    /// <summary>A track ended.</summary>
    public void End(RecordedTrack track)
    {
        if (track.Gap is not null)
        {
            _gaps.End(track);
        }
    }

    /// <summary>The recording ends: what is still left out is stated.</summary>
    public void Finish()
    {
        StateLoss();
        _gaps.CloseAll();
    }

    private void StateLoss()
    {
        if (_lost is { } lost && !IsPaused)
        {
            var now = time.GetUtcNow();
            _gaps.Restored(GapCause.SourceLost, Position, Began(lost, lost.Since, now), now, 0, lost.Detail);
        }
    }

    // One that is told of long after it began, out of a pre-roll, has no moment of its own.
    private Loss LossSince(DateTimeOffset since, string detail)
    {
        var ago = time.GetUtcNow() - since;
        return new Loss(since, detail, (ago - (_machine.Read() - _heard)).Duration() <= ClockJump ? _heard : null);
    }

    // When it began, as the clock that says when it ended would have said.
    private DateTimeOffset Began(Loss loss, DateTimeOffset from, DateTimeOffset to)
    {
        var lasted = (_machine.Read() - loss.At) ?? (to - from);
        return (to - from - lasted).Duration() > ClockJump ? to - lasted : from;
    }

    // Everything waits for the reference track's next key frame; what lies between is cut out of every track alike.
    private bool IsBeforeResume(RecordedTrack track, PacketInfo packet)
    {
        if (!_resuming)
        {
            return false;
        }

        if ((track != tracks.Reference && !IsSilent(tracks.Reference)) || IsSilent(track) || (track.IsVideo && !packet.Key))
        {
            return true;
        }

        _resuming = false;
        var end = track.Timeline.Expected == PacketInfo.NoTimestamp ? 0 : track.Timeline.Expected;
        if (Position - track.Timeline.TimeBase.ToTimeSpan(end) > LongestLag)
        {
            end = track.Timeline.TimeBase.FromTimeSpan(Position);
        }

        var cut = track.Timeline.Map(packet.Dts) - end;
        foreach (var other in tracks)
        {
            other.Timeline.Cut(cut, track.Timeline.TimeBase);
            other.NeedsKeyFrame = other.IsVideo;
        }

        return false;
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

        if (IsSilent(track))
        {
            _gaps.LeaveOut(track, packet, GapCause.Muted);
            return true;
        }

        if ((!track.NeedsKeyFrame || packet.Key) && _output!.Admits(track, track.Timeline.Map(packet.Dts)))
        {
            return false;
        }

        // Before the track's first key frame, and after a pause, nothing is lost.
        if (track.Gap is not null || track.AwaitsExtent)
        {
            _gaps.LeaveOut(track, packet, GapCause.TrackChanged);
        }

        return true;
    }

    private bool IsStalled()
    {
        var stalled = _gate?.IsClosed(sink.Backlog) == true;
        if (stalled != _wasStalled)
        {
            _wasStalled = stalled;
            sink.Storage(
                stalled ? StorageStatus.Stalled : StorageStatus.Writing,
                stalled ? "The disk is slower than the media, or does not answer." : "The disk takes everything again.");
        }

        return stalled;
    }

    /// <summary>The source is lost.</summary>
    /// <param name="Since">When its last packet was captured.</param>
    /// <param name="Detail">What is said if it does not come back.</param>
    /// <param name="At">That moment by the machine's steady clock; null where it is not known.</param>
    private sealed record Loss(DateTimeOffset Since, string Detail, TimeSpan? At);

    // Black and silence take the place of an encoded track's content where that is asked for; anything else leaves a gap.
    private bool IsSilent(RecordedTrack track) =>
        track.IsComplete || (track.IsMuted && !(track.IsEncoded && options.SignalLoss == SignalLossPolicy.BlackAndSilence));

    private void BeginMutedGaps()
    {
        foreach (var track in tracks)
        {
            if (IsSilent(track) && !track.IsComplete && _output is not null && !IsPaused)
            {
                _gaps.Begin(track, GapCause.Muted, Position);
            }
        }
    }
}
