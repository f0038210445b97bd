namespace Recorder.Rtsp.Sdp;

/// <summary>What a server offers (RFC 4566).</summary>
internal sealed record SessionDescription
{
    public const int MostBytes = 256 << 10;
    public const int MostMedia = 32;

    public string? Name { get; init; }

    /// <summary>The program that wrote the description.</summary>
    public string? Tool { get; init; }

    /// <summary>The control attribute of the whole session; null if missing.</summary>
    public string? Control { get; init; }

    /// <summary>Such as npt=now- or npt=0-42.5.</summary>
    public string? Range { get; init; }

    public ConnectionAddress? Connection { get; init; }

    /// <summary>In the order of sending; at least one.</summary>
    public required IReadOnlyList<MediaDescription> Media { get; init; }

    /// <summary>Parses what cameras really write: nothing but a media line is needed, and what cannot be understood is left out.</summary>
    /// <exception cref="RtspException">NoTrack if it describes no media, or TooMuch.</exception>
    public static SessionDescription Parse(ReadOnlySpan<byte> sdp) => SdpParser.Parse(sdp);
}
