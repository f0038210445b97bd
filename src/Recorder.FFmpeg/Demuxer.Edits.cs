namespace Recorder.FFmpeg;

// What the edit list of a movie hides is left out here, so that whoever copies packets copies what is shown.
public sealed unsafe partial class Demuxer
{
    private const int MostAhead = 512;

    private MovieEdits? _edits;
    private PacketBatch? _ready;
    private int _nextReady;
    private bool _isEditOver;
    private FFmpegException? _damageAhead;

    // A movie whose beginning is hidden gets another codec header, and the header is wanted before the first packet.
    private void RefreshAndLookAhead()
    {
        Refresh();
        if (!FormatName.StartsWith("mov", StringComparison.Ordinal) || Streams.All(stream => stream.Parameters.Kind != MediaKind.Video))
            return;
        _edits = new MovieEdits(index => Streams[index]);
        // Whoever reads ahead holds a key frame, and where many movies are opened memory that FFmpeg had freed for it.
        if (!HidesFirstPicture())
            return;
        var ahead = PacketBatch.Rent();
        try
        {
            for (var hasPicture = false; !hasPicture && ahead.Count < MostAhead && Read(ahead) == ReadResult.Appended;)
            {
                hasPicture = Streams[ahead[ahead.Count - 1].Track].Parameters.Kind == MediaKind.Video;
            }
            while (TakeReady(ahead))
            {
            }
        }
        catch (FFmpegException damage) when (!_interrupt.Cancelled && !_interrupt.TimedOut)
        {
            // Whoever reads on hears of it.
            _damageAhead = damage;
        }
        CloseReady();
        (_ready, _nextReady) = (ahead, 0);
    }

    private bool HidesFirstPicture()
    {
        for (var i = 0; i < Streams.Count; i++)
        {
            var first = Streams[i].Parameters.Kind == MediaKind.Video ? ffmpeg.avformat_index_get_entry(_context->streams[i], 0) : null;
            // Behind position and time, 8 bytes each, two bits of flags.
            if (first != null && (((uint*)first)[4] & ffmpeg.AVINDEX_DISCARD_FRAME) != 0)
                return true;
        }
        return false;
    }

    private bool TakeReady(PacketBatch into)
    {
        if (_ready is null)
            return false;
        if (_nextReady < _ready.Count)
        {
            into.Append(_ready, _nextReady++);
            return true;
        }
        CloseReady();
        if (_damageAhead is { } damage)
        {
            _damageAhead = null;
            throw damage;
        }
        return false;
    }

    /// <summary>Hands the last packet to the edits, and takes the first of what comes of it.</summary>
    private bool TakeEdited(PacketBatch into)
    {
        _ready = PacketBatch.Rent();
        var headers = _edits!.NewHeaders;
        _edits.Add(into, into.Count - 1, _ready);
        into.RemoveLast();
        if (_edits.NewHeaders != headers)
            Refresh();
        return TakeReady(into);
    }

    private bool FinishEdits(PacketBatch into)
    {
        if (_edits is null || _isEditOver)
            return false;
        _isEditOver = true;
        _ready = PacketBatch.Rent();
        _edits.Finish(_ready);
        return TakeReady(into);
    }

    private void ResetEdits()
    {
        CloseReady();
        _edits?.Reset();
        (_isEditOver, _damageAhead) = (false, null);
    }

    private void CloseReady()
    {
        _ready?.Release();
        (_ready, _nextReady) = (null, 0);
    }

    private void CloseEdits()
    {
        CloseReady();
        _edits?.Dispose();
        _edits = null;
    }
}
