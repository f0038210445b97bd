using System.Net;
using System.Text;
using Recorder.Rtsp.Sessions;

namespace Recorder.Rtsp.Tests.Sessions;

public sealed class StreamWireSpecs : IDisposable
{
    private readonly TlsPair _tls = new();
    private readonly byte[] _buffer = new byte[256 << 10];
    private readonly List<string> _served = [];

    public void Dispose() => _tls.Dispose();

    [Fact]
    public void Session_is_played_over_TLS()
    {
        var script = new CameraScript();
        var log = new MediaLog();
        var serving = new Thread(() => Serve(script));
        serving.Start();
        var options = new RtspOptions { Url = "rtsps://cam/live" };
        using (var session = RtspHandshake.Open(_tls.Wire, options, log, TimeProvider.System, _buffer, default))
        {
            session.ReadUntil(() => log.Frames.Count == 3).ShouldBeTrue();
            session.BeginClosing();
            session.ReadToEnd();
        }

        serving.Join();
        log.Of(0).ShouldBe([1, 2, 3]);
        _served.ShouldBe(["OPTIONS", "DESCRIBE", "SETUP", "PLAY", "TEARDOWN", ""]);
    }

    [Fact]
    public async Task Slow_reader_gets_every_byte_and_makes_the_camera_wait()
    {
        // More than the connection keeps for a reader that is late.
        var sent = new byte[16 << 20];
        new Random(2).NextBytes(sent);
        var sending = Task.Run(() => _tls.Server.Write(sent));
        var received = new List<byte>(sent.Length);
        var random = new Random(4);
        await Task.WhenAny(sending, Task.Delay(50));
        sending.IsCompleted.ShouldBeFalse();
        while (received.Count < sent.Length)
        {
            var count = _tls.Wire.Receive(_buffer.AsSpan(0, random.Next(1, _buffer.Length)), Opening.Patience);
            count.ShouldBeGreaterThan(0);
            received.AddRange(_buffer.AsSpan(0, count));
        }

        received.ToArray().AsSpan().SequenceEqual(sent).ShouldBeTrue();
        await sending;
    }

    [Fact]
    public async Task End_of_the_stream_is_told_after_the_last_byte()
    {
        _tls.Server.Write("last"u8);
        await _tls.Server.ShutdownAsync();
        Receive().ShouldBe("last");
        _tls.Wire.Receive(_buffer, Opening.Patience).ShouldBe(-1);
        _tls.Wire.Receive(_buffer, TimeSpan.Zero).ShouldBe(-1);
    }

    [Fact]
    public void End_in_the_middle_is_an_end_or_a_broken_connection()
    {
        _tls.Server.Write("last"u8);
        Receive().ShouldBe("last");
        _tls.Reset();
        EndShouldBeSeen();
    }

    [Fact]
    public void Bytes_that_are_no_TLS_break_the_connection()
    {
        _tls.SendRaw([.. Enumerable.Repeat((byte)0x17, 100)]);
        Should.Throw<RtspException>(() => ReceiveUntilEnd()).Fault.ShouldBe(RtspFault.Closed);
    }

    [Fact]
    public void Server_that_takes_nothing_is_given_up_without_blocking()
    {
        var error = Should.Throw<RtspException>(() =>
        {
            for (var i = 0; i < 100_000; i++)
                _tls.Wire.Send(new byte[16 << 10]);
        });
        error.Fault.ShouldBe(RtspFault.Closed);
    }

    [Fact]
    public void Nothing_is_received_while_nothing_comes()
    {
        _tls.Wire.Receive(_buffer, TimeSpan.Zero).ShouldBe(0);
        _tls.Wire.Receive(_buffer, TimeSpan.FromMilliseconds(20)).ShouldBe(0);
        _tls.Wire.RemoteAddress.ShouldBe(IPAddress.Loopback);
    }

    [Fact]
    public void Wire_may_be_closed_twice_and_at_any_time()
    {
        _tls.Wire.Send("x"u8);
        _tls.Wire.EndSending();
        _tls.Wire.EndSending();
        _tls.Wire.Dispose();
        _tls.Wire.Dispose();
        EndShouldBeSeen();
    }

    private void EndShouldBeSeen() =>
        (Record.Exception(ReceiveUntilEnd) is null or RtspException { Fault: RtspFault.Closed }).ShouldBeTrue();

    private void ReceiveUntilEnd()
    {
        while (_tls.Wire.Receive(_buffer, Opening.Patience) is var count && count >= 0)
            count.ShouldBeGreaterThan(0, "the end is not seen");
    }

    private string Receive() => Encoding.Latin1.GetString(_buffer, 0, _tls.Wire.Receive(_buffer, Opening.Patience));

    // Answers one request at a time until the client says that nothing more comes.
    private void Serve(CameraScript script)
    {
        var received = new byte[16 << 10];
        while (true)
        {
            var text = Encoding.Latin1.GetString(received, 0, _tls.Server.Read(received));
            if (text.Length == 0)
                break;

            var request = CameraRequest.Parse(text);
            _served.Add(request.Method);
            _tls.Server.Write(script.Answer(request));
            for (var i = 1; request.Method == "PLAY" && i <= 3; i++)
                _tls.Server.Write(CameraClient.Frame(0, MediaLog.Sample(i)));
        }

        _served.Add("");
        _tls.Server.Dispose();
    }
}
