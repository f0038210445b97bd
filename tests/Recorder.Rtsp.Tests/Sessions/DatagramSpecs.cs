using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Recorder.Rtsp.Sessions;
using static Recorder.Rtsp.Tests.Sessions.CameraScript;

namespace Recorder.Rtsp.Tests.Sessions;

public sealed class DatagramSpecs : IDisposable
{
    private readonly ScriptedCamera _camera = new(Sound, SecondSound);
    private readonly CameraDatagrams _datagrams = new();
    private readonly MediaLog _log = new();
    private readonly SpecTime _time = new();

    public DatagramSpecs() => _camera.Script.On("SETUP", _datagrams.SetUp);

    public void Dispose()
    {
        _camera.Dispose();
        _datagrams.Dispose();
    }

    [Fact]
    public void Ports_are_an_even_one_and_the_next()
    {
        using var session = Open();
        var ports = _camera.Requests.Where(it => it.Method == "SETUP").Select(CameraDatagrams.ClientPorts).ToList();
        ports.Count.ShouldBe(2);
        ports.ShouldAllBe(it => it[0] % 2 == 0 && it[1] == it[0] + 1);
        ports[0][0].ShouldNotBe(ports[1][0]);
    }

    [Fact]
    public void Ports_of_the_camera_are_sent_something_that_opens_firewalls()
    {
        using var session = Open();
        var buffer = new byte[100];
        _datagrams.Media.Receive(buffer).ShouldBe(12);
        _datagrams.Reports.Receive(buffer).ShouldBe(8);
        buffer[1].ShouldBe((byte)201);
    }

    [Fact]
    public void Each_track_has_its_ports()
    {
        using var session = Open();
        for (var i = 1; i <= 50; i++)
        {
            _datagrams.Send(0, MediaLog.Sample(i));
            _datagrams.Send(1, MediaLog.Sample(100 + i, source: 9, type: 0));
        }

        session.ReadUntil(() => _log.Frames.Count == 100, _time).ShouldBeTrue();
        _log.Of(0).ShouldBe(Enumerable.Range(1, 50));
        _log.Of(1).ShouldBe(Enumerable.Range(101, 50));
        session.LastByte.ShouldBeGreaterThan(TimeSpan.Zero);
    }

    [Fact]
    public void Datagrams_of_another_address_are_left_out()
    {
        using var session = Open();
        using var stranger = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        stranger.Bind(new IPEndPoint(IPAddress.Parse("127.0.0.2"), 0));
        stranger.SendTo(MediaLog.Sample(70, source: 5), _datagrams.To(0));
        _datagrams.Send(0, MediaLog.Sample(1));
        stranger.SendTo(MediaLog.Sample(71, source: 5), _datagrams.To(0));
        stranger.SendTo(MediaLog.Goodbye(), _datagrams.To(0, reports: true));
        _datagrams.Send(0, MediaLog.Sample(2));
        session.ReadUntil(() => _log.Frames.Count == 2, _time).ShouldBeTrue();
        _datagrams.Send(0, MediaLog.Sample(3));
        session.ReadUntil(() => _log.Frames.Count == 3, _time).ShouldBeTrue();
        session.Finish();
        _log.Of(0).ShouldBe([1, 2, 3]);
        session.Tracks[0].HasLeft.ShouldBeFalse();
    }

    [Fact]
    public void Empty_datagrams_block_nothing()
    {
        using var session = Open();
        using var stranger = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        stranger.Bind(new IPEndPoint(IPAddress.Parse("127.0.0.2"), 0));
        for (var i = 0; i < 5; i++)
        {
            stranger.SendTo([], _datagrams.To(0));
            _datagrams.Send(0, []);
        }

        _datagrams.Send(0, MediaLog.Sample(1));
        session.ReadUntil(() => _log.Frames.Count == 1, _time).ShouldBeTrue();
    }

    [Fact]
    public void Datagrams_of_another_port_of_the_camera_are_taken()
    {
        using var session = Open();
        using var other = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        other.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        // Also after the first one came from the port that was named.
        _datagrams.Send(0, MediaLog.Sample(1));
        session.ReadUntil(() => _log.Frames.Count == 1, _time).ShouldBeTrue();
        other.SendTo(MediaLog.Sample(2), _datagrams.To(0));
        session.ReadUntil(() => _log.Frames.Count == 2, _time).ShouldBeTrue();
    }

    [Theory]
    [InlineData("127.0.0.5")]
    [InlineData("nowhere")]
    [InlineData("::1")]
    public void Datagrams_of_the_address_that_the_camera_names_are_taken_as_well(string source)
    {
        _datagrams.Source = source;
        using var session = Open();
        using var relay = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        relay.Bind(new IPEndPoint(IPAddress.Parse("127.0.0.5"), 0));
        relay.SendTo(MediaLog.Sample(1), _datagrams.To(0));
        _datagrams.Send(0, MediaLog.Sample(2));
        session.ReadUntil(() => _log.Of(0).Contains(2), _time).ShouldBeTrue();
        _log.Of(0).ShouldBe(source == "127.0.0.5" ? [1, 2] : [2]);
    }

