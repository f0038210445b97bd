using System.Net;
using System.Net.Sockets;
using Recorder.Rtsp.Sessions;
using static Recorder.Rtsp.Tests.Sessions.CameraScript;

namespace Recorder.Rtsp.Tests.Sessions;

public sealed class TransportSpecs
{
    private const string Talkback = "m=audio 0 RTP/AVP 0\r\na=sendonly\r\na=control:trackID=8\r\n";
    private const string Metadata = "m=application 0 RTP/AVP 107\r\na=rtpmap:107 vnd.onvif.metadata/90000\r\na=control:trackID=9\r\n";
    private const string Unknown = "m=application 0 RTP/AVP 108\r\na=rtpmap:108 x-nothing/90000\r\na=control:trackID=7\r\n";

    [Theory]
    [InlineData(false, "0,2")]
    [InlineData(true, "0,2,9")]
    public void Back_channel_and_application_media_are_not_set_up(bool takesData, string expected)
    {
        using var camera = new ScriptedCamera(Sound, Video, Talkback, Metadata, Unknown);
        using var session = Opening.Open(camera, takesData: takesData);
        camera.Requests.Where(it => it.Method == "SETUP").Select(it => it.Url.Split('=')[^1]).ShouldBe(expected.Split(','));
    }

    [Theory]
    [InlineData(404)]
    [InlineData(451)]
    [InlineData(461)]
    [InlineData(500)]
    public void Track_that_is_refused_does_not_keep_the_others_away(int status)
    {
        foreach (var refused in (string[])["trackID=0", "trackID=1"])
        {
            using var camera = new ScriptedCamera(Sound, SecondSound);
            camera.Script.On("SETUP", request =>
                request.Url.EndsWith(refused, StringComparison.Ordinal) ? request.Answer(status, "No") : camera.Script.Usual(request));
            using var session = Opening.Open(camera);
            session.Tracks.Count.ShouldBe(1);
            camera.Methods.Last().ShouldBe("PLAY");
        }
    }

