using static Recorder.Rtsp.Tests.Sessions.CameraScript;

namespace Recorder.Rtsp.Tests.Sessions;

public sealed class PlayingSpecs : IDisposable
{
    private readonly VirtualCamera _camera = new();

    public void Dispose() => _camera.Dispose();

    [Fact]
    public void Media_may_be_split_at_every_byte()
    {
        byte[] stream =
        [
            .. Media(1), .. "RTSP/1.0 200 OK\r\nCSeq: 99\r\n\r\n"u8, .. Media(2), .. "OPTIONS * RTSP/1.0\r\nCSeq: 4\r\n\r\n"u8,
            .. Media(3), .. "\r\n"u8, .. "ANNOUNCE * RTSP/1.0\r\nContent-Length: 3\r\n\r\n$$$"u8, .. Media(4),
        ];
        for (var cut = 0; cut <= stream.Length; cut++)
        {
            using var camera = new VirtualCamera();
            _ = camera.Session;
            camera.Wire.Arrive(stream[..cut]);
            camera.Read();
            camera.Wire.Arrive(stream[cut..]);
            camera.Read();
            camera.Log.Of(0).ShouldBe([1, 2, 3, 4], $"cut at {cut}");
        }

        _ = _camera.Session;
        _camera.Wire.MostAtOnce = 1;
        _camera.Wire.Arrive(stream);
        for (var i = 0; i < stream.Length; i++)
            _camera.Read();

        _camera.Log.Of(0).ShouldBe([1, 2, 3, 4]);
    }

    [Fact]
    public void Session_is_beginning_until_each_track_has_sent_a_frame()
    {
        _camera.Script.Sdp = Describe(Sound, SecondSound);
        _camera.Session.IsBeginning.ShouldBeTrue();
        _camera.Wire.Arrive(Media(1), Media(2));
        _camera.Read();
        _camera.Session.IsBeginning.ShouldBeTrue();
        _camera.Wire.Arrive(CameraClient.Frame(2, MediaLog.Sample(1, source: 9, type: 0)));
        _camera.Read();
        _camera.Session.IsBeginning.ShouldBeFalse();
    }

    [Fact]
    public void Session_is_not_beginning_for_long_and_not_at_all_with_one_track()
    {
        _camera.Session.IsBeginning.ShouldBeFalse();

        using var silent = new VirtualCamera();
        silent.Script.Sdp = Describe(Sound, SecondSound);
        silent.Pass(1.9);
        silent.Session.IsBeginning.ShouldBeTrue();
        silent.Pass(0.3);
        silent.Session.IsBeginning.ShouldBeFalse();
    }

    [Fact]
    public void Bytes_that_are_no_RTSP_are_left_out()
    {
        _ = _camera.Session;
        _camera.Wire.Arrive([.. Media(1), .. "garbage \0\xff"u8, .. Media(2)]);
        _camera.Read();
        _camera.Log.Of(0).ShouldBe([1, 2]);
    }

    [Fact]
    public void Frames_of_channels_and_types_that_nobody_asked_for_are_left_out()
    {
        _ = _camera.Session;
        _camera.Wire.Arrive(
            CameraClient.Frame(0, MediaLog.Sample(1)), CameraClient.Frame(9, MediaLog.Sample(2)), CameraClient.Frame(0, MediaLog.Sample(2, type: 99)),
            CameraClient.Frame(0, []), CameraClient.Frame(255, [1]), CameraClient.Frame(0, MediaLog.Sample(2)));
        _camera.Read();
        _camera.Log.Of(0).ShouldBe([1, 2]);
        _camera.Session.Tracks[0].Strays.ShouldBe(2);
    }

    [Fact]
    public void End_of_the_stream_is_told_after_what_came_before()
    {
        _ = _camera.Session;
        _camera.Wire.Arrive(Media(1), Media(2));
        _camera.Wire.IsAtEnd = true;
        while (_camera.Read())
        {
        }

        _camera.Log.Of(0).ShouldBe([1, 2]);
        _camera.Session.HasEnded.ShouldBeFalse();
    }

    [Fact]
    public void Camera_that_never_sends_is_for_the_owner_to_give_up()
    {
        _camera.Pass(300).ShouldBeTrue();
        _camera.Session.Tracks[0].Source.ShouldBeNull();
        _camera.Session.LastByte.ShouldBeLessThan(_camera.Time.Now);
    }

    [Fact]
    public void Goodbye_ends_the_stream_after_a_moment()
    {
        _ = _camera.Session;
        _camera.Wire.Arrive(Media(1), Report(MediaLog.Goodbye()));
        _camera.Pass(0.4).ShouldBeTrue();
        _camera.Pass(0.4).ShouldBeFalse();
        _camera.Session.HasEnded.ShouldBeTrue();
    }

    [Fact]
    public void Media_that_was_overtaken_by_the_goodbye_does_not_undo_it()
    {
        _ = _camera.Session;
        _camera.Wire.Arrive(Media(1), Report(MediaLog.Goodbye()), Media(2));
        _camera.Pass(0.8).ShouldBeFalse();
        _camera.Log.Of(0).ShouldBe([1, 2]);
    }

