using Recorder.Contracts;
using Recorder.FFmpeg;
using Recorder.Media.Codecs;

namespace Recorder.Actors.Recording;

/// <summary>
/// The input side of one recording's media: takes the source packets that the <see cref="PacketSelection"/> selects, from the first key
/// frame on, puts them on one timeline from 0, and copies or transcodes them. Knows no actor and no file.
/// </summary>
internal sealed partial class MediaPipeline : IDisposable
{
    private readonly TrackPlan _plan;
    private readonly RecorderOptions _options;
    private readonly IPipelineSink _sink;
    private readonly TimeProvider _time;
    private readonly bool _isSingleFile;
    private readonly IMediaCodecs _codecs;
    private readonly RecordedTracks _tracks = new();
    private readonly PipelineStart _start;
    private readonly PacketSelection _selection;
    private readonly Func<SlicedOutput> _createOutput;
    private readonly CaptureTimeline _captured;
    private SlicedOutput? _output;

    /// <param name="timeslice">Media time per blob; null for one blob.</param>
    /// <param name="limit">Media time after which the recording is complete; null for none.</param>
    /// <param name="mayDrop">Whether packets may be left out when the disk is too slow; false where the source waits for the disk.</param>
    /// <param name="extentPhase">The part of an extent's duration by which the first extent is shorter, from 0 to less than 1.</param>
    /// <param name="isSingleFile">Whether the recording is one file: no track can be added or change its parameters.</param>
    /// <param name="codecs">Opens decoders and encoders; null opens them in this process.</param>
    /// <exception cref="FFmpegException">A codec cannot be opened.</exception>
    public MediaPipeline(
        TrackPlan plan, RecorderOptions options, TimeSpan? timeslice, TimeSpan? limit, bool mayDrop, IPipelineSink sink,
        TimeProvider time, double extentPhase = 0, bool isSingleFile = false, IMediaCodecs? codecs = null)
    {
        (_plan, _options, _sink, _time) = (plan, options, sink, time);
        (_isSingleFile, _codecs) = (isSingleFile, codecs ?? InProcessCodecs.Default);
        _captured = new CaptureTimeline(time);
        Bitrates = Bitrates.For(
            options, plan.Tracks.Any(track => track.Kind == TrackKind.Video), plan.Tracks.Any(track => track.Kind == TrackKind.Audio));
        try
        {
            foreach (var track in plan.Tracks)
                AddTrack(track);
        }
        catch
        {
            _tracks.Dispose();
            throw;
        }

        _start = new PipelineStart(_tracks);
        _selection = new PacketSelection(_tracks, options, mayDrop, sink, time);
        _createOutput = () => new SlicedOutput(
            plan.Container, _tracks,
            new SliceClock(
                timeslice, options.FragmentDuration, options.ExtentDuration, options.ExtentBytes, extentPhase, options.MinimumTimeslice),
            limit, isSingleFile, sink, time);
    }

    public Bitrates Bitrates { get; }

    /// <summary>The full MIME type, of all tracks recorded so far; "" until the container is open.</summary>
    public string MimeType => _output is null ? "" : new MediaMimeType(
        Recorded.Any(track => track.IsVideo) ? TrackKind.Video : TrackKind.Audio,
        _plan.Container,
        [.. Recorded.Select(track => track.Output.MimeCodec).Distinct()]).ToString();

    public IReadOnlyList<TrackDescription> Descriptions => [.. Recorded.Select(track => track.Description)];

    /// <summary>Wall-clock capture time of the first packet recorded, once begun.</summary>
    public DateTimeOffset FirstCapturedAt { get; private set; }

    /// <summary>When the key frames of the reference track were captured; null before the first.</summary>
    public CaptureTimes? CaptureTimes => _captured.Times;

    public bool HasBegun => _output is not null;

    public TimeSpan Duration => _output?.Duration ?? TimeSpan.Zero;

    public long Bytes => _output?.Bytes ?? 0;

    public long LostPackets => _selection.LostPackets;

    public long Packets => _output?.Packets ?? 0;

    /// <summary>Whether packets are left out because the volume is full.</summary>
    public bool IsFull => _selection.IsFull;

    /// <summary>Whether a key frame has arrived, so that the recording is not empty.</summary>
    public bool HasMedia => _output is not null || _start.HasKeyFrame;

    private IEnumerable<RecordedTrack> Recorded => _tracks.Where(track => track.WasRecorded);

    /// <summary>Takes a batch; the caller keeps its reference.</summary>
    /// <exception cref="FFmpegException">The container or a codec failed.</exception>
    public void Write(PacketBatch batch)
    {
        _selection.NoteArrival();
        if (_output is null)
        {
            if (!_selection.IsPaused && _start.Add(batch))
                Begin();

            return;
        }

        for (var index = 0; index < batch.Count; index++)
            Write(batch, index);
    }

