namespace Recorder.FFmpeg;

/// <summary>Limits what a crash loses, the media in memory and a fragment's header, which FFmpeg patches in a buffer.</summary>
internal sealed class FragmentBounds(int bufferSize)
{
    public const int LongestSeconds = 5;
    public const int LargestSize = 512 * 1024;

    /// <summary>Bytes that one packet may add to a fragment's header (trun: duration, size, flags, offset).</summary>
    private const int HeaderBytesPerPacket = 16;

    private long _bytes;
    private int _packets;

    public bool IsEmpty => _packets == 0;

    /// <summary>Whether the fragment must end before a packet is written. It prefers to end before a key frame.</summary>
    public bool MustEndBefore(OutputTrack track, long dts, int size, bool key)
    {
        if (IsEmpty)
            return false;
        var seconds = track.FragmentStart == PacketInfo.NoTimestamp ? 0 : (dts - track.FragmentStart) * track.OutputTimeBase.Value;
        return seconds >= LongestSeconds
            || (key && track.IsVideo && seconds >= LongestSeconds - 1)
            || _bytes + size > LargestSize
            || (_packets + 1) * HeaderBytesPerPacket > bufferSize / 2;
    }

    public void Add(OutputTrack track, long dts, int size)
    {
        if (track.FragmentStart == PacketInfo.NoTimestamp)
            track.FragmentStart = dts;
        _bytes += size;
        _packets++;
    }

    public void Reset(OutputTrack[] tracks)
    {
        (_bytes, _packets) = (0, 0);
        foreach (var track in tracks)
            track.FragmentStart = PacketInfo.NoTimestamp;
    }
}
