using System.Diagnostics;
using System.Text;
using Recorder.Rtsp.Sessions;

namespace Recorder.Rtsp.Tests.Sessions;

/// <summary>Whatever a camera does, opening ends in time and with a sentence.</summary>
public sealed class DeadlineSpecs
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMilliseconds(120);

    // Of a busy machine.
    private static readonly TimeSpan Late = TimeSpan.FromSeconds(3);

    public static TheoryData<string> Methods => ["OPTIONS", "DESCRIBE", "SETUP", "PLAY"];

    [Theory]
    [MemberData(nameof(Methods))]
    public void Camera_that_says_nothing_is_given_up(string method)
    {
        using var camera = new ScriptedCamera();
        camera.Script.On(method, _ => CameraScript.Silence);
        InTime(() => Opening.Refused(camera, RtspFault.Timeout, deadline: Deadline));
        ScriptedCamera.WaitFor(() => camera.Client.HasEnded, "the connection is still open");
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Camera_that_closes_is_told(string method)
    {
        using var camera = new ScriptedCamera();
        camera.Script.On(method, _ => CameraScript.Hangup);
        InTime(() => Opening.Refused(camera, RtspFault.Closed));
    }

    [Fact]
    public void Camera_that_dribbles_is_given_up()
    {
        using var camera = new ScriptedCamera
        {
            Sends = (socket, bytes) =>
            {
                for (var i = 0; i < bytes.Length; i++)
                {
                    socket.Send(bytes.AsSpan(i, 1));
                    Thread.Sleep(20);
                }
            },
        };
        InTime(() => Opening.Refused(camera, RtspFault.Timeout, deadline: Deadline));
    }

    [Fact]
    public void Body_that_does_not_come_is_waited_for_until_the_deadline()
    {
        using var camera = new ScriptedCamera();
        camera.Script.On("DESCRIBE", request => request.Ok("Content-Length: 5000", "Content-Type: application/sdp"));
        InTime(() => Opening.Refused(camera, RtspFault.Timeout, deadline: Deadline));
    }

    [Fact]
    public void Body_that_is_longer_than_stated_is_cut_and_the_rest_left_out()
    {
        using var camera = new ScriptedCamera();
        var sdp = camera.Script.Sdp;
        camera.Script.On("DESCRIBE", request =>
            [.. request.Ok($"Content-Length: {sdp.Length}"), .. Encoding.Latin1.GetBytes(sdp + "a=x-more:1\r\nm=audio 0 RTP/AVP 0\r\n")]);
        Opening.Open(camera).Dispose();
    }

    [Theory]
    [InlineData("-1", RtspFault.Malformed)]
    [InlineData("x", RtspFault.Malformed)]
    [InlineData("99999999999999999999", RtspFault.Malformed)]
    [InlineData("4294967296", RtspFault.TooMuch)]
    public void Length_that_cannot_be_is_told(string length, object fault)
    {
        using var camera = new ScriptedCamera();
        camera.Script.On("DESCRIBE", request => request.Ok($"Content-Length: {length}"));
        InTime(() => Opening.Refused(camera, (RtspFault)fault));
    }

    [Theory]
    [InlineData("X")]
    [InlineData("X: y\r\n")]
    [InlineData("\r\n ")]
    public void Endless_header_is_cut_off(string unit)
    {
        using var camera = new ScriptedCamera();
        camera.Script.On("DESCRIBE", _ => Encoding.Latin1.GetBytes("RTSP/1.0 200 OK\r\nA: b" + string.Concat(Enumerable.Repeat(unit, 300_000 / unit.Length))));
        InTime(() => Opening.Refused(camera, RtspFault.TooMuch));
    }

    [Theory]
    [InlineData("HTTP/1.1 400 Bad Request\r\n\r\n")]
    [InlineData("SSH-2.0-OpenSSH_9.6\r\n")]
    [InlineData("\u0015\u0003\u0001\0\u0002\u0002F")]
    public void Another_kind_of_server_is_told_at_once(string bytes)
    {
        using var camera = new ScriptedCamera();
        camera.Script.On("OPTIONS", _ => Encoding.Latin1.GetBytes(bytes));
        InTime(() => Opening.Refused(camera, RtspFault.Malformed));
    }

    [Theory]
    [InlineData("RTSP/1.0 200 OK\r\nCSeq: 77\r\n\r\n")]
    [InlineData("RTSP/1.0 100 Continue\r\nCSeq: 2\r\n\r\n")]
    [InlineData("OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n")]
    [InlineData("$\0\0\u0004abcd")]
    [InlineData("\r\n\r\n\r\n")]
    public void Flood_of_messages_ends_at_the_deadline(string message)
    {
        using var camera = new ScriptedCamera();
        var many = Encoding.Latin1.GetBytes(string.Concat(Enumerable.Repeat(message, 2000)));
        camera.Script.On("DESCRIBE", _ =>
        {
            // Until the client closes.
            while (true)
                camera.Client.Socket.Send(many);
        });
        InTime(() => Should.Throw<RtspException>(() => Opening.Open(camera, deadline: Deadline)).Fault.ShouldBeOneOf(RtspFault.Timeout, RtspFault.Closed));
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Cancellation_ends_it_soon_and_leaves_nothing_open(string method)
    {
        using var camera = new ScriptedCamera(CameraScript.Sound, CameraScript.SecondSound);
        using var datagrams = new CameraDatagrams();
        using var cancellation = new CancellationTokenSource();
        var cancelled = 0L;
        camera.Script.On("SETUP", datagrams.SetUp);
        camera.Script.On(method, request =>
        {
            if (method == "SETUP" && request.Url.EndsWith('0'))
                return datagrams.SetUp(request);

            cancelled = Stopwatch.GetTimestamp();
            cancellation.Cancel();
            return CameraScript.Silence;
        });
        Should.Throw<OperationCanceledException>(() => Opening.Open(camera, transport: RtspTransport.Udp, cancellation: cancellation.Token));
        // 200 ms, and what a busy machine adds.
        Stopwatch.GetElapsedTime(cancelled).ShouldBeLessThan(TimeSpan.FromMilliseconds(700));
        ScriptedCamera.WaitFor(() => camera.Client.HasEnded, "the connection is still open");
        foreach (var port in camera.Requests.Where(it => it.Method == "SETUP").SelectMany(CameraDatagrams.ClientPorts))
            TransportSpecs.ShouldBeFree(port);
    }

    [Fact]
    public void Connecting_can_be_cancelled()
    {
        // Nobody answers there: the address is for documentation. A machine without a route says so at once.
        using var cancellation = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
        var error = default(Exception);
        InTime(() => error = Record.Exception(
            () => PlainWire.Connect([System.Net.IPAddress.Parse("192.0.2.1")], 554, TimeSpan.FromSeconds(10), cancellation.Token)));
        (error is OperationCanceledException or RtspException).ShouldBeTrue();
    }

    [Fact]
    public void Addresses_share_the_time_to_connect() => InTime(() => Should.Throw<RtspException>(() => PlainWire.Connect(
        [.. Enumerable.Range(1, 5).Select(i => System.Net.IPAddress.Parse($"192.0.2.{i}"))], 554, TimeSpan.FromMilliseconds(200), default)));

    private static void InTime(Action open)
    {
        var begin = Stopwatch.GetTimestamp();
        open();
        Stopwatch.GetElapsedTime(begin).ShouldBeLessThan(Late);
    }
}
