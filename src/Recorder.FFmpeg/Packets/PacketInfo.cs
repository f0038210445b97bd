namespace Recorder.FFmpeg;

/// <summary>Describes a packet. Times are counts of the track's time base.</summary>
/// <param name="Track">Index of the stream the packet came from.</param>
/// <param name="Pts">Presentation time; <see cref="NoTimestamp"/> if not stated.</param>
/// <param name="Dts">Decoding time; <see cref="NoTimestamp"/> if not stated.</param>
/// <param name="Duration">Duration; 0 if unknown.</param>
/// <param name="Size">Size in bytes.</param>
/// <param name="Key">Whether decoding can begin with this packet.</param>
/// <param name="Corrupt">Whether the demuxer found damage.</param>
/// <param name="CaptureTimeUs">Wall clock time of the capture in microseconds since 1970; 0 if unknown.</param>
public readonly record struct PacketInfo(
    int Track, long Pts, long Dts, long Duration, int Size, bool Key, bool Corrupt, long CaptureTimeUs)
{
    /// <summary>The value of a timestamp that is not stated (AV_NOPTS_VALUE).</summary>
    public const long NoTimestamp = long.MinValue;
}
