namespace Recorder.FFmpeg;

/// <summary>
/// What FFmpeg's HLS demuxer tells nobody but its log: where segments begin, what was wrong with one, why it ended. Many packagers begin the
/// counters of MPEG-TS anew with each segment, and FFmpeg then calls the last packets before a seam damaged: they are whole. One thread at a time.
/// </summary>
internal sealed class SegmentSeams
{
    // How many packets of a stream may still be of the segment before when the next one is opened; while the stream is opened many are read ahead.
    private const int PacketsBeforeSeam = 64;
    private const int PacketsReadAhead = 1024;

    private readonly List<Stream> _streams = [];
    private int _seams;
    private int _patience = PacketsReadAhead;
    private bool _hasBegun;
    private bool _wasDamaged;

    /// <summary>Whether the playlist could not be read again or a segment not be fetched since the last packet.</summary>
    public bool HasFailed { get; private set; }

    /// <summary>FFmpeg logs something on this thread.</summary>
    /// <param name="format">Its format, without the values.</param>
    public void Hear(ReadOnlySpan<byte> format)
    {
        if (format.StartsWith("HLS request for url"u8))
        {
            // The first segment has none before it, and one that was damaged may have lost what its counters say.
            _seams += _hasBegun && !_wasDamaged ? 1 : 0;
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

    /// <summary>Whether a packet is whole.</summary>
    /// <param name="stream">Its stream.</param>
    /// <param name="isFlagged">Whether FFmpeg calls it damaged.</param>
    public bool IsWhole(int stream, bool isFlagged)
    {
        HasFailed = false;
        while (_streams.Count <= stream)
        {
            _streams.Add(new Stream());
        }
        var state = _streams[stream];
        if (state.Passed == _seams)
            return !isFlagged;
        if (isFlagged)
            return state.IsInSeam = !_wasDamaged;
        if (state.IsInSeam)
        {
            (state.Passed, state.Waited, state.IsInSeam) = (state.Passed + 1, 0, false);
        }
        else if (++state.Waited > _patience)
        {
            (state.Passed, state.Waited) = (_seams, 0);
            _patience = PacketsBeforeSeam;
        }
        return true;
    }

    private sealed class Stream
    {
        /// <summary>Seams that its packets are behind.</summary>
        public int Passed { get; set; }

        /// <summary>Packets since the last seam that it passed, or since there was one.</summary>
        public int Waited { get; set; }

        /// <summary>Whether its packets are those that FFmpeg calls damaged.</summary>
        public bool IsInSeam { get; set; }
    }
}
