using Recorder.Contracts;
using Recorder.FFmpeg;
using Recorder.Media.Codecs;

namespace Recorder.Media.Export;

/// <summary>A container cannot hold the recorded tracks; the message names a container that can, or another way.</summary>
internal sealed class ExportRefusedException(string message) : Exception(message);

/// <param name="Transcode">Whether video and audio are encoded anew, with one size and one codec.</param>
internal sealed record ExportFormat(MediaContainer Container, bool Transcode = false)
{
    // Of encoded video, for each pixel of each frame.
    private const double BitsPerPixel = 0.12;
    private const double MinBitsPerSecond = 200_000;
    private const double UsualFrameRate = 25;

    /// <summary>Codecs that are copied beside those of the container: those that QuickTime has and MP4 has not.</summary>
    public IReadOnlyList<string> MoreCodecs { get; init; } = [];

    public IMediaCodecs Codecs { get; init; } = InProcessCodecs.Default;

    public bool Holds(string codec) => CodecTable.Holds(Container, codec) || MoreCodecs.Contains(codec);

    public static long BitRateOf(CodecParameters video)
    {
        var frameRate = video.FrameRate.IsKnown ? Math.Clamp(video.FrameRate.Value, 1, 60) : UsualFrameRate;
        return (long)Math.Max(MinBitsPerSecond, BitsPerPixel * video.Width * video.Height * frameRate);
    }
}
