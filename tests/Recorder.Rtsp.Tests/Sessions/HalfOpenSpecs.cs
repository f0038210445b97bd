using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Recorder.Rtsp.Sessions;

namespace Recorder.Rtsp.Tests.Sessions;

public sealed class HalfOpenSpecs : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public HalfOpenSpecs() => _listener.Start();

    public void Dispose() => _listener.Dispose();

    [Fact]
    public void Sending_never_blocks_and_gives_up_when_too_much_waits()
    {
        using var wire = Connect(out var server);
        using (server)
        {
            var report = new byte[1000];
            var longest = TimeSpan.Zero;
            var error = Should.Throw<RtspException>(() =>
            {
                for (var i = 0; i < 1_000_000; i++)
                {
                    var begin = Stopwatch.GetTimestamp();
                    wire.Send(report);
                    longest = TimeSpan.FromTicks(Math.Max(longest.Ticks, Stopwatch.GetElapsedTime(begin).Ticks));
                }
            });
            error.Fault.ShouldBe(RtspFault.Closed);
            longest.ShouldBeLessThan(TimeSpan.FromSeconds(1));
            wire.EndSending();
            wire.EndSending();
        }
    }

    [Fact]
    public void What_the_server_takes_late_arrives_whole_and_in_order()
    {
        using var wire = Connect(out var server);
        using (server)
        {
            // More than the kernel takes for a server that does not read, and less than what may wait behind that.
            var sent = new List<byte>();
            var random = new Random(3);
            var piece = new byte[10_000];
            while (wire.Queued == 0)
            {
                random.NextBytes(piece);
                wire.Send(piece);
                sent.AddRange(piece);
            }

            var received = new List<byte>();
            var buffer = new byte[64 << 10];
            while (received.Count < sent.Count)
            {
                received.AddRange(buffer.AsSpan(0, server.Receive(buffer)));
                wire.Receive(buffer, TimeSpan.Zero).ShouldBe(0);
            }

            received.SequenceEqual(sent).ShouldBeTrue();
        }
    }

    [Fact]
    public void Reset_is_told_as_a_broken_connection()
    {
        using var wire = Connect(out var server);
        server.Close(0);
        var buffer = new byte[100];
        var error = Should.Throw<RtspException>(() =>
        {
            while (wire.Receive(buffer, TimeSpan.FromMilliseconds(10)) == 0)
            {
            }

            // A server may also be seen to close before the reset arrives.
            throw new RtspException(RtspFault.Closed, "closed");
        });
        error.Fault.ShouldBe(RtspFault.Closed);
        wire.RemoteAddress.ShouldBe(IPAddress.Loopback);
        wire.LocalAddress.ShouldBe(IPAddress.Loopback);
    }

    private PlainWire Connect(out Socket server)
    {
        var wire = PlainWire.Connect([IPAddress.Loopback], ((IPEndPoint)_listener.LocalEndpoint).Port, Opening.Patience, default);
        server = _listener.AcceptSocket();
        return wire;
    }
}
