namespace Recorder.Rtsp;

internal enum RtspFault
{
    Unknown = 0,
    /// <summary>The server sent something that is not RTSP, SDP, RTP or RTCP, or lied about a length.</summary>
    Malformed = 1,
    /// <summary>More bytes, headers or tracks than this client takes.</summary>
    TooMuch = 2,
    /// <summary>The server answered with a status that is not mentioned below.</summary>
    Refused = 3,
    /// <summary>401: user name or password are missing or wrong.</summary>
    Unauthorized = 4,
    /// <summary>403.</summary>
    Forbidden = 5,
    /// <summary>404.</summary>
    NotFound = 6,
    /// <summary>461: the server does not offer the transport that was asked for.</summary>
    UnsupportedTransport = 7,
    /// <summary>The server has no track that can be received.</summary>
    NoTrack = 8,
    /// <summary>The server ended the connection.</summary>
    Closed = 9,
    /// <summary>The server did not answer in time.</summary>
    Timeout = 10,
    /// <summary>The server names another address, which is <see cref="RtspException.RedirectedTo"/>.</summary>
    Redirected = 11,
}

/// <summary>A camera cannot be received. The only exception of this project for what a server sends. The message says what the
/// server did, without credentials and without a full stop.</summary>
internal sealed class RtspException(RtspFault fault, string message, Exception? inner = null) : Exception(message, inner)
{
    public RtspFault Fault => fault;

    /// <summary>The status of the server's answer; 0 for none.</summary>
    public int Status { get; init; }

    public string? RedirectedTo { get; init; }
}
