using System.Text;
using Recorder.Rtsp.Sessions;
using static Recorder.Rtsp.Tests.Sessions.CameraScript;

namespace Recorder.Rtsp.Tests.Sessions;

public sealed class HandshakeSpecs
{
    [Fact]
    public void Good_camera_is_asked_for_each_step_once_and_in_order()
    {
        using var camera = new ScriptedCamera(Sound);
        using var session = Opening.Open(camera);
        camera.Methods.ShouldBe(["OPTIONS", "DESCRIBE", "SETUP", "PLAY"]);
        camera.Requests.Select(it => it["CSeq"]).ShouldBe(["1", "2", "3", "4"]);
        session.Tracks.Count.ShouldBe(1);
        session.UsesDatagrams.ShouldBeFalse();
    }

    [Theory]
    [InlineData(400)]
    [InlineData(404)]
    [InlineData(405)]
    [InlineData(501)]
    [InlineData(551)]
    public void Camera_that_does_not_know_OPTIONS_is_received(int status)
    {
        using var camera = new ScriptedCamera();
        camera.Script.On("OPTIONS", request => request.Answer(status, "No"));
        using var session = Opening.Open(camera);
        camera.Methods.Last().ShouldBe("PLAY");
    }

    [Theory]
    [InlineData("OPTIONS", 301)]
    [InlineData("DESCRIBE", 302)]
    [InlineData("SETUP", 302)]
    [InlineData("PLAY", 301)]
    public void Redirect_names_the_other_address(string method, int status)
    {
        using var camera = new ScriptedCamera();
        camera.Script.On(method, request => request.Answer(status, "Moved", "Location: rtsp://10.0.0.1/other "));
        var error = Opening.Refused(camera, RtspFault.Redirected);
        (error.Status, error.RedirectedTo).ShouldBe((status, "rtsp://10.0.0.1/other"));
    }

    [Fact]
    public void Request_to_redirect_names_the_other_address()
    {
        using var camera = new ScriptedCamera();
        camera.Script.On("PLAY", _ => Encoding.Latin1.GetBytes("REDIRECT rtsp://a/ RTSP/1.0\r\nCSeq: 1\r\nLocation: rtsp://10.0.0.2/\r\n\r\n"));
        Opening.Refused(camera, RtspFault.Redirected).RedirectedTo.ShouldBe("rtsp://10.0.0.2/");
    }

    [Fact]
    public void Redirect_without_an_address_is_a_refusal()
    {
        using var camera = new ScriptedCamera();
        camera.Script.On("DESCRIBE", request => request.Answer(302, "Moved"));
        Opening.Refused(camera, RtspFault.Refused).Status.ShouldBe(302);
    }

    [Theory]
    [InlineData("Content-Base: rtsp://127.0.0.1/other/", "rtsp://127.0.0.1/other/trackID=0")]
    [InlineData("Content-Base: rtsp://127.0.0.1/other", "rtsp://127.0.0.1/other/trackID=0")]
    [InlineData("Content-Location: rtsp://127.0.0.1/other/", "rtsp://127.0.0.1/other/trackID=0")]
    [InlineData("Content-Base: nonsense", "/cam/trackID=0")]
    [InlineData("X-None: 0", "/cam/trackID=0")]
    public void Track_is_set_up_at_the_URL_that_the_base_means(string header, string expected)
    {
        using var camera = new ScriptedCamera();
        camera.Script.On("DESCRIBE", request => request.Answer(200, "OK", [header], camera.Script.Sdp));
        using var session = Opening.Open(camera);
        camera.Await("SETUP").Url.ShouldEndWith(expected);
    }

    [Fact]
    public void Session_id_is_sent_without_its_parameters()
    {
        using var camera = new ScriptedCamera();
        camera.Script.Session = "A b-1 ; timeout = 30;x=\"y\"";
        using var session = Opening.Open(camera);
        camera.Await("PLAY")["Session"].ShouldBe("A b-1");
    }

    [Fact]
    public void Camera_without_Transport_and_Session_headers_is_received()
    {
        using var camera = new ScriptedCamera();
        camera.Script.On("SETUP", request => request.Ok()).On("PLAY", request => request.Ok());
        var log = new MediaLog();
        using var session = Opening.Open(camera, log);
        camera.Client.Send(CameraClient.Frame(0, MediaLog.Sample(1)));
        session.ReadUntil(() => log.Frames.Count == 1).ShouldBeTrue();
        camera.Await("PLAY")["Session"].ShouldBeNull();
    }

    [Fact]
    public void Media_before_the_answer_to_PLAY_is_kept()
    {
        using var camera = new ScriptedCamera();
        camera.Script.On("PLAY", request => [.. CameraClient.Frame(0, MediaLog.Sample(1)), .. CameraClient.Frame(0, MediaLog.Sample(2)), .. request.Ok()]);
        var log = new MediaLog();
        using var session = Opening.Open(camera, log);
        log.Of(0).ShouldBe([1, 2]);
    }

    [Theory]
    [InlineData("OPTIONS")]
    [InlineData("DESCRIBE")]
    [InlineData("SETUP")]
    [InlineData("PLAY")]
    public void Camera_that_answers_twice_is_received(string method)
    {
        using var camera = new ScriptedCamera();
        camera.Script.On(method, request => [.. camera.Script.Usual(request), .. camera.Script.Usual(request)]);
        using var session = Opening.Open(camera);
        camera.Methods.ShouldBe(["OPTIONS", "DESCRIBE", "SETUP", "PLAY"]);
    }

