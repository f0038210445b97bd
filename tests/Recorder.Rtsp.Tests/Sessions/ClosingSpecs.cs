namespace Recorder.Rtsp.Tests.Sessions;

public sealed class ClosingSpecs
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Camera_is_told_that_the_stream_is_not_wanted_any_more(bool staysOpen)
    {
        using var camera = new ScriptedCamera { StaysOpen = staysOpen };
        var time = new SpecTime();
        using var session = Opening.Open(camera, time: time);
        var begin = time.Now;
        session.BeginClosing();
        session.BeginClosing();
        session.ReadToEnd(time);
        (time.Now - begin).ShouldBeLessThan(TimeSpan.FromSeconds(1.1));
        camera.Await("TEARDOWN")["Session"].ShouldBe("77");
        camera.Methods.Count(it => it == "TEARDOWN").ShouldBe(1);
        ScriptedCamera.WaitFor(() => camera.Client.HasEnded, "the end was not told");
    }

    [Fact]
    public void Stream_is_over_a_second_later_if_the_camera_goes_on()
    {
        using var camera = new VirtualCamera();
        _ = camera.Session;
        camera.Session.BeginClosing();
        for (var i = 0; i < 9; i++)
        {
            camera.Wire.Arrive(CameraClient.Frame(0, MediaLog.Sample(i)));
            camera.Pass(0.05).ShouldBeTrue();
        }

        camera.Pass(0.3).ShouldBeFalse();
        camera.Log.Frames.ShouldBeEmpty();
    }

    [Fact]
    public void Nothing_that_the_camera_says_meanwhile_matters()
    {
        using var camera = new VirtualCamera();
        _ = camera.Session;
        camera.Session.BeginClosing();
        // A request that cannot be answered any more, a refusal, and then what is no RTSP.
        camera.Wire.Arrive("OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\nRTSP/1.0 454 No\r\n\r\n");
        camera.Read().ShouldBeTrue();
        camera.Wire.Arrive("RTSP/1.0 x\r\n\r\n");
        camera.Read().ShouldBeFalse();
    }

    [Fact]
    public void Camera_that_takes_nothing_any_more_can_be_closed()
    {
        using var camera = new ScriptedCamera();
        var session = Opening.Open(camera);
        camera.Client.Socket.Close(0);
        Should.Throw<RtspException>(() => session.ReadToEnd()).Fault.ShouldBe(RtspFault.Closed);
        session.BeginClosing();
        session.ReadToEnd();
        session.Dispose();
        session.Dispose();
    }
}
