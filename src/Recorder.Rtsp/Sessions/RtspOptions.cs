namespace Recorder.Rtsp.Sessions;

internal enum RtspTransport
{
    Unknown = 0,
    /// <summary>Between the messages of the connection; by UDP if the server refuses that.</summary>
    Automatic = 1,
    Tcp = 2,
    Udp = 3,
    Multicast = 4,
}

/// <summary>How a camera is received.</summary>
internal sealed record RtspOptions
{
    /// <summary>With user name and password.</summary>
    public required string Url { get; init; }

    public RtspTransport Transport { get; init; } = RtspTransport.Automatic;

    /// <summary>From the connection to the answer to PLAY.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Whether tracks that are neither video nor sound are received, such as ONVIF's metadata.</summary>
    public bool TakesData { get; init; }
}
