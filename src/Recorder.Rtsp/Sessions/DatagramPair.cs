using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Recorder.Rtsp.Messages;

namespace Recorder.Rtsp.Sessions;

/// <summary>The two UDP sockets of a track: an even port for RTP and the next one for RTCP.</summary>
internal sealed class DatagramPair : IDisposable
{
    private const int Attempts = 32;

    // Of others, before the next one of the server has its turn.
    private const int MostForeign = 1024;

    // SO_MEMINFO, whose ninth number is how many datagrams the kernel dropped because the buffer was full.
    private const int SocketLevel = 1;
    private const int MemoryInfo = 55;
    private const int Drops = 8;

    private readonly IPAddress _sender;
    private IPAddress? _relay;
    private readonly SocketAddress _from;
    private readonly bool _isGroup;
    private IPEndPoint? _reportsTo;
    private uint _dropsBefore;

    private DatagramPair(Socket media, Socket reports, IPAddress sender, bool isGroup)
    {
        (Media, Reports, _sender, _isGroup) = (media, reports, sender, isGroup);
        _from = new SocketAddress(media.AddressFamily);
        Port = ((IPEndPoint)media.LocalEndPoint!).Port;
    }

    public Socket Media { get; }

    public Socket Reports { get; }

    public int Port { get; }

    /// <summary>Opens two ports for datagrams of one sender. Throws <see cref="RtspException"/> if there are none.</summary>
    public static DatagramPair Open(IPAddress local, IPAddress sender)
    {
        SocketException? failure = null;
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            Socket? first = null;
            try
            {
                first = DatagramSockets.Bind(local, 0);
                var port = ((IPEndPoint)first.LocalEndPoint!).Port;
                if (port % 2 == 0)
                    return new DatagramPair(first, DatagramSockets.Bind(local, port + 1), sender, isGroup: false);
            }
            catch (SocketException error)
            {
                failure = error;
            }

            first?.Dispose();
        }

        throw new RtspException(RtspFault.UnsupportedTransport, $"no two UDP ports are free{(failure is null ? "" : $" ({failure.Message})")}", failure);
    }

    /// <summary>Joins a multicast group. Throws <see cref="RtspException"/>.</summary>
    public static DatagramPair Join(IPAddress group, int port, IPAddress local, IPAddress sender)
    {
        Socket? media = null;
        try
        {
            media = DatagramSockets.BindToGroup(group, port, local);
            return new DatagramPair(media, DatagramSockets.BindToGroup(group, port + 1, local), sender, isGroup: true);
        }
        catch (SocketException error)
        {
            media?.Dispose();
            throw new RtspException(RtspFault.UnsupportedTransport, $"the multicast group {group}:{port} cannot be joined ({error.Message})", error);
        }
    }

    /// <summary>Sends something to the server's ports, so that firewalls on the way let its datagrams in.</summary>
    public void Open(PortPair serverPorts)
    {
        _reportsTo = new IPEndPoint(_sender, serverPorts.Rtcp);
        Span<byte> empty = stackalloc byte[12];
        empty.Clear();
        empty[0] = 0x80;
        Send(Media, empty, new IPEndPoint(_sender, serverPorts.Rtp));
        BinaryPrimitives.WriteUInt32BigEndian(empty, 0x80c90001);
        Send(Reports, empty[..8], _reportsTo);
    }

    /// <summary>Takes datagrams of another address as well: a server may leave sending to another machine. Nothing is sent there, so
    /// that a server cannot make this machine send to anywhere.</summary>
    public void TakeFrom(string? source) => _relay = IPAddress.TryParse(source, out var address) ? address : null;

    public void Report(ReadOnlySpan<byte> report)
    {
        if (_reportsTo is not null)
            Send(Reports, report, _reportsTo);
    }

    /// <summary>Returns the length of the next datagram of media (0) or reports (1); 0 if none is there.</summary>
    public int Receive(int which, Span<byte> into)
    {
        var socket = which == 0 ? Media : Reports;
        try
        {
            // Polled because receiving says by an exception that nothing is there. Not asked how many bytes are there: an empty datagram
            // has none, and would stay in front of all others.
            for (var foreign = 0; foreign < MostForeign && socket.Poll(TimeSpan.Zero, SelectMode.SelectRead); foreign++)
            {
                var count = socket.ReceiveFrom(into, SocketFlags.None, _from);
                // Anybody may send to an open port. The server may send from another port than the one that it named. The socket is not
                // connected to that: it would stay deaf if the first datagram was one of an earlier session.
                if (count > 0 && (IsFrom(_sender) || IsFrom(_relay)))
                {
                    if (which == 1 && !_isGroup)
                        _reportsTo ??= (IPEndPoint)socket.LocalEndPoint!.Create(_from);

                    return count;
                }
            }
        }
        catch (SocketException)
        {
            // An earlier datagram of ours was refused.
        }

        return 0;
    }

    /// <summary>Datagrams that the kernel dropped since the last call; 0 if it does not say.</summary>
    public long TakeDrops()
    {
        Span<byte> info = stackalloc byte[64];
        try
        {
            var size = Media.GetRawSocketOption(SocketLevel, MemoryInfo, info);
            if (size < (Drops + 1) * sizeof(uint))
                return 0;
        }
        catch (SocketException)
        {
            return 0;
        }

        var drops = BitConverter.ToUInt32(info[(Drops * sizeof(uint))..]);
        var more = unchecked(drops - _dropsBefore);
        _dropsBefore = drops;
        return more;
    }

    public void Dispose()
    {
        Media.Dispose();
        Reports.Dispose();
    }

    private static void Send(Socket socket, ReadOnlySpan<byte> bytes, IPEndPoint to)
    {
        try
        {
            socket.SendTo(bytes, to);
        }
        catch (SocketException)
        {
            // Nobody needs it urgently.
        }
    }

    // The address in what the kernel wrote, compared without making an object for each datagram.
    private bool IsFrom(IPAddress? address)
    {
        Span<byte> expected = stackalloc byte[16];
        if (address is null || address.AddressFamily != _from.Family || !address.TryWriteBytes(expected, out var length))
            return false;

        var at = length == 4 ? 4 : 8;
        return _from.Size >= at + length && _from.Buffer.Span.Slice(at, length).SequenceEqual(expected[..length]);
    }
}
