using System.Net;
using System.Net.Sockets;

namespace Recorder.Rtsp.Sessions;

/// <summary>A TCP connection whose socket never blocks. Asynchronous operations are not used on it: after the first one .NET is woken
/// by each packet that arrives, even while nobody reads, and that costs more than reading does.</summary>
internal sealed class PlainWire : IRtspWire
{
    private const int MostQueued = 64 << 10;

    private readonly Socket _socket;
    private byte[] _queued = [];
    private bool _hasEnded;

    // The addresses are kept: a socket whose connection broke does not tell them any more.
    private PlainWire(Socket socket, IPAddress remote)
    {
        (_socket, RemoteAddress) = (socket, IRtspWire.Unmapped(remote));
        LocalAddress = socket.LocalEndPoint is IPEndPoint { Address: var local } ? IRtspWire.Unmapped(local) : IPAddress.None;
    }

    public IPAddress RemoteAddress { get; }

    public IPAddress LocalAddress { get; }

    /// <summary>Bytes that the server has not taken yet.</summary>
    public int Queued => _queued.Length;

    /// <summary>Connects to the first address that answers. Blocks; throws <see cref="RtspException"/>.</summary>
    public static PlainWire Connect(IReadOnlyList<IPAddress> addresses, int port, TimeSpan wait, CancellationToken cancellation)
    {
        var left = wait;
        for (var i = 0; ; i++)
        {
            Socket? socket = null;
            try
            {
                socket = new Socket(addresses[i].AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, Blocking = false };
                // The last address gets all the time that is left.
                Connect(socket, new IPEndPoint(addresses[i], port), i + 1 < addresses.Count ? left / 2 : left, ref left, cancellation);
                return new PlainWire(socket, addresses[i]);
            }
            catch (Exception error)
            {
                socket?.Dispose();
                if (error is RtspException or SocketException && i + 1 < addresses.Count)
                    continue;

                if (error is SocketException)
                    throw new RtspException(RtspFault.Closed, $"it cannot be connected to ({error.Message})", error);

                throw;
            }
        }
    }

    public void Send(ReadOnlySpan<byte> bytes)
    {
        if (_hasEnded)
            throw new RtspException(RtspFault.Closed, "the connection is being closed");

        if (_queued.Length > 0)
        {
            Queue(bytes);
            Flush();
            return;
        }

        Queue(bytes[SendNow(bytes)..]);
    }

    public int Receive(Span<byte> into, TimeSpan wait)
    {
        if (_queued.Length > 0)
            Flush();

        while (true)
        {
            var count = _socket.Receive(into, SocketFlags.None, out var error);
            if (error == SocketError.Success)
                return count > 0 ? count : -1;

            if (error != SocketError.WouldBlock)
                throw Broken(error);

            if (wait <= TimeSpan.Zero || !_socket.Poll(wait, SelectMode.SelectRead))
                return 0;

            wait = TimeSpan.Zero;
        }
    }

    public void EndSending()
    {
        if (_hasEnded)
            return;

        if (_queued.Length > 0)
            Flush();

        // What the server has not taken by now is not sent any more.
        (_hasEnded, _queued) = (true, []);
        try
        {
            _socket.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // The connection is over already.
        }
    }

    public void Dispose() => _socket.Dispose();

    private static void Connect(Socket socket, IPEndPoint server, TimeSpan wait, ref TimeSpan left, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        try
        {
            socket.Connect(server);
            return;
        }
        catch (SocketException error) when (error.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
        {
        }

        var slice = TimeSpan.FromMilliseconds(50);
        for (var waited = TimeSpan.Zero; !socket.Poll(slice, SelectMode.SelectWrite); waited += slice, left -= slice)
        {
            cancellation.ThrowIfCancellationRequested();
            if (waited >= wait)
                throw new RtspException(RtspFault.Timeout, "it does not answer");
        }

        if ((int)socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)! is not 0 and var code)
            throw new RtspException(RtspFault.Closed, $"it cannot be connected to ({new SocketException(code).Message})");
    }

    private static RtspException Broken(SocketError error) =>
        new(RtspFault.Closed, $"its connection broke ({new SocketException((int)error).Message})");

    private void Flush()
    {
        var sent = SendNow(_queued);
        _queued = sent == _queued.Length ? [] : _queued[sent..];
    }

    private int SendNow(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
            return 0;

        var sent = _socket.Send(bytes, SocketFlags.None, out var error);
        return error == SocketError.Success ? sent : error == SocketError.WouldBlock ? 0 : throw Broken(error);
    }

    // What is sent is small: requests and reports. A server that does not take them has hung.
    private void Queue(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
            return;

        if (_queued.Length + bytes.Length > MostQueued)
            throw new RtspException(RtspFault.Closed, "it takes no requests any more");

        _queued = [.. _queued, .. bytes];
    }
}
