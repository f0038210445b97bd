using System.Net.Sockets;
using System.Text;

namespace Recorder.Node.Serve;

/// <summary>Tells systemd how the node is (<c>Type=notify</c>); without systemd nobody is told.</summary>
internal static class SystemdNotice
{
    /// <summary>It answers.</summary>
    public static void Ready() => Send("READY=1", Environment.GetEnvironmentVariable("NOTIFY_SOCKET"));

    /// <summary>It is ending.</summary>
    public static void Stopping() => Send("STOPPING=1", Environment.GetEnvironmentVariable("NOTIFY_SOCKET"));

    /// <summary>Sends one notice.</summary>
    internal static void Send(string notice, string? address)
    {
        if (string.IsNullOrEmpty(address))
        {
            return;
        }

        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
            // An @ stands for the 0 that names of no file begin with.
            socket.SendTo(Encoding.UTF8.GetBytes(notice), new UnixDomainSocketEndPoint(address[0] == '@' ? '\0' + address[1..] : address));
        }
        catch (SocketException)
        {
            // Whoever waits for it gives up by itself; the node serves whoever does not.
        }
    }
}
