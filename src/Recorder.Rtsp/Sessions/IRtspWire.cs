using System.Net;

namespace Recorder.Rtsp.Sessions;

/// <summary>The bytes of an RTSP connection, over TCP or TLS. Used by one thread at a time.</summary>
internal interface IRtspWire : IDisposable
{
    IPAddress RemoteAddress { get; }

    IPAddress LocalAddress { get; }

    /// <summary>The address of IPv4 that an address of a socket for both versions means.</summary>
    static IPAddress Unmapped(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    /// <summary>Sends or queues the bytes without waiting. Throws <see cref="RtspException"/> if the connection is over, or if the
    /// server takes nothing for a long time.</summary>
    void Send(ReadOnlySpan<byte> bytes);

    /// <summary>Returns the number of bytes received; 0 if none came within the time, below 0 at the end of the stream. Throws <see
    /// cref="RtspException"/> if the connection broke.</summary>
    int Receive(Span<byte> into, TimeSpan wait);

    /// <summary>Says that nothing more will be sent.</summary>
    void EndSending();
}