    /// <summary>Leaves media out from here on, as well as packets that wait for the recording to begin: it begins after the pause.</summary>
    public void Pause()
    {
        _selection.Pause();
        _start.Clear();
    }

    /// <summary>Records again from the next key frame on, which continues the timeline where it was paused.</summary>
    public void Resume() => _selection.Resume();

    /// <summary>requestData(): ends the blob here. Has no effect before the recording has begun.</summary>
    public void CutBlob() => _output?.CutBlob();

    /// <summary>Begins a new extent at the next key frame. Has no effect before the recording has begun.</summary>
    public void Split() => _output?.RequestExtent();

    /// <param name="reached">Where the stored media ends.</param>
    /// <param name="written">The number of packets stored.</param>
    public void HandleFullVolume(TimeSpan reached, long written) => _selection.HandleFullVolume(reached, Packets - written);

    /// <param name="needsExtent">Whether another extent must begin there.</param>
    public void HandleFreeVolume(bool needsExtent)
    {
        _selection.HandleFreeVolume();
        _output?.ResumeAfterFullVolume(needsExtent);
    }

    /// <summary>Notes that the source is lost. If it does not return, a gap is added when the recording pauses or ends.</summary>
    public void BeginSourceLoss(DateTimeOffset since, string detail) => _selection.BeginSourceLoss(since, detail);

    /// <summary>
    /// Adds a gap for media that was lost before it reached the recorder; recording continues at a key frame. Before the recording has begun,
    /// the packets that wait for its beginning are dropped instead: it begins after the gap.
    /// </summary>
    public void AddGap(GapCause cause, DateTimeOffset from, DateTimeOffset to, long packets, string detail, TimeSpan? missing = null)
    {
        if (_output is not null)
            _selection.AddGap(cause, from, to, packets, detail, missing);
        else
            _start.Clear();
    }

    /// <summary>Ends the recording: drains and closes the encoders, completes the container, ends the last blob.</summary>
    /// <exception cref="FFmpegException">
    /// A codec failed or did not close in time, or the container cannot be completed. After a codec's failure a second call completes the rest.
    /// </exception>
    public void Finish()
    {
        if (_output is null && _start.HasKeyFrame)
            Begin();

        foreach (var track in _tracks.Where(track => !track.IsComplete))
            Drain(track);

        _tracks.CloseCodecs();
        if (_output is not null)
        {
            _selection.Finish();
            _output.Finish();
        }
    }

    /// <summary>Ends the last blob without completing the container.</summary>
    /// <param name="keep">Whether the blob contains the bytes that the container has produced; else it is empty.</param>
    public void Abandon(bool keep) => _output?.Abandon(keep);

    public void Dispose()
    {
        _start.Dispose();
        _output?.Dispose();
        _tracks.Dispose();
    }

    private void Begin()
    {
        foreach (var track in _tracks)
            track.LastPacketAt = _start.Has(track) ? TimeSpan.Zero : null;

        _output = _createOutput();
        FirstCapturedAt = _start.CapturedAt ?? _time.GetUtcNow();
        _sink.Begun(MimeType, Descriptions);
        _selection.Begin(_output);
        foreach (var track in _tracks.Where(track => track.IsComplete))
            _output.Complete(track);

        _start.WriteAll(Write);
        _output.WriteHeader();
    }

    private void Write(PacketBatch batch, int index)
    {
        var packet = batch[index];
        if (_tracks.Find(packet.Track) is not { IsComplete: false } track || !_start.Includes(track, packet))
            return;

        if (track is { IsInExtent: false, NeedsExtent: false, IsMuted: false } && !_selection.IsPaused)
            _output!.Include(track);

        if (!_selection.TrySelect(track, packet))
            return;

        track.LastPacketAt = track.Timeline.TimeOf(packet.Dts);
        if (packet.Key && track == _tracks.Reference)
            _captured.Add(batch, index, track.Timeline.TimeOf(packet.Pts));

        var (pts, dts) = (track.Timeline.Map(packet.Pts), track.Timeline.Map(packet.Dts));
        track.Timeline.Advance(dts, packet.Duration);
        if (!track.IsEncoded)
        {
            WriteOut(track, batch, index, pts, dts);
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

    private void WriteOut(RecordedTrack track, PacketBatch batch, int index, long pts, long dts)
    {
        if (!_output!.Write(track, batch, index, pts, dts))
            _selection.CountLostPacket();
    }

    private void WriteEncoded(PacketBatch encoded)
    {
        for (var index = 0; index < encoded.Count; index++)
        {
            var packet = encoded[index];
            WriteOut(_tracks[packet.Track], encoded, index, packet.Pts, packet.Dts);
        }
    }

    private void Drain(RecordedTrack track)
    {
        if (!track.IsEncoded || _output is null)
            return;

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
