namespace Recorder.FFmpeg;

/// <summary>
/// Follows FFmpeg's HLS demuxer by its log, which alone says where segments begin, what was wrong with one and why the stream
/// ended. Many packagers restart the counters of MPEG-TS with each segment, and FFmpeg then marks the last packets before a
/// segment boundary as damaged although they are intact. One thread at a time.
/// </summary>
internal sealed class HlsMonitor
{
    // The number of packets of a stream that may still belong to the previous segment when FFmpeg opens the next one. FFmpeg
    // reads many more ahead while it opens the source.
    private const int PacketsBeforeBoundary = 64;
    private const int PacketsReadAhead = 1024;

    private readonly List<Stream> _streams = [];
    private int _boundaries;
    private int _mostPackets = PacketsReadAhead;
    private bool _hasBegun;
    private bool _wasDamaged;

    /// <summary>Whether reloading the playlist or fetching a segment failed since the last packet.</summary>
    public bool HasFailed { get; private set; }

    /// <param name="format">The format string of a line in FFmpeg's log, without the values.</param>
    public void OnLog(ReadOnlySpan<byte> format)
    {
        if (format.StartsWith("HLS request for url"u8))
        {
            // There is no boundary before the first segment, and after a damaged segment the counters prove nothing.
            _boundaries += _hasBegun && !_wasDamaged ? 1 : 0;
            (_hasBegun, _wasDamaged) = (true, false);
        }
        else if (format.StartsWith("Failed to reload playlist"u8) || format.StartsWith("Failed to open segment"u8))
        {
            HasFailed = _wasDamaged = true;
        }
        else if (format.StartsWith("PES packet size mismatch"u8) || format.StartsWith("Packet had TEI flag"u8)
            || format.StartsWith("Stream ends prematurely"u8))
        {
            _wasDamaged = true;
        }
    }

    /// <summary>Whether the next packet of a stream is intact, although FFmpeg may have marked it as damaged.</summary>
    public bool IsIntact(int stream, bool isFlagged)
    {
        HasFailed = false;
        while (_streams.Count <= stream)
            _streams.Add(new Stream());
        var state = _streams[stream];
        if (state.Passed == _boundaries)
            return !isFlagged;
        if (isFlagged)
            return state.IsAtBoundary = !_wasDamaged;
        if (state.IsAtBoundary)
        {
            (state.Passed, state.Waited, state.IsAtBoundary) = (state.Passed + 1, 0, false);
        }
        else if (++state.Waited > _mostPackets)
        {
            (state.Passed, state.Waited) = (_boundaries, 0);
            _mostPackets = PacketsBeforeBoundary;
        }
        return true;
    }

    private sealed class Stream
    {
        // The number of boundaries before the current packet.
        public int Passed;

        // Packets since the last boundary that was passed, or since the next one became known.
        public int Waited;

        // Whether the current packets are those that FFmpeg marks at a boundary.
        public bool IsAtBoundary;
    }
}