    [Fact]
    public void Order_is_restored_and_loss_counted_exactly()
    {
        using var session = Open();
        foreach (var number in (int[])[1, 3, 2, 4, 4, 8, 7, 9, 10])
            _datagrams.Send(0, MediaLog.Sample(number));

        session.ReadUntil(() => _log.Frames.Count == 8, _time).ShouldBeTrue();
        _log.Of(0).ShouldBe([1, 2, 3, 4, 7, 8, 9, 10]);
        _log.Losses.ShouldHaveSingleItem().Packets.ShouldBe(2);
        session.Tracks[0].Sequence.Missing.ShouldBe(2);
    }

    [Fact]
    public void Packets_that_wait_at_the_end_are_delivered_and_the_loss_is_counted()
    {
        using var session = Open();
        foreach (var number in (int[])[1, 2, 5, 6])
            _datagrams.Send(0, MediaLog.Sample(number));

        session.ReadUntil(() => _log.Frames.Count == 2, _time);
        session.Finish();
        _log.Of(0).ShouldBe([1, 2, 5, 6]);
        _log.Losses.ShouldHaveSingleItem().Packets.ShouldBe(2);
    }

    [Fact]
    public void Another_sender_whose_numbers_are_a_little_ahead_loses_nothing()
    {
        using var session = Open();
        _datagrams.Send(0, MediaLog.Sample(1));
        for (var i = 0; i < 20; i++)
            _datagrams.Send(0, MediaLog.Sample(50 + i, source: 8));

        session.ReadUntil(() => _log.Frames.Count == 21, _time).ShouldBeTrue();
        _log.Of(0).ShouldBe([1, .. Enumerable.Range(50, 20)]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Reports_go_to_the_port_of_the_camera(bool isHidden)
    {
        _datagrams.HidesPorts = isHidden;
        using var session = Open();
        _datagrams.Send(0, MediaLog.Sample(1));
        _datagrams.Send(0, MediaLog.Sample(4));
        _datagrams.Report(0, ReportSpecs.SenderReport(0xEB00_0000_0000_0000, 160));
        var buffer = new byte[100];
        session.ReadUntil(() => ReceiveReport(buffer), _time).ShouldBeTrue();
        buffer[1].ShouldBe((byte)201);
        BinaryPrimitives.ReadUInt32BigEndian(buffer.AsSpan(8)).ShouldBe(7u);
        (BinaryPrimitives.ReadUInt32BigEndian(buffer.AsSpan(12)) & 0xffffff).ShouldBe(2u);
        session.Tracks[0].Clock.IsKnown.ShouldBeTrue();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Goodbye_ends_the_stream_on_either_port(bool onReports)
    {
        using var session = Open();
        _datagrams.Send(0, MediaLog.Sample(1));
        session.ReadUntil(() => _log.Frames.Count == 1, _time);
        if (onReports)
            _datagrams.Report(0, MediaLog.Goodbye());
        else
            _datagrams.Send(0, MediaLog.Goodbye());

        session.ReadToEnd(_time);
        session.HasEnded.ShouldBeTrue();
    }

    [Fact]
    public void Datagrams_that_the_kernel_drops_are_counted()
    {
        using var session = Open();
        _datagrams.Send(0, MediaLog.Sample(0));
        session.ReadUntil(() => _log.Frames.Count == 1, _time);
        session.TakeDrops().ShouldBe(0);
        // Nobody reads. The numbers show at most 3,000 missing packets: the flood stops soon after the buffer is full.
        var number = 0;
        var dropped = 0L;
        while (dropped < 50 && number < 60_000)
        {
            for (var i = 0; i < 100; i++)
                _datagrams.Send(0, [.. MediaLog.Sample(++number), .. new byte[1200]]);

            dropped += session.TakeDrops();
        }

        dropped.ShouldBeGreaterThan(0);
        session.ReadUntil(() => session.Tracks[0].Sequence.Received >= number - dropped - 5, _time);
        _datagrams.Send(0, MediaLog.Sample(++number));
        session.ReadUntil(() => session.Tracks[0].Sequence.Missing > 0, _time);
        session.Tracks[0].Sequence.Missing.ShouldBeGreaterThanOrEqualTo(dropped);
        session.TakeDrops().ShouldBe(0);
    }

    [Fact]
    public void Ports_are_closed_with_the_session()
    {
        var session = Open();
        session.Dispose();
        foreach (var port in _camera.Requests.Where(it => it.Method == "SETUP").SelectMany(CameraDatagrams.ClientPorts))
            TransportSpecs.ShouldBeFree(port);
    }

    // What opens firewalls is shorter.
    private bool ReceiveReport(byte[] buffer)
    {
        while (_datagrams.Reports.Available > 0)
        {
            if (_datagrams.Reports.Receive(buffer) > 20)
                return true;
        }

        return false;
    }

    private RtspSession Open() => Opening.Open(_camera, _log, RtspTransport.Udp, time: _time);
}
