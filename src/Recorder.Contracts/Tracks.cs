namespace Recorder.Contracts;

/// <summary>What a track carries.</summary>
public enum TrackKind
{
    /// <summary>Not set.</summary>
    Unknown = 0,

    /// <summary>Pictures.</summary>
    Video = 1,

    /// <summary>Sound.</summary>
    Audio = 2,

    /// <summary>Subtitles, data, attachments: never recorded.</summary>
    Other = 3,
}

/// <summary>One track of a source, as far as it is known.</summary>
public sealed record TrackDescription
{
    /// <summary>The track's number within its source, from 0.</summary>
    public required int Id { get; init; }

    /// <summary>Video or audio.</summary>
    public required TrackKind Kind { get; init; }

    /// <summary>The codec's FFmpeg name: <c>h264</c>, <c>opus</c>, <c>rawvideo</c>.</summary>
    public required string Codec { get; init; }

    /// <summary>The codec as RFC 6381 writes it in a MIME type, for example <c>avc1.64001f</c>.</summary>
    public string MimeCodec { get; init => field = value ?? ""; } = "";

    /// <summary>Pixels, 0 for audio.</summary>
    public int Width { get; init; }

    /// <summary>Pixels, 0 for audio.</summary>
    public int Height { get; init; }

    /// <summary>Frames a second, 0 when unknown or audio.</summary>
    public double FrameRate { get; init; }

    /// <summary>Hertz, 0 for video.</summary>
    public int SampleRate { get; init; }

    /// <summary>Audio channels, 0 for video.</summary>
    public int Channels { get; init; }

    /// <summary>Bits a second as the source states it, 0 when unknown.</summary>
    public long BitsPerSecond { get; init; }

    /// <summary>ISO 639-2 code, when the source names one.</summary>
    public string? Language { get; init; }

    /// <summary>Clockwise rotation for display, degrees.</summary>
    public int Rotation { get; init; }
}
