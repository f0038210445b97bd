namespace Recorder.FFmpeg;

/// <summary>How video is encoded.</summary>
public sealed record VideoEncoding
{
    /// <summary>"h264", "vp8", "vp9" or "av1".</summary>
    public required string Codec { get; init; }

    /// <summary>Bits per second.</summary>
    public required long BitsPerSecond { get; init; }

    /// <summary>Whether the bit rate is constant rather than an average.</summary>
    public bool ConstantBitrate { get; init; }

    /// <summary>Width in pixels; 0: the input's. An odd width loses a column.</summary>
    public int Width { get; init; }

    /// <summary>Height in pixels; 0: the input's. An odd height loses a row.</summary>
    public int Height { get; init; }

    /// <summary>The expected frames per second, for the encoder's rate control; unknown: the input's.</summary>
    public Rational FrameRate { get; init; }

    /// <summary>The largest number of frames from one key frame to the next.</summary>
    public int? KeyFrameIntervalCount { get; init; }

    /// <summary>The longest media time from one key frame to the next. Default if the count is not set either: 2 s.</summary>
    public TimeSpan? KeyFrameIntervalDuration { get; init; }

    /// <summary>The number of threads of encoder and decoder each. Default: 1.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>Pixels of the largest frame to decode; larger ones are skipped. Default: as <see cref="MediaLimits"/>.</summary>
    public long MostPixels { get; init; } = MediaLimits.Default.Pixels;

    /// <summary>Whether the codec header is in the container, as MP4, WebM and Matroska need it, rather than in the stream.</summary>
    public bool GlobalHeader { get; init; }

    /// <summary>The constant rate factor of x264, 0 to 51, instead of a bit rate; with it the encoder looks ahead. Null: the bit rate.</summary>
    internal int? Quality { get; init; }

    /// <summary>The number of the parameter sets of H.264, so that those of another encoder can be in the same track. Default: 0.</summary>
    internal int SetsNumber { get; init; }
}
