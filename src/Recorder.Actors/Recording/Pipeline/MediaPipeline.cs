using Recorder.Contracts;
using Recorder.FFmpeg;
using Recorder.Media.Codecs;

namespace Recorder.Actors.Recording;

/// <summary>
/// The input side of one recording's media: takes source packets from the first key frame on, those that the
/// <see cref="PacketSelection"/> takes, puts them on one timeline from 0, copies or transcodes them. Knows no actor and no file.
/// </summary>
internal sealed partial class MediaPipeline : IDisposable
{
    private readonly TrackPlan _plan;
    private readonly RecorderOptions _options;
    private readonly IPipelineSink _sink;
    private readonly TimeProvider _time;
    private readonly bool _isOneFile;
    private readonly IMediaCodecs _codecs;
    private readonly RecordedTracks _tracks = new();
    private readonly PipelineStart _start;
    private readonly PacketSelection _selection;
    private readonly Func<SlicedOutput> _open;
    private SlicedOutput? _output;

    /// <param name="plan">What is recorded, and how.</param>
    /// <param name="options">The recorder's.</param>
    /// <param name="timeslice">Media time a blob gathers; null for one blob.</param>
    /// <param name="limit">Media time after which the recording is complete; null for none.</param>
    /// <param name="mayDrop">Whether packets may be left out when the disk is too slow: not where the source waits for it.</param>
    /// <param name="sink">Takes what comes out.</param>
    /// <param name="time">Wall clock.</param>
    /// <param name="extentPhase">By which part the first extent is shorter.</param>
    /// <param name="isOneFile">Whether no second extent may begin for what another container's header is needed.</param>
    /// <param name="codecs">Decode and encode what is not copied; null does it in this process.</param>
    /// <exception cref="FFmpegException">A codec cannot be opened.</exception>
    public MediaPipeline(
        TrackPlan plan, RecorderOptions options, TimeSpan? timeslice, TimeSpan? limit, bool mayDrop, IPipelineSink sink,
        TimeProvider time, double extentPhase = 0, bool isOneFile = false, IMediaCodecs? codecs = null)
    {
        (_plan, _options, _sink, _time) = (plan, options, sink, time);
        (_isOneFile, _codecs) = (isOneFile, codecs ?? InProcessCodecs.Default);
        Bitrates = Bitrates.For(
            options, plan.Tracks.Any(track => track.Kind == TrackKind.Video), plan.Tracks.Any(track => track.Kind == TrackKind.Audio));
        try
        {
            foreach (var track in plan.Tracks)
            {
                Add(track);
            }
        }
        catch
        {
            _tracks.Dispose();
            throw;
        }

        _start = new PipelineStart(_tracks);
        _selection = new PacketSelection(_tracks, options, mayDrop, sink, time);
        _open = () => new SlicedOutput(
            plan.Container, _tracks,
            new Slicer(timeslice, options.FragmentDuration, options.ExtentDuration, options.ExtentBytes, extentPhase), limit, isOneFile, sink, time);
    }

    /// <summary>Bits a second in effect.</summary>
    public Bitrates Bitrates { get; }

    /// <summary>The full MIME type, of all tracks recorded so far; "" until the container is open.</summary>
    public string MimeType => _output is null ? "" : new MediaMimeType(
        Recorded.Any(track => track.IsVideo) ? TrackKind.Video : TrackKind.Audio,
        _plan.Container,
        [.. Recorded.Select(track => track.Output.MimeCodec).Distinct()]).ToString();

    /// <summary>The tracks recorded so far.</summary>
    public IReadOnlyList<TrackDescription> Descriptions => [.. Recorded.Select(track => track.Description)];

    /// <summary>Wall-clock capture time of the first packet recorded, once begun.</summary>
    public DateTimeOffset FirstCapturedAt { get; private set; }

    /// <summary>Whether the container is open.</summary>
    public bool HasBegun => _output is not null;

