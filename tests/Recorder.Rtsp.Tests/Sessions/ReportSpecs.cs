using System.Buffers.Binary;

namespace Recorder.Rtsp.Tests.Sessions;

public sealed class ReportSpecs : IDisposable
{
    private readonly VirtualCamera _camera = new();

    public void Dispose() => _camera.Dispose();

    [Fact]
    public void Nothing_is_reported_of_a_sender_that_is_not_known_yet()
    {
        _camera.Pass(12);
        _camera.Wire.Frames.ShouldBeEmpty();
    }

    [Fact]
    public void First_report_goes_out_after_a_second_and_others_each_five()
    {
        _ = _camera.Session;
        _camera.Wire.Arrive(Media(1));
        _camera.Pass(1.2);
        _camera.Wire.Frames.Count.ShouldBe(1);
        _camera.Pass(15);
        _camera.Wire.Frames.Count.ShouldBe(4);
        _camera.Wire.Frames.ShouldAllBe(it => it.Channel == 1);
    }

    [Fact]
    public void Report_states_what_is_missing_and_the_latest_number()
    {
        _ = _camera.Session;
        _camera.Wire.Arrive(Media(65530), Media(65531), Media(65534), Media(3, sequence: 1));
        _camera.Pass(1.2);
        var report = _camera.Wire.Frames[0].Packet;
        (report[0], report[1], BinaryPrimitives.ReadUInt32BigEndian(report.AsSpan(8))).ShouldBe(((byte)0x81, (byte)201, 7u));
        // 8 were expected, 4 are missing: 128/256.
        report[12].ShouldBe((byte)128);
        Number(report, 12).ShouldBe(4u | 128u << 24);
        // 65536 once more than the sender counts: the cycle count begins at 1 here, and only the lower half has to be right.
        (Number(report, 16) & 0xffff).ShouldBe(1u);

        _camera.Wire.Arrive(Media(4, sequence: 2));
        _camera.Pass(5);
        var next = _camera.Wire.Frames[1].Packet;
        (next[12], Number(next, 12) & 0xffffff, Number(next, 16) & 0xffff).ShouldBe(((byte)0, 4u, 2u));
    }

    [Fact]
    public void Report_returns_the_time_of_the_senders_report_and_how_long_ago_it_came()
    {
        _ = _camera.Session;
        _camera.Wire.Arrive(Media(1), CameraClient.Frame(1, SenderReport(0x12345678_9ABCDEF0, 160)));
        _camera.Read();
        _camera.Pass(1.2);
        var report = _camera.Wire.Frames[0].Packet;
        Number(report, 24).ShouldBe(0x56789ABCu);
        Number(report, 28).ShouldBeInRange(60_000u, 73_000u);
    }

    [Fact]
    public void Report_of_another_sender_begins_anew()
    {
        _ = _camera.Session;
        _camera.Wire.Arrive(Media(1), Media(10));
        _camera.Pass(1.2);
        _camera.Wire.Arrive(CameraClient.Frame(0, MediaLog.Sample(5000, source: 8)), CameraClient.Frame(0, MediaLog.Sample(5001, source: 8)));
        _camera.Pass(5);
        (Number(_camera.Wire.Frames[0].Packet, 12) & 0xffffff).ShouldBe(8u);
        var report = _camera.Wire.Frames[1].Packet;
        (Number(report, 8), Number(report, 12), Number(report, 16) & 0xffff, Number(report, 24)).ShouldBe((8u, 0u, 5001u, 0u));
    }

    [Fact]
    public void Reports_reach_a_real_camera_as_frames()
    {
        using var camera = new ScriptedCamera();
        var log = new MediaLog();
        var time = new SpecTime();
        using var session = Opening.Open(camera, log, time: time);
        camera.Client.Send(CameraClient.Frame(0, MediaLog.Sample(1)));
        session.ReadUntil(() => !camera.Client.Frames.IsEmpty, time).ShouldBeTrue();
        camera.Client.Frames.First().Channel.ShouldBe((byte)1);
        camera.Client.Frames.First().Packet.Length.ShouldBe(52);
    }

    internal static byte[] SenderReport(ulong ntp, uint timestamp, uint source = 7)
    {
        byte[] packet = [0x80, 200, 0, 6, .. new byte[24]];
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(4), source);
        BinaryPrimitives.WriteUInt64BigEndian(packet.AsSpan(8), ntp);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(16), timestamp);
        return packet;
    }

    private static byte[] Media(int number, int sequence = -1) => CameraClient.Frame(0, MediaLog.Sample(number, sequence: sequence));

    private static uint Number(byte[] report, int at) => BinaryPrimitives.ReadUInt32BigEndian(report.AsSpan(at));
}
