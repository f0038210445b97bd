namespace Recorder.FFmpeg;

/// <summary>What is known of a packet besides its bytes. Times count the track's time base.</summary>
/// <param name="Track">Index of the stream the packet came from.</param>
/// <param name="Pts">When it is shown; <see cref="NoTimestamp"/> when not stated.</param>
/// <param name="Dts">When it is decoded; <see cref="NoTimestamp"/> when not stated.</param>
/// <param name="Duration">How long it lasts; 0 when not known.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Key">Whether decoding can begin here.</param>
/// <param name="Corrupt">Whether the demuxer saw damage.</param>
/// <param name="CaptureTimeUs">Wall clock of the capture in microseconds since 1970; 0 when unknown.</param>
public readonly record struct PacketInfo(
    int Track, long Pts, long Dts, long Duration, int Size, bool Key, bool Corrupt, long CaptureTimeUs)
{
    /// <summary>The value of a timestamp that is not stated (AV_NOPTS_VALUE).</summary>
    public const long NoTimestamp = long.MinValue;
}