    [Fact]
    public void Camera_that_forgets_the_number_of_the_request_is_received()
    {
        using var camera = new ScriptedCamera();
        camera.Script.On("DESCRIBE", request => camera.Script.Usual(request with { Headers = [] }))
            .On("PLAY", request => (request with { Headers = [] }).Ok());
        Opening.Open(camera).Dispose();
    }

    [Fact]
    public void Provisional_answers_are_waited_out()
    {
        using var camera = new ScriptedCamera();
        camera.Script.On("DESCRIBE", request => [.. request.Answer(100, "Continue"), .. request.Answer(180, ""), .. camera.Script.Usual(request)]);
        Opening.Open(camera).Dispose();
    }

    [Fact]
    public void Answers_to_other_requests_do_not_hide_the_right_one()
    {
        using var camera = new ScriptedCamera();
        var others = Enumerable.Range(0, 1000).SelectMany(i => Encoding.Latin1.GetBytes($"RTSP/1.0 404 No\r\nCSeq: {5000 + i}\r\n\r\n")).ToArray();
        camera.Script.On("DESCRIBE", request => [.. others, .. camera.Script.Usual(request), .. others]);
        Opening.Open(camera).Dispose();
    }

    [Fact]
    public void Requests_of_the_camera_are_answered_meanwhile()
    {
        using var camera = new ScriptedCamera();
        camera.Script.On("DESCRIBE", request =>
            [.. "OPTIONS * RTSP/1.0\r\nCSeq: 31\r\n\r\nRECORD * RTSP/1.0\r\nCSeq: 32\r\n\r\n"u8, .. camera.Script.Usual(request)]);
        using var session = Opening.Open(camera);
        ScriptedCamera.WaitFor(() => camera.Client.Answers.Count == 2, "no answers");
        camera.Client.Answers.ShouldBe(["RTSP/1.0 200 OK\r\nCSeq: 31", "RTSP/1.0 501 Not Implemented\r\nCSeq: 32"]);
    }

    [Theory]
    [InlineData("DESCRIBE", 403, RtspFault.Forbidden)]
    [InlineData("DESCRIBE", 404, RtspFault.NotFound)]
    [InlineData("DESCRIBE", 410, RtspFault.NotFound)]
    [InlineData("DESCRIBE", 454, RtspFault.Refused)]
    [InlineData("DESCRIBE", 503, RtspFault.Refused)]
    [InlineData("SETUP", 404, RtspFault.NotFound)]
    [InlineData("SETUP", 453, RtspFault.Refused)]
    [InlineData("SETUP", 454, RtspFault.Refused)]
    [InlineData("PLAY", 404, RtspFault.NotFound)]
    [InlineData("PLAY", 453, RtspFault.Refused)]
    [InlineData("PLAY", 454, RtspFault.Refused)]
    [InlineData("PLAY", 461, RtspFault.UnsupportedTransport)]
    public void Refusal_is_told_with_its_status_and_reason(string method, int status, object fault)
    {
        using var camera = new ScriptedCamera();
        camera.Script.On(method, request => request.Answer(status, "Because\u001b[31m"));
        var error = Opening.Refused(camera, (RtspFault)fault);
        error.Status.ShouldBe(status);
        error.Message.ShouldBe($"it answers {method} with {status} Because [31m");
    }

    [Fact]
    public void Connection_is_closed_if_the_URL_is_none()
    {
        var time = new SpecTime();
        var wire = new MemoryWire(new CameraScript(), time);
        Should.Throw<RtspException>(() => RtspHandshake.Open(
            wire, new RtspOptions { Url = "http://cam/" }, new MediaLog(), time, new byte[256 << 10], default)).Fault.ShouldBe(RtspFault.Malformed);
        wire.IsDisposed.ShouldBeTrue();
    }

    [Fact]
    public void Receiver_that_throws_leaves_no_connection_open()
    {
        using var camera = new ScriptedCamera();
        Should.Throw<NotSupportedException>(() => Opening.Open(camera, new Thrower()));
        ScriptedCamera.WaitFor(() => camera.Client.HasEnded, "the connection is still open");
    }

    [Fact]
    public void Closed_port_is_told_at_once()
    {
        var camera = new ScriptedCamera();
        var port = camera.Port;
        camera.Dispose();
        Should.Throw<RtspException>(() => PlainWire.Connect([System.Net.IPAddress.Loopback], port, Opening.Patience, default))
            .Fault.ShouldBe(RtspFault.Closed);
    }

    [Fact]
    public void Next_address_of_the_host_is_tried()
    {
        using var camera = new ScriptedCamera();
        using var wire = PlainWire.Connect(
            [System.Net.IPAddress.IPv6Loopback, System.Net.IPAddress.Parse("127.0.0.9"), System.Net.IPAddress.Loopback], camera.Port, Opening.Patience, default);
        wire.RemoteAddress.ShouldBe(System.Net.IPAddress.Loopback);
        wire.LocalAddress.ShouldBe(System.Net.IPAddress.Loopback);
    }

    private sealed class Thrower : IMediaReceiver
    {
        public Recorder.Rtsp.Payloads.IFrameBuffer CreateBuffer(int track, Recorder.Rtsp.Payloads.TrackFormat format) => throw new NotSupportedException();

        public void Deliver(Recorder.Rtsp.Rtp.RtpTrack track, in Recorder.Rtsp.Rtp.RtpFrame frame, Recorder.Rtsp.Payloads.IFrameBuffer buffer)
        {
        }

        public void Lose(Recorder.Rtsp.Rtp.RtpTrack track, in Recorder.Rtsp.Rtp.RtpLoss loss)
        {
        }
    }
}
