using System.Threading.Channels;
using Recorder.Actors.Capture;
using Recorder.FFmpeg;

namespace Recorder.Node.Media;

/// <summary>A part of what a viewer gets.</summary>
/// <param name="Bytes">A header or whole fragments; who takes it disposes of it.</param>
/// <param name="MimeType">Set for a header: what follows is of this type.</param>
internal sealed record LiveChunk(MediaBytes Bytes, string? MimeType);

/// <summary>
/// Makes fragmented MP4 of a source's packets for one viewer, on a timeline that begins at 0 and has no gaps: a player must not wait for
/// what will not come. Used by one actor; what it made is taken from another thread.
/// </summary>
internal sealed class LiveStream : IDisposable
{
    private const long MostQueued = 8L << 20;
    private static readonly TimeSpan WaitForTracks = TimeSpan.FromMilliseconds(500);

    private readonly Channel<LiveChunk> _chunks = Channel.CreateUnbounded<LiveChunk>(new UnboundedChannelOptions { SingleReader = true });
    private List<Feed> _tracks = [];
    private Muxer? _muxer;
    private bool _headerSent;
    private bool _awaitsKey = true;
    private TimeSpan? _shift;
    private TimeSpan _end;
    private long _queued;

    /// <summary>What was made, in order; complete when no more will be.</summary>
    public ChannelReader<LiveChunk> Chunks => _chunks.Reader;

    /// <summary>Groups of pictures left out because the viewer took too little.</summary>
    public long Skips { get; private set; }

    /// <summary>What comes is of these tracks: a new header.</summary>
    /// <exception cref="FFmpegException">MP4 cannot hold one of them.</exception>
    public void Open(IReadOnlyList<SourceTrack> tracks)
    {
        _muxer?.Dispose();
        _muxer = null;
        _tracks = [.. tracks.Select((track, index) => new Feed(track, index))];
        (_headerSent, _awaitsKey, _shift) = (false, true, null);
        _muxer = new Muxer(new MuxerOptions
        {
            Format = "mp4",
            Tracks = [.. tracks.Select(track => new MuxerTrack(track.Parameters, track.TimeBase, track.Description.Language))],
        });
    }

    /// <summary>Goes on at the next key frame, without the gap.</summary>
    public void Interrupt() => (_awaitsKey, _shift) = (true, null);

    /// <summary>Adds packets; what they make can be taken at once.</summary>
    public void Add(PacketBatch batch)
    {
        if (_muxer is not { } muxer)
        {
            return;
        }

        if (Interlocked.Read(ref _queued) > MostQueued && !_awaitsKey)
        {
            Skips++;
            Interrupt();
        }

        for (var i = 0; i < batch.Count; i++)
        {
            var info = batch[i];
            if (_tracks.Find(track => track.Source.Id == info.Track) is { } track && info.Dts != PacketInfo.NoTimestamp)
            {
                Write(muxer, batch, i, info, track);
            }
        }

        Send(muxer);
    }

    /// <summary>A chunk was sent.</summary>
    public void Sent(LiveChunk chunk) => Interlocked.Add(ref _queued, -chunk.Bytes.Length);

    /// <summary>No more will come.</summary>
    public void End(Exception? error = null) => _chunks.Writer.TryComplete(error);

    public void Dispose()
    {
        End();
        _muxer?.Dispose();
        _muxer = null;
    }

    private void Write(Muxer muxer, PacketBatch batch, int index, PacketInfo info, Feed track)
    {
        var leads = track.IsVideo || !_tracks.Exists(other => other.IsVideo);
        if (_awaitsKey)
        {
            if (!leads || !info.Key || Interlocked.Read(ref _queued) > MostQueued / 2)
            {
                return;
            }

            _awaitsKey = false;
        }

        var timeBase = track.Source.TimeBase;
        var time = timeBase.ToTimeSpan(info.Dts);
        _shift ??= _end - time;
        time += _shift.Value;
        if (time < TimeSpan.Zero)
        {
            return;
        }

        if (leads && info.Key && track.Wrote && track.Dependent && _headerSent)
        {
            muxer.Flush();
        }

        var shift = timeBase.FromTimeSpan(_shift.Value);
        muxer.Write(batch, index, track.Index, info.Pts == PacketInfo.NoTimestamp ? info.Dts + shift : info.Pts + shift, info.Dts + shift, info.Duration);
        (track.Wrote, track.Dependent) = (true, !info.Key);
        var end = time + timeBase.ToTimeSpan(Math.Max(info.Duration, 1));
        _end = end > _end ? end : _end;
    }

    private void Send(Muxer muxer)
    {
        if (!_headerSent)
        {
            if (!_tracks.Exists(track => track.Wrote) || (_tracks.Exists(track => !track.Wrote) && _end < WaitForTracks))
            {
                return;
            }

            muxer.WriteHeaderNow();
            _headerSent = true;
            var kind = _tracks.Exists(track => track.IsVideo) ? "video" : "audio";
            Enqueue(muxer, $"{kind}/mp4; codecs=\"{string.Join(',', _tracks.Select(track => track.Source.Parameters.MimeCodec))}\"");
        }

        muxer.Flush();
        Enqueue(muxer, null);
    }

    private void Enqueue(Muxer muxer, string? type)
    {
        var bytes = muxer.Output.TakePending();
        if (bytes.Length == 0 || !_chunks.Writer.TryWrite(new LiveChunk(bytes, type)))
        {
            bytes.Dispose();
            return;
        }

        Interlocked.Add(ref _queued, bytes.Length);
    }

    private sealed class Feed(SourceTrack source, int index)
    {
        public SourceTrack Source => source;

        public int Index => index;

        public bool IsVideo => source.Parameters.Kind == MediaKind.Video;

        public bool Wrote { get; set; }

        public bool Dependent { get; set; }
    }
}
