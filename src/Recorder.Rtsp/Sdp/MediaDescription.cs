using Recorder.Rtsp.Payloads;

namespace Recorder.Rtsp.Sdp;

internal enum MediaDirection
{
    /// <summary>Not stated.</summary>
    Unknown = 0,
    SendReceive = 1,
    SendOnly = 2,
    ReceiveOnly = 3,
    Inactive = 4,
}

internal readonly record struct FrameSize(int Width, int Height);

/// <summary>An m= section: one track that a server offers.</summary>
/// <param name="Kind">Unknown if it is neither video, audio, application, metadata nor text.</param>
/// <param name="Protocol">Such as RTP/AVP or TCP/RTP/AVP; empty if missing.</param>
internal sealed record MediaDescription(TrackKind Kind, int Port, string Protocol)
{
    public const int MostFormats = 64;

    /// <summary>In the order of the m= line, which is that of preference. Empty if the line names nothing that is known.</summary>
    public IReadOnlyList<MediaFormat> Formats { get; init; } = [];

    /// <summary>The control attribute; null if missing.</summary>
    public string? Control { get; init; }

    public ConnectionAddress? Connection { get; init; }

    public MediaDirection Direction { get; init; }

    /// <summary>Whether this is for sound that the client sends to the camera's loudspeaker.</summary>
    public bool IsBackChannel { get; init; }

    /// <summary>Frames in a second; 0 if not stated.</summary>
    public double FrameRate { get; init; }

    public FrameSize? Size { get; init; }

    public string? Language { get; init; }
}