    /// <summary>Media time recorded.</summary>
    public TimeSpan Duration => _output?.Duration ?? TimeSpan.Zero;

    /// <summary>Bytes produced over all extents.</summary>
    public long Bytes => _output?.Bytes ?? 0;

    /// <summary>Packets that should have been recorded and were not.</summary>
    public long LostPackets => _selection.LostPackets;

    /// <summary>Whether there is anything that a recording can consist of.</summary>
    public bool HasMedia => _output is not null || _start.HasKeyFrame;

    private IEnumerable<RecordedTrack> Recorded => _tracks.Where(track => track.WasRecorded);

    /// <summary>Takes a batch; the caller keeps its reference.</summary>
    /// <exception cref="FFmpegException">The container or a codec failed.</exception>
    public void Write(PacketBatch batch)
    {
        _selection.Hear();
        if (_output is null)
        {
            if (!_selection.IsPaused && _start.Hold(batch))
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

    /// <summary>From here on media is left out. What was held for the beginning is, too: the recording begins after the pause.</summary>
    public void Pause()
    {
        _selection.Pause();
        _start.Clear();
    }

    /// <summary>Goes on at the next frame that can be decoded by itself, at the place on the timeline where it was paused.</summary>
    public void Resume() => _selection.Resume();

    /// <summary>requestData(): what was gathered so far is a blob. Only once begun.</summary>
    public void CutBlob() => _output?.CutBlob();

    /// <summary>A new extent begins at the next key frame; before the first media it does so anyway.</summary>
    public void Split() => _output?.AskForExtent();

    /// <summary>A track of the source ended; the others go on.</summary>
    public void EndTrack(int sourceTrack)
    {
        if (_tracks.Of(sourceTrack) is { IsComplete: false } track)
        {
            // What is held of it is all there will be.
            if (_output is null && _start.Has(track))
            {
                Begin();
            }

            Drain(track);
            track.IsComplete = true;
            _selection.End(track);
            _output?.Complete(track);
        }
    }

    /// <summary>A track lost or regained its signal.</summary>
    public void Mute(int sourceTrack, bool muted)
    {
        if (_tracks.Of(sourceTrack) is { } track && track.IsMuted != muted)
        {
            _selection.Mute(track, muted);
        }
    }

    /// <summary>Ends the recording: drains and closes the encoders, completes the container, ends the last blob.</summary>
    /// <exception cref="FFmpegException">
    /// A codec failed or was given up, or the container cannot be completed. A second call goes on behind the codec.
    /// </exception>
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

        CloseCodecs();
        if (_output is not null)
        {
            _selection.Finish();
            _output.Finish();
        }
    }

    /// <summary>Ends the last blob without completing the container.</summary>
    /// <param name="keep">Whether it holds what the container gave out; else nothing.</param>
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
        {
            track.HeardAt = _start.Has(track) ? TimeSpan.Zero : null;
        }

        _output = _open();
        FirstCapturedAt = _start.CapturedAt ?? _time.GetUtcNow();
        _sink.Begun(MimeType, Descriptions);
        _selection.Begin(_output);
        foreach (var track in _tracks.Where(track => track.IsComplete))
        {
            _output.Complete(track);
        }

        _start.Release(Write);
        _output.WriteHeader();
    }

    private void Write(PacketBatch batch, int index)
    {
        var packet = batch[index];
        if (_tracks.Of(packet.Track) is not { IsComplete: false } track || !_start.Includes(track, packet))
        {
            return;
        }

        if (track is { IsInExtent: false, AwaitsExtent: false, IsMuted: false } && !_selection.IsPaused)
        {
            _output!.Include(track);
        }

        if (!_selection.Takes(track, packet))
        {
            return;
        }

        track.HeardAt = track.Timeline.TimeOf(packet.Dts);
        var (pts, dts) = (track.Timeline.Map(packet.Pts), track.Timeline.Map(packet.Dts));
        track.Timeline.Wrote(dts, packet.Duration);
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
        {
            _selection.LoseOne();
        }
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
