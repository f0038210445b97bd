namespace Recorder.FFmpeg;

/// <summary>One stream of an opened source.</summary>
/// <param name="Index">Its number, which is <see cref="PacketInfo.Track"/> in its packets.</param>
/// <param name="Parameters">What a decoder must know of the stream.</param>
/// <param name="TimeBase">The time base of its timestamps.</param>
/// <param name="FrameRate">Average frames per second; 0/1 if unknown or not video.</param>
/// <param name="Language">ISO 639 code, if stated.</param>
/// <param name="StartTime">Time of its first packet, if known.</param>
/// <param name="AttachedPicture">Whether it is a cover picture rather than video.</param>
public sealed record StreamInfo(
    int Index,
    CodecParameters Parameters,
    Rational TimeBase,
    Rational FrameRate,
    string? Language,
    TimeSpan? StartTime,
    bool AttachedPicture);
