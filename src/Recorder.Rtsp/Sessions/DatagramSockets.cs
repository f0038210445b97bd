using System.Net;
using System.Net.Sockets;

namespace Recorder.Rtsp.Sessions;

/// <summary>Opens UDP sockets that never block and have a large receive buffer.</summary>
internal static class DatagramSockets
{
    // A key frame of 4K video arrives in one burst. Linux gives at most net.core.rmem_max unless the process is privileged.
    private const int ReceiveBuffer = 4 << 20;
    private const int SocketLevel = 1;
    private const int ForcedReceiveBuffer = 33;

    public static Socket BindToGroup(IPAddress group, int port, IPAddress local)
    {
        var socket = Create(group.AddressFamily);
        try
        {
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            // Bound to the group, so that datagrams of other groups on this port do not arrive.
            socket.Bind(new IPEndPoint(group, port));
            if (group.AddressFamily == AddressFamily.InterNetwork)
                socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.AddMembership, new MulticastOption(group, local));
            else
                socket.SetSocketOption(SocketOptionLevel.IPv6, SocketOptionName.AddMembership, new IPv6MulticastOption(group));

            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public static Socket Bind(IPAddress local, int port)
    {
        var socket = Create(local.AddressFamily);
        try
        {
            socket.Bind(new IPEndPoint(local, port));
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static Socket Create(AddressFamily family)
    {
        var socket = new Socket(family, SocketType.Dgram, ProtocolType.Udp) { Blocking = false, ReceiveBufferSize = ReceiveBuffer };
        try
        {
            socket.SetRawSocketOption(SocketLevel, ForcedReceiveBuffer, BitConverter.GetBytes(ReceiveBuffer));
        }
        catch (SocketException)
        {
            // Only for a privileged process.
        }

        return socket;
    }
}
