using System.Threading.Channels;
using Recorder.Actors.Capture;
using Recorder.Media.Codecs;

namespace Recorder.Node.Media;

/// <summary>A header, with the type of the media after it, or whole fragments. The receiver disposes the bytes.</summary>
internal sealed record LiveChunk(MediaBytes Bytes, string? MimeType)
{
    /// <summary>When a frame of it was captured; null where nothing new is to be said.</summary>
    public LiveClock? Clock { get; init; }
}

/// <summary>A moment of the stream's timeline and when it was captured.</summary>
internal readonly record struct LiveClock(TimeSpan MediaTime, DateTimeOffset CapturedAt);

/// <summary>Counts the bytes that wait for a viewer, who may watch several streams. Safe to use from any thread.</summary>
internal sealed class LiveQueue(long most)
{
    private long _bytes;

    public long Bytes => Interlocked.Read(ref _bytes);

    public bool IsFull => Bytes > most;

    /// <summary>Whether it has room to begin again.</summary>
    public bool HasRoom => Bytes <= most / 2;

    public void Add(long bytes) => Interlocked.Add(ref _bytes, bytes);
}

/// <summary>Makes fragmented MP4 of a source's packets for one viewer, on a timeline that begins at 0 and has no gaps, because a
/// player waits at a gap. One actor writes; another thread may read the chunks.</summary>
internal sealed class LiveStream(IMediaCodecs codecs, LiveQueue? queue = null) : IDisposable
{
    private const long MostQueued = 8L << 20;
    private static readonly TimeSpan WaitForTracks = TimeSpan.FromMilliseconds(500);

    // How long audio waits for video before the video track is left out.
    private static readonly TimeSpan UnseenVideo = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LostVideo = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan ClockInterval = TimeSpan.FromSeconds(1);

    private readonly LiveQueue _queue = queue ?? new LiveQueue(MostQueued);
    private readonly Channel<LiveChunk> _chunks = Channel.CreateUnbounded<LiveChunk>(new UnboundedChannelOptions { SingleReader = true });
    private readonly HashSet<int> _failed = [];
    private IReadOnlyList<SourceTrack> _sources = [];
    private List<LiveFeed> _tracks = [];
    private Muxer? _muxer;
    private bool _headerSent;
    private bool _awaitsKey = true;
    private bool _sawVideo;
    private TimeSpan? _shift;
    private TimeSpan _end;
    private TimeSpan? _audioAloneSince;
    private SourceTrack? _changed;
    private TimeSpan _begin;
    private LiveClock? _clock;
    private TimeSpan? _clockAt;

    public ChannelReader<LiveChunk> Chunks => _chunks.Reader;

    /// <summary>GOPs that were left out because the viewer reads too slowly.</summary>
    public long Skips { get; private set; }

    public void Open(IReadOnlyList<SourceTrack> tracks)
    {
        _sources = tracks;
        (_sawVideo, _audioAloneSince) = (false, null);
        _failed.Clear();
        Renew(tracks);
    }

    /// <summary>Takes new parameters of a track. A new header is needed unless only parameter sets changed and the stream
    /// contains them.</summary>
    public void Change(SourceTrack changed)
    {
        _sources = [.. _sources.Select(track => track.Id == changed.Id ? changed : track)];
        if (_tracks.Find(track => track.Source.Id == changed.Id) is { IsVideo: true } feed && feed.IsLike(changed))
        {
            _changed = changed;
            return;
        }

        Open(_sources);
    }

    /// <summary>Continues at the next key frame, and closes the gap on the timeline.</summary>
    public void Interrupt() => (_awaitsKey, _shift, _clockAt) = (true, null, null);

    public void Add(PacketBatch batch)
    {
        if (_muxer is null)
            return;

        if (_queue.IsFull && !_awaitsKey)
        {
            Skips++;
            Interrupt();
        }

        for (var i = 0; i < batch.Count; i++)
        {
            var info = batch[i];
            if (info.Dts != PacketInfo.NoTimestamp)
            {
                Watch(info);
                Settle(batch, i, info);
                if (_tracks.Find(track => track.Source.Id == info.Track) is { } track)
                    Write(_muxer, batch, i, info, track);
            }
        }

        Send(_muxer);
    }

    public void Sent(LiveChunk chunk) => _queue.Add(-chunk.Bytes.Length);

    public void End(Exception? error = null) => _chunks.Writer.TryComplete(error);

    public void Dispose()
    {
        End();
        Close();
    }

