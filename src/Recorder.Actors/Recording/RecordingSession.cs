using Recorder.Actors.Capture;
using Recorder.Contracts;
using Recorder.FFmpeg;

namespace Recorder.Actors.Recording;

/// <summary>Where a session's results go: to the writer, and as events to the subscribers.</summary>
internal interface ISessionSink
{
    /// <summary>Bytes handed over that are not yet on disk.</summary>
    long Backlog { get; }

    /// <summary>The container is open: the full MIME type and the tracks are known. Comes before any byte.</summary>
    void Begun(string mimeType, IReadOnlyList<TrackDescription> tracks);

    void BeginExtent(int number);

    void Append(MediaBytes bytes);

    void EndBlob(BlobPosition position);

    void Finalise(IReadOnlyList<MediaPatch> patches);

    void Gap(GapCause cause, TimeSpan mediaTime, TimeSpan duration, DateTimeOffset from, DateTimeOffset to, long packets, string detail);

    /// <summary>The duration asked for is recorded. May be told more than once.</summary>
    void DurationReached();
}

/// <summary>What a blob covers.</summary>
internal readonly record struct BlobPosition(TimeSpan MediaTime, TimeSpan Duration, DateTimeOffset CapturedAt, bool Key);

/// <summary>
/// The input side of one recording's media: takes source packets, leaves out what is not to be recorded (before the first key frame,
/// paused, muted, more than the disk takes), puts the rest on one timeline from 0, copies or transcodes it. Knows no actor and no file.
/// </summary>
internal sealed class RecordingSession : IDisposable
{
    private readonly RecordingPlan _plan;
    private readonly RecorderOptions _options;
    private readonly ISessionSink _sink;
    private readonly TimeProvider _time;
    private readonly Dictionary<int, RecordedTrack> _bySource = [];
    private readonly List<RecordedTrack> _tracks = [];
    private readonly RecordedTrack _reference;
    private readonly SessionStart _start;
    private readonly DropGate _gate;
    private readonly Func<SlicedOutput> _open;
    private SlicedOutput? _output;
    private bool _paused;
    private bool _resuming;

    /// <exception cref="FFmpegException">A codec cannot be opened.</exception>
    public RecordingSession(
        RecordingPlan plan, RecorderOptions options, TimeSpan? timeslice, TimeSpan? limit, ISessionSink sink, TimeProvider time)
    {
        (_plan, _options, _sink, _time) = (plan, options, sink, time);
        Bitrates = Bitrates.For(
            options, plan.Tracks.Any(track => track.Kind == TrackKind.Video), plan.Tracks.Any(track => track.Kind == TrackKind.Audio));
        try
        {
            foreach (var track in plan.Tracks)
            {
                var recorded = new RecordedTrack(track, _tracks.Count, options, Bitrates) { NeedsKeyFrame = track.Kind == TrackKind.Video };
                _tracks.Add(recorded);
                _bySource.Add(recorded.SourceId, recorded);
            }
        }
        catch
        {
            _tracks.ForEach(track => track.Dispose());
            throw;
        }

        _reference = _tracks.Find(track => track.IsVideo) ?? _tracks[0];
        _start = new SessionStart(_tracks, _reference);
        _gate = new DropGate(options.MemoryLimit);
        _open = () => new SlicedOutput(
            plan.Container, _tracks, _reference,
            new Slicer(timeslice, options.FragmentDuration, options.ExtentDuration, options.ExtentBytes), limit, sink, time);
    }

    /// <summary>Bits a second in effect.</summary>
    public Bitrates Bitrates { get; }

    /// <summary>The full MIME type; without codecs until the container is open.</summary>
    public string MimeType { get; private set; } = "";

    /// <summary>Whether the container is open.</summary>
    public bool HasBegun => _output is not null;

    /// <summary>Media time recorded.</summary>
    public TimeSpan Duration => _output?.Duration ?? TimeSpan.Zero;

    /// <summary>Bytes produced over all extents.</summary>
    public long Bytes => _output?.Bytes ?? 0;

    /// <summary>Packets that should have been recorded and were not.</summary>
    public long LostPackets { get; private set; }

    /// <summary>Takes a batch; the caller keeps its reference.</summary>
    /// <exception cref="FFmpegException">The container or a codec failed.</exception>
    public void Write(PacketBatch batch)
    {
        if (_output is null)
        {
            if (_start.Hold(batch))
            {
                Begin();
            }

            return;
        }

        for (var index = 0; index < batch.Count; index++)
        {
            Write(batch, index);
        }
    }

    /// <summary>From here on media is left out.</summary>
    public void Pause() => (_paused, _resuming) = (true, false);

    /// <summary>Goes on at the next frame that can be decoded by itself, at the place on the timeline where it was paused.</summary>
    public void Resume() => (_paused, _resuming) = (false, true);

    /// <summary>requestData(): what was gathered so far is a blob. Only once begun.</summary>
    public void CutBlob() => _output?.CutBlob();

    /// <summary>A track of the source ended; the others go on.</summary>
    public void EndTrack(int sourceTrack)
    {
        if (_bySource.TryGetValue(sourceTrack, out var track) && !track.IsComplete)
        {
            Drain(track);
            track.IsComplete = true;
            _output?.Complete(track);
        }
    }