    [Fact]
    public void Description_without_a_track_that_is_known_is_told()
    {
        using var camera = new ScriptedCamera(Talkback, Unknown);
        camera.Script.Sdp = Describe(Unknown);
        Opening.Refused(camera, RtspFault.NoTrack);
        camera.Methods.ShouldBe(["OPTIONS", "DESCRIBE"]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Camera_without_TCP_is_received_by_UDP(bool answersWithUdp)
    {
        using var camera = new ScriptedCamera(Sound, SecondSound);
        using var datagrams = new CameraDatagrams();
        camera.Script.On("SETUP", request => !request["Transport"]!.Contains("TCP", StringComparison.Ordinal) ? datagrams.SetUp(request)
            : answersWithUdp ? request.Ok("Session: 1", "Transport: RTP/AVP;unicast;client_port=4000-4001;server_port=5000-5001")
            : request.Answer(461, "Unsupported Transport"));
        using var session = Opening.Open(camera);
        session.UsesDatagrams.ShouldBeTrue();
        session.Tracks.Count.ShouldBe(2);
        camera.Methods.ShouldBe(["OPTIONS", "DESCRIBE", "SETUP", "SETUP", "SETUP", "PLAY"]);
    }

    [Theory]
    [InlineData(RtspTransport.Tcp, 1)]
    [InlineData(RtspTransport.Udp, 1)]
    [InlineData(RtspTransport.Multicast, 1)]
    [InlineData(RtspTransport.Automatic, 2)]
    public void Transport_that_was_stated_is_the_only_one_tried(object transport, int requests)
    {
        using var camera = new ScriptedCamera();
        camera.Script.On("SETUP", request => request.Answer(461, "Unsupported Transport"));
        Opening.Refused(camera, RtspFault.UnsupportedTransport, (RtspTransport)transport);
        camera.Methods.Count(it => it == "SETUP").ShouldBe(requests);
    }

    [Fact]
    public void Media_of_an_encrypted_connection_do_not_come_in_clear()
    {
        var script = new CameraScript().On("SETUP", request => request.Answer(461, "Unsupported Transport"));
        var time = new SpecTime();
        var wire = new MemoryWire(script, time);
        Should.Throw<RtspException>(() => RtspHandshake.Open(
            wire, new RtspOptions { Url = "rtsps://cam/live" }, new MediaLog(), time, new byte[256 << 10], default))
            .Fault.ShouldBe(RtspFault.UnsupportedTransport);
        wire.Methods.ShouldBe(["OPTIONS", "DESCRIBE", "SETUP"]);
    }

    [Theory]
    [InlineData("RTP/AVP/TCP;unicast;interleaved=0-1")]
    [InlineData("RTP/AVP/TCP;unicast")]
    public void Camera_that_answers_UDP_with_TCP_is_not_taken(string answer)
    {
        using var camera = new ScriptedCamera();
        camera.Script.On("SETUP", request => request.Ok("Session: 1", $"Transport: {answer}"));
        Opening.Refused(camera, RtspFault.UnsupportedTransport, RtspTransport.Udp);
    }

    [Theory]
    [InlineData("interleaved=10-11", "interleaved=20-21", 10, 20)]
    [InlineData("interleaved=10", "interleaved=255", 10, 255)]
    [InlineData("interleaved=0-1", "interleaved=0-1", 0, 2)]
    [InlineData("interleaved=0-1", "interleaved=1-2", 0, 1)]
    [InlineData("interleaved=x", "interleaved=700-701", 0, 2)]
    public void Channels_are_those_that_the_camera_states(string first, string second, int firstChannel, int secondChannel)
    {
        using var camera = new ScriptedCamera(Sound, SecondSound);
        camera.Script.On("SETUP", request => request.Ok("Session: 1", $"Transport: RTP/AVP/TCP;unicast;{(request.Url.EndsWith('0') ? first : second)}"));
        var log = new MediaLog();
        using var session = Opening.Open(camera, log);
        camera.Client.Send(CameraClient.Frame((byte)firstChannel, MediaLog.Sample(1)), CameraClient.Frame((byte)secondChannel, MediaLog.Sample(2, type: 0)));
        session.ReadUntil(() => log.Frames.Count == 2).ShouldBeTrue();
        log.Frames.ShouldBe([(0, 1), (1, 2)]);
    }

    [Fact]
    public void No_more_than_sixteen_tracks_are_asked_for()
    {
        using var camera = new ScriptedCamera([.. Enumerable.Repeat(Sound, 20)]);
        using var session = Opening.Open(camera);
        camera.Methods.Count(it => it == "SETUP").ShouldBe(16);
    }

    [Theory]
    [InlineData("RTP/AVP;unicast;server_port=65535")]
    [InlineData("RTP/AVP;unicast;server_port=0-0")]
    [InlineData("RTP/AVP;unicast;client_port=1-2")]
    [InlineData("")]
    public void Ports_of_the_server_may_be_nonsense(string transport)
    {
        using var camera = new ScriptedCamera();
        camera.Script.On("SETUP", request => request.Ok("Session: 1", $"Transport: {transport}"));
        Opening.Open(camera, transport: RtspTransport.Udp).Dispose();
    }

    [Theory]
    [InlineData("SETUP")]
    [InlineData("PLAY")]
    public void UDP_ports_are_closed_if_opening_fails(string method)
    {
        using var camera = new ScriptedCamera(Sound, SecondSound);
        using var datagrams = new CameraDatagrams();
        camera.Script.On("SETUP", datagrams.SetUp).On("PLAY", request => request.Answer(500));
        if (method == "SETUP")
            camera.Script.On("SETUP", request => request.Url.EndsWith('1') ? Hangup : datagrams.SetUp(request));

        Opening.Refused(camera, method == "SETUP" ? RtspFault.Closed : RtspFault.Refused, RtspTransport.Udp);
        foreach (var port in camera.Requests.Where(it => it.Method == "SETUP").SelectMany(CameraDatagrams.ClientPorts))
            ShouldBeFree(port);

        if (method == "PLAY")
            camera.Await("TEARDOWN");
    }

    [Theory]
    [InlineData("RTP/AVP;multicast;destination=10.0.0.1;port=5000-5001")]
    [InlineData("RTP/AVP;multicast;destination=239.1.1.1;port=80-81")]
    [InlineData("RTP/AVP;multicast;destination=name;port=5000-5001")]
    [InlineData("RTP/AVP;multicast")]
    public void Group_that_is_none_is_not_joined(string transport)
    {
        using var camera = new ScriptedCamera();
        camera.Script.On("SETUP", request => request.Ok("Session: 1", $"Transport: {transport}"));
        Opening.Refused(camera, RtspFault.UnsupportedTransport, RtspTransport.Multicast);
    }

    internal static void ShouldBeFree(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        Should.NotThrow(() => socket.Bind(new IPEndPoint(IPAddress.Loopback, port)), $"UDP port {port} is still open");
    }
}
