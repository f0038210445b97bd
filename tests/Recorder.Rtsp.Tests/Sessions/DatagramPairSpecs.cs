using System.Net;
using System.Net.Sockets;
using Recorder.Rtsp.Messages;
using Recorder.Rtsp.Sessions;

namespace Recorder.Rtsp.Tests.Sessions;

public sealed class DatagramPairSpecs
{
    private readonly byte[] _buffer = new byte[64 << 10];

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public void Datagrams_come_by_both_families(string address)
    {
        if (address == "::1" && !HasLoopback6())
            return;

        var local = IPAddress.Parse(address);
        using var pair = DatagramPair.Open(local, local);
        using var camera = new Socket(local.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        camera.Bind(new IPEndPoint(local, 0));
        camera.ReceiveTimeout = (int)Opening.Patience.TotalMilliseconds;
        camera.SendTo(MediaLog.Sample(1), new IPEndPoint(local, pair.Port));
        camera.SendTo(MediaLog.Goodbye(), new IPEndPoint(local, pair.Port + 1));
        pair.Receive(0, _buffer).ShouldBe(32);
        pair.Receive(0, _buffer).ShouldBe(0);
        pair.Receive(1, _buffer).ShouldBe(8);
        // The port of the camera was not named: reports go back to where its own come from.
        pair.Report([1, 2, 3]);
        camera.Receive(_buffer).ShouldBe(3);
    }

    [Fact]
    public void Datagrams_of_another_sender_are_left_out_by_both_families()
    {
        using var pair = DatagramPair.Open(IPAddress.Loopback, IPAddress.Parse("10.1.2.3"));
        using var camera = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        camera.SendTo(MediaLog.Sample(1), new IPEndPoint(IPAddress.Loopback, pair.Port));
        pair.Receive(0, _buffer).ShouldBe(0);
        if (!HasLoopback6())
            return;

        using var other = DatagramPair.Open(IPAddress.IPv6Loopback, IPAddress.Parse("fd00::7"));
        using var stranger = new Socket(AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp);
        stranger.SendTo(MediaLog.Sample(1), new IPEndPoint(IPAddress.IPv6Loopback, other.Port));
        other.Receive(0, _buffer).ShouldBe(0);
    }

    [Fact]
    public void Flood_of_others_does_not_hold_the_reader()
    {
        using var pair = DatagramPair.Open(IPAddress.Loopback, IPAddress.Loopback);
        using var stranger = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        stranger.Bind(new IPEndPoint(IPAddress.Parse("127.0.0.2"), 0));
        for (var i = 0; i < 1500; i++)
            stranger.SendTo([1], new IPEndPoint(IPAddress.Loopback, pair.Port));

        using var camera = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        camera.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        camera.SendTo(MediaLog.Sample(1), new IPEndPoint(IPAddress.Loopback, pair.Port));
        pair.Receive(0, _buffer).ShouldBe(0);
        pair.Receive(0, _buffer).ShouldBe(32);
    }

    [Fact]
    public void Receiving_costs_no_memory()
    {
        using var pair = DatagramPair.Open(IPAddress.Loopback, IPAddress.Loopback);
        using var camera = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        camera.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        for (var i = 0; i < 200; i++)
            camera.SendTo(MediaLog.Sample(i), new IPEndPoint(IPAddress.Loopback, pair.Port));

        for (var i = 0; i < 100; i++)
            pair.Receive(0, _buffer).ShouldBe(32);

        var before = GC.GetAllocatedBytesForCurrentThread();
        var count = 0;
        while (pair.Receive(0, _buffer) > 0)
            count++;

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(count);
        count.ShouldBe(100);
    }

    [Fact]
    public void Address_that_is_not_of_this_machine_is_told()
    {
        Should.Throw<RtspException>(() => DatagramPair.Open(IPAddress.Parse("192.0.2.1"), IPAddress.Loopback)).Fault.ShouldBe(RtspFault.UnsupportedTransport);
        Should.Throw<RtspException>(() => DatagramPair.Join(IPAddress.Parse("239.1.1.1"), 5000, IPAddress.Parse("192.0.2.1"), IPAddress.Loopback))
            .Fault.ShouldBe(RtspFault.UnsupportedTransport);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(65535, 65535)]
    public void Ports_that_cannot_be_sent_to_do_no_harm(int media, int reports)
    {
        using var pair = DatagramPair.Open(IPAddress.Loopback, IPAddress.Loopback);
        pair.Open(new PortPair(media, reports));
        pair.Report([1, 2, 3]);
        pair.Receive(0, _buffer).ShouldBe(0);
    }

    private static bool HasLoopback6()
    {
        try
        {
            using var socket = new Socket(AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp);
            socket.Bind(new IPEndPoint(IPAddress.IPv6Loopback, 0));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