    /// <summary>A track lost or regained its signal.</summary>
    public void Mute(int sourceTrack, bool muted)
    {
        if (!_bySource.TryGetValue(sourceTrack, out var track) || track.IsMuted == muted)
        {
            return;
        }

        track.IsMuted = muted;
        track.Blank(muted);
        if (muted)
        {
            (track.MutedAt, track.MutedPackets) = (_time.GetUtcNow(), 0);
        }
        else if (!IsBlanked(track))
        {
            track.NeedsKeyFrame = track.IsVideo;
            AddGap(GapCause.Muted, track.MutedAt, _time.GetUtcNow(), track.MutedPackets, $"Track {sourceTrack} had no signal.");
        }
    }

    /// <summary>The codec parameters of a copied track changed: a new extent begins with them, where one may.</summary>
    /// <returns>False when the track cannot go on in this recording.</returns>
    public bool Change(SourceTrack source, bool mayBeginExtent)
    {
        if (!_bySource.TryGetValue(source.Id, out var track) || track.IsEncoded)
        {
            return true;
        }

        if (source.Description.Codec != track.Description.Codec || source.TimeBase != track.Timeline.TimeBase)
        {
            return false;
        }

        if (mayBeginExtent)
        {
            track.Output = source.Parameters;
            track.NeedsKeyFrame = track.IsVideo;
            _output?.AskForExtent();
        }

        return true;
    }

    /// <summary>An interval was lost on the way here.</summary>
    public void AddGap(GapCause cause, DateTimeOffset from, DateTimeOffset to, long packets, string detail)
    {
        LostPackets += packets;
        _sink.Gap(cause, Duration, to > from ? to - from : TimeSpan.Zero, from, to, packets, detail);
    }

    /// <summary>Ends the recording: drains the encoders, completes the container, ends the last blob.</summary>
    public void Finish()
    {
        if (_output is null && _start.HasKeyFrame)
        {
            Begin();
        }

        foreach (var track in _tracks.Where(track => !track.IsComplete))
        {
            Drain(track);
        }

        _output?.Finish();
    }

    public void Dispose()
    {
        _start.Dispose();
        _output?.Dispose();
        _tracks.ForEach(track => track.Dispose());
    }

    private void Begin()
    {
        _output = _open();
        MimeType = new MediaMimeType(
            _tracks.Exists(track => track.IsVideo) ? TrackKind.Video : TrackKind.Audio,
            _plan.Container,
            [.. _tracks.Select(track => track.Output.MimeCodec).Distinct()]).ToString();
        _sink.Begun(MimeType, [.. _tracks.Select(track => track.Description)]);
        _start.Release(Write);
        _output.WriteHeader();
    }

    private void Write(PacketBatch batch, int index)
    {
        var packet = batch[index];
        if (!_bySource.TryGetValue(packet.Track, out var track) || track.IsComplete || _paused || IsBeforeResume(track, packet) ||
            !_start.Includes(track, packet))
        {
            return;
        }

        if (IsOverBacklog())
        {
            return;
        }

        if (track.IsMuted && !IsBlanked(track))
        {
            track.MutedPackets++;
            return;
        }

        if (track.NeedsKeyFrame && !packet.Key)
        {
            return;
        }

        track.NeedsKeyFrame = false;
        var (pts, dts) = (track.Timeline.Map(packet.Pts), track.Timeline.Map(packet.Dts));
        track.Timeline.Wrote(dts, packet.Duration);
        if (!track.IsEncoded)
        {
            LostPackets += _output!.Write(track, batch, index, pts, dts) ? 0 : 1;
            return;
        }

        var encoded = PacketBatch.Rent();
        try
        {
            track.Transcode(batch, index, pts, encoded);
            WriteEncoded(encoded);
        }
        finally
        {
            encoded.Release();
        }
    }

    private bool IsBlanked(RecordedTrack track) => track.IsEncoded && _options.SignalLoss == SignalLossPolicy.BlackAndSilence;

    // Everything waits for the reference track's next key frame; what lies between is cut out of every track alike.
    private bool IsBeforeResume(RecordedTrack track, PacketInfo packet)
    {
        if (!_resuming)
        {
            return false;
        }

        var reference = _reference.IsComplete ? _tracks.First(other => !other.IsComplete) : _reference;
        if (track != reference || (track.IsVideo && !packet.Key))
        {
            return true;
        }

        _resuming = false;
        var expected = track.Timeline.Expected == PacketInfo.NoTimestamp ? 0 : track.Timeline.Expected;
        var cut = track.Timeline.Map(packet.Dts) - expected;
        foreach (var other in _tracks)
        {
            other.Timeline.Cut(cut, track.Timeline.TimeBase);
            other.NeedsKeyFrame = other.IsVideo;
        }

        return false;
    }

    private bool IsOverBacklog()
    {
        if (_gate.Update(_sink.Backlog, _time.GetUtcNow()))
        {
            _tracks.ForEach(other => other.NeedsKeyFrame = other.IsVideo);
            AddGap(
                GapCause.DiskStalled, _gate.Since, _time.GetUtcNow(), _gate.Packets,
                $"The disk was slower than the media: more than {_options.MemoryLimit >> 20} MiB waited for it.");
        }

        if (!_gate.IsClosed)
        {
            return false;
        }

        _gate.Count();
        return true;
    }

    private void WriteEncoded(PacketBatch encoded)
    {
        for (var index = 0; index < encoded.Count; index++)
        {
            var packet = encoded[index];
            LostPackets += _output!.Write(_tracks[packet.Track], encoded, index, packet.Pts, packet.Dts) ? 0 : 1;
        }
    }

    private void Drain(RecordedTrack track)
    {
        if (!track.IsEncoded || _output is null)
        {
            return;
        }

        var encoded = PacketBatch.Rent();
        try
        {
            track.FinishTranscoding(encoded);
            WriteEncoded(encoded);
        }
        finally
        {
            encoded.Release();
        }
    }
}
