namespace Recorder.FFmpeg;

/// <summary>One stream of an opened source.</summary>
/// <param name="Index">Its number, as <see cref="PacketInfo.Track"/> states it.</param>
/// <param name="Parameters">What a decoder must know of it.</param>
/// <param name="TimeBase">What its timestamps count.</param>
/// <param name="FrameRate">Average frames a second; 0/1 when unknown or not video.</param>
/// <param name="Language">ISO 639 code, when stated.</param>
/// <param name="StartTime">Time of its first packet, when known.</param>
/// <param name="AttachedPicture">Whether it is a cover picture and no video.</param>
public sealed record StreamInfo(
    int Index,
    CodecParameters Parameters,
    Rational TimeBase,
    Rational FrameRate,
    string? Language,
    TimeSpan? StartTime,
    bool AttachedPicture);