    [Fact]
    public void Goodbye_of_a_sender_that_another_one_follows_ends_nothing()
    {
        _ = _camera.Session;
        _camera.Wire.Arrive(Media(1), Report(MediaLog.Goodbye()));
        _camera.Pass(0.3);
        _camera.Wire.Arrive(CameraClient.Frame(0, MediaLog.Sample(700, source: 8)));
        // Longer than the moment, with a packet each second.
        _camera.Pass(1).ShouldBeTrue();
        _camera.Wire.Arrive(CameraClient.Frame(0, MediaLog.Sample(701, source: 8)));
        _camera.Pass(2).ShouldBeTrue();
        _camera.Wire.Arrive(Report(MediaLog.Goodbye(7)));
        _camera.Pass(2).ShouldBeTrue();
        _camera.Wire.Arrive(Report(MediaLog.Goodbye(8)));
        _camera.Pass(2).ShouldBeFalse();
    }

    [Fact]
    public void Sender_that_goes_on_after_its_goodbye_has_not_left()
    {
        _ = _camera.Session;
        _camera.Wire.Arrive(Media(1), Report(MediaLog.Goodbye()));
        for (var i = 2; i < 20; i++)
        {
            _camera.Wire.Arrive(Media(i));
            _camera.Pass(0.1).ShouldBeTrue();
        }

        _camera.Pass(3).ShouldBeTrue();
    }

    [Fact]
    public void Goodbye_of_one_track_does_not_end_the_others()
    {
        _camera.Script.Sdp = Describe(Sound, SecondSound);
        _ = _camera.Session;
        _camera.Wire.Arrive(Media(1), CameraClient.Frame(2, MediaLog.Sample(1, source: 9, type: 0)), Report(MediaLog.Goodbye()));
        _camera.Pass(2).ShouldBeTrue();
        _camera.Wire.Arrive(CameraClient.Frame(3, MediaLog.Goodbye(9)));
        _camera.Pass(1).ShouldBeFalse();
    }

    [Fact]
    public void Reports_on_the_channel_of_the_media_are_understood()
    {
        _ = _camera.Session;
        _camera.Wire.Arrive(Media(1), CameraClient.Frame(0, ReportSpecs.SenderReport(0xEB00_0000_0000_0000, 160)), CameraClient.Frame(0, MediaLog.Goodbye()));
        _camera.Pass(1).ShouldBeFalse();
        _camera.Session.Tracks[0].Clock.IsKnown.ShouldBeTrue();
        _camera.Log.Of(0).ShouldBe([1]);
    }

    [Fact]
    public void Another_sender_interrupts_the_track_but_loses_none_of_its_frames()
    {
        _ = _camera.Session;
        _camera.Wire.Arrive(Media(1), Media(2), CameraClient.Frame(0, MediaLog.Sample(9000, source: 8)), CameraClient.Frame(0, MediaLog.Sample(9001, source: 8)));
        _camera.Read();
        _camera.Log.Of(0).ShouldBe([1, 2, 9000, 9001]);
        _camera.Log.Losses.ShouldHaveSingleItem().Packets.ShouldBe(0);
    }

    [Fact]
    public void Missing_packets_are_counted()
    {
        _ = _camera.Session;
        _camera.Wire.Arrive(Media(1), Media(4), Media(4), Media(5));
        _camera.Read();
        _camera.Log.Of(0).ShouldBe([1, 4, 5]);
        _camera.Log.Losses.ShouldHaveSingleItem().Packets.ShouldBe(2);
    }

    [Fact]
    public void Request_to_redirect_ends_the_stream()
    {
        _ = _camera.Session;
        _camera.Wire.Arrive("REDIRECT rtsp://cam/live RTSP/1.0\r\nCSeq: 1\r\nLocation: rtsp://other/\r\n\r\n");
        Should.Throw<RtspException>(() => _camera.Read()).RedirectedTo.ShouldBe("rtsp://other/");
    }

    [Theory]
    [InlineData("npt=0-42.5", 42.5)]
    [InlineData("npt=2.5-42.5", 40.0)]
    [InlineData("npt=0-", null)]
    [InlineData("npt=now-", null)]
    [InlineData("npt=9-3", null)]
    [InlineData("npt=0-NaN", null)]
    [InlineData("npt=0-1e300", null)]
    [InlineData("clock=20260101T000000Z-", null)]
    public void Length_of_a_recording_is_known(string range, double? seconds)
    {
        _camera.Script.Sdp = _camera.Script.Sdp.Replace("t=0 0\r\n", $"t=0 0\r\na=range:{range}\r\n", StringComparison.Ordinal);
        _camera.Session.Duration?.TotalSeconds.ShouldBe(seconds ?? 0);
        (_camera.Session.Duration is null).ShouldBe(seconds is null);
    }

    private static byte[] Media(int number) => CameraClient.Frame(0, MediaLog.Sample(number));

    private static byte[] Report(byte[] packet) => CameraClient.Frame(1, packet);
}
