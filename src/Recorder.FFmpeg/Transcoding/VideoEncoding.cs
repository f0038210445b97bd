namespace Recorder.FFmpeg;

/// <summary>How video is encoded.</summary>
public sealed record VideoEncoding
{
    /// <summary>"h264", "vp8", "vp9" or "av1".</summary>
    public required string Codec { get; init; }

    /// <summary>Bits a second.</summary>
    public required long BitsPerSecond { get; init; }

    /// <summary>Keep the rate at every moment instead of on average.</summary>
    public bool ConstantBitrate { get; init; }

    /// <summary>Pixels; 0: the input's. Odd ones lose a column.</summary>
    public int Width { get; init; }

    /// <summary>Pixels; 0: the input's. Odd ones lose a row.</summary>
    public int Height { get; init; }

    /// <summary>Frames a second expected, for the encoder's rate control; unknown: the input's.</summary>
    public Rational FrameRate { get; init; }

    /// <summary>A key frame after at most this many frames.</summary>
    public int? KeyFrameIntervalCount { get; init; }

    /// <summary>A key frame after at most this much media time. Neither this nor the count: 2 s.</summary>
    public TimeSpan? KeyFrameIntervalDuration { get; init; }

    /// <summary>Encoder and decoder threads. Default: 1.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>Most pixels of a picture that is decoded; larger ones are passed over. Default: that of <see cref="MediaLimits"/>.</summary>
    public long MostPixels { get; init; } = MediaLimits.Default.Pixels;

    /// <summary>Put the codec's header into the container's instead of the stream: MP4, WebM and Matroska want it.</summary>
    public bool GlobalHeader { get; init; }
}
