namespace Recorder.FFmpeg;

/// <summary>Passes packets of a movie through its edit list. The resulting packets wait here until they are read.</summary>
internal sealed unsafe class EditQueue(InputContext input, StreamTable streams) : IDisposable
{
    private const int MostAhead = 512;

    private MovieEdits? _edits;
    private PacketBatch? _ready;
    private int _next;
    private bool _isFinished;
    private FFmpegException? _pendingError;

    /// <summary>Reads ahead if the beginning is hidden, because that changes the codec header.</summary>
    public void Open(Func<PacketBatch, ReadResult> read)
    {
        var hasVideo = streams.All.Any(stream => stream.Parameters.Kind == MediaKind.Video);
        if (!hasVideo || !input.FormatName.StartsWith("mov", StringComparison.Ordinal))
            return;
        _edits = new MovieEdits(index => streams.All[index]);
        streams.Edits = _edits;
        // Reading ahead keeps a key frame in memory, which adds up if many movies are opened, so it is done only if it is needed.
        if (HidesFirstFrame())
            ReadAhead(read);
    }

    public bool TryTake(PacketBatch into)
    {
        if (_ready is null)
            return false;
        if (_next < _ready.Count)
        {
            into.Append(_ready, _next++);
            return true;
        }
        Release();
        if (_pendingError is not { } error)
            return false;
        _pendingError = null;
        throw error;
    }

    /// <returns>Whether the batch ends with a packet to return: the same, or another in its place.</returns>
    public bool Apply(PacketBatch into, AVPacket* packet)
    {
        if (_edits is null || !_edits.Concerns(packet))
            return true;
        _ready = PacketBatch.Rent();
        var headers = _edits.NewHeaders;
        _edits.Add(into, into.Count - 1, _ready);
        into.RemoveLast();
        if (_edits.NewHeaders != headers)
            streams.Refresh();
        return TryTake(into);
    }

    public bool Finish(PacketBatch into)
    {
        if (_edits is null || _isFinished)
            return false;
        _isFinished = true;
        _ready = PacketBatch.Rent();
        _edits.Finish(_ready);
        return TryTake(into);
    }

    public void Reset()
    {
        Release();
        _edits?.Reset();
        (_isFinished, _pendingError) = (false, null);
    }

    public void Dispose()
    {
        Release();
        _edits?.Dispose();
        _edits = null;
    }

    private bool HidesFirstFrame()
    {
        // AVIndexEntry has position and time, 8 bytes each, then two bits of flags.
        const int FlagsIndex = 4;
        for (var i = 0; i < streams.All.Count; i++)
        {
            var isVideo = streams.All[i].Parameters.Kind == MediaKind.Video;
            var first = isVideo ? ffmpeg.avformat_index_get_entry(input.Context->streams[i], 0) : null;
            if (first != null && (((uint*)first)[FlagsIndex] & ffmpeg.AVINDEX_DISCARD_FRAME) != 0)
                return true;
        }
        return false;
    }

    private void ReadAhead(Func<PacketBatch, ReadResult> read)
    {
        var ahead = PacketBatch.Rent();
        try
        {
            for (var hasVideo = false; !hasVideo && ahead.Count < MostAhead && read(ahead) == ReadResult.Appended;)
                hasVideo = streams.All[ahead[ahead.Count - 1].Track].Parameters.Kind == MediaKind.Video;
            while (TryTake(ahead))
            {
            }
        }
        catch (FFmpegException error) when (!input.IsInterrupted)
        {
            // The packets before the damage are returned first.
            _pendingError = error;
        }
        Release();
        (_ready, _next) = (ahead, 0);
    }

    private void Release()
    {
        _ready?.Release();
        (_ready, _next) = (null, 0);
    }
}
