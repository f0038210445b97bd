namespace Recorder.Contracts;

/// <summary>The kind of media that a track carries.</summary>
public enum TrackKind
{
    /// <summary>Not set.</summary>
    Unknown = 0,

    /// <summary>Video.</summary>
    Video = 1,

    /// <summary>Audio.</summary>
    Audio = 2,

    /// <summary>Subtitles, data, attachments: never recorded.</summary>
    Other = 3,
}

/// <summary>One track of a source.</summary>
public sealed record TrackDescription
{
    /// <summary>The track's number within its source, from 0.</summary>
    public required int Id { get; init; }

    /// <summary>Video or audio.</summary>
    public required TrackKind Kind { get; init; }

    /// <summary>The codec's FFmpeg name: <c>h264</c>, <c>opus</c>, <c>rawvideo</c>.</summary>
    public required string Codec { get; init; }

    /// <summary>The codec's name in a MIME type (RFC 6381), for example <c>avc1.64001f</c>; "" when unknown.</summary>
    public string MimeCodec { get; init => field = value ?? ""; } = "";

    /// <summary>Width in pixels; 0 for audio.</summary>
    public int Width { get; init; }

    /// <summary>Height in pixels; 0 for audio.</summary>
    public int Height { get; init; }

    /// <summary>Frames per second; 0 when unknown, and for audio.</summary>
    public double FrameRate { get; init; }

    /// <summary>Sample rate in hertz; 0 for video.</summary>
    public int SampleRate { get; init; }

    /// <summary>Number of audio channels; 0 for video.</summary>
    public int Channels { get; init; }

    /// <summary>Bits per second as stated by the source; 0 when unknown.</summary>
    public long BitsPerSecond { get; init; }

    /// <summary>Language as an ISO 639-2 code; null when the source names none.</summary>
    public string? Language { get; init; }

    /// <summary>Clockwise rotation for display, in degrees.</summary>
    public int Rotation { get; init; }
}