    private void Begin(IReadOnlyList<SourceTrack> tracks)
    {
        Close();
        foreach (var track in tracks.Where(track => !_failed.Contains(track.Id)))
        {
            try
            {
                _tracks.Add(new LiveFeed(track, _tracks.Count, _end, codecs));
            }
            catch (FFmpegException) when (track.Parameters.Kind == MediaKind.Audio && tracks.Count > 1)
            {
                // An error of the audio must not end the video.
                _failed.Add(track.Id);
            }
        }

        (_headerSent, _awaitsKey, _shift, _begin, _changed, _clockAt) = (false, true, null, _end, null, null);
        try
        {
            _muxer = new Muxer(new MuxerOptions { Format = "mp4", Tracks = [.. _tracks.Select(track => track.Described)] });
        }
        catch (FFmpegException) when (_tracks.Exists(track => track.IsVideo) && _tracks.Exists(track => !track.IsVideo))
        {
            _failed.UnionWith(_tracks.Where(track => !track.IsVideo).Select(track => track.Source.Id));
            Begin(tracks);
        }
    }

    private void Close()
    {
        _tracks.ForEach(track => track.Dispose());
        _tracks = [];
        _muxer?.Dispose();
        _muxer = null;
    }

    // Video that does not arrive is taken out of the header, and returns with a new one.
    private void Watch(PacketInfo info)
    {
        if (_sources.FirstOrDefault(track => track.Id == info.Track) is not { } source)
            return;

        var (hasVideo, time) = (_tracks.Exists(track => track.IsVideo), source.TimeBase.ToTimeSpan(info.Dts));
        if (source.Parameters.Kind == MediaKind.Video)
        {
            (_sawVideo, _audioAloneSince) = (true, null);
            if (!hasVideo && info.Key)
                Renew(_sources);
        }
        else if (hasVideo)
        {
            _audioAloneSince = _audioAloneSince < time ? _audioAloneSince : time;
            if (time - _audioAloneSince > (_sawVideo ? LostVideo : UnseenVideo))
                Renew([.. _sources.Where(track => track.Parameters.Kind != MediaKind.Video)]);
        }
    }

    private void Settle(PacketBatch batch, int index, PacketInfo info)
    {
        if (_changed is { } changed && changed.Id == info.Track && info.Key)
        {
            _changed = null;
            if (_tracks.Find(track => track.Source.Id == info.Track) is { } feed && LiveFeed.HasParameterSets(batch.Data(index), changed.Parameters.Codec))
            {
                feed.Become(changed);
                return;
            }

            Renew(_sources);
        }
    }

    // Media of the previous header must be sent first.
    private void Renew(IReadOnlyList<SourceTrack> tracks)
    {
        if (_headerSent)
            Send(_muxer!);

        Begin(tracks);
    }

    private void Write(Muxer muxer, PacketBatch batch, int index, PacketInfo info, LiveFeed track)
    {
        var leads = track.IsVideo || !_tracks.Exists(other => other.IsVideo);
        if (_awaitsKey)
        {
            if (!leads || !info.Key || !_queue.HasRoom)
                return;

            _awaitsKey = false;
        }

        var time = track.Source.TimeBase.ToTimeSpan(info.Dts);
        _shift ??= _end - time;
        time += _shift.Value;
        if (time < TimeSpan.Zero)
            return;

        if (leads && info.Key && track.Wrote && track.IsDependent && _headerSent)
            muxer.Flush();

        try
        {
            if (leads)
                Note(batch, index, info, track);

            var end = track.Write(muxer, batch, index, _shift.Value);
            _end = end > _end ? end : _end;
        }
        catch (FFmpegException) when (!track.IsVideo && !leads)
        {
            _failed.Add(track.Source.Id);
            Renew(_sources);
            return;
        }

        if (track.IsVideo)
            _tracks.ForEach(other => other.Follow(muxer, time));
    }

    private void Note(PacketBatch batch, int index, PacketInfo info, LiveFeed track)
    {
        var shown = track.Source.TimeBase.ToTimeSpan(info.Pts == PacketInfo.NoTimestamp ? info.Dts : info.Pts) + _shift!.Value;
        if (_clockAt is { } before && shown - before < ClockInterval)
            return;

        (_clockAt, _clock) = (shown, new LiveClock(shown, CaptureTime.Of(batch, index)));
    }

    private void Send(Muxer muxer)
    {
        if (!_headerSent)
        {
            if (!_tracks.Exists(track => track.Wrote) || (_tracks.Exists(track => !track.Wrote) && _end - _begin < WaitForTracks))
                return;

            muxer.WriteHeaderNow();
            _headerSent = true;
            var kind = _tracks.Exists(track => track.IsVideo) ? "video" : "audio";
            Enqueue(muxer, $"{kind}/mp4; codecs=\"{string.Join(',', _tracks.Select(track => track.Parameters.MimeCodec))}\"");
        }

        muxer.Flush();
        Enqueue(muxer, null);
    }

    private void Enqueue(Muxer muxer, string? type)
    {
        var bytes = muxer.Output.TakePending();
        var length = bytes.Length;
        // A header comes before the media that the clock is of.
        if (length == 0 || !_chunks.Writer.TryWrite(new LiveChunk(bytes, type) { Clock = type is null ? _clock : null }))
        {
            bytes.Dispose();
            return;
        }

        _queue.Add(length);
        _clock = type is null ? null : _clock;
    }
}
