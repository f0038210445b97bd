namespace Recorder.Rtsp.Tests.Sessions;

public sealed class KeepAliveSpecs : IDisposable
{
    private readonly VirtualCamera _camera = new();

    public void Dispose() => _camera.Dispose();

    [Theory]
    [InlineData("77;timeout=10", 5)]
    [InlineData("77", 30)]
    [InlineData("77;timeout=3600", 30)]
    [InlineData("77;timeout=1", 1)]
    [InlineData("77;timeout=0", 30)]
    public void Request_goes_out_at_half_of_the_timeout(string session, int seconds)
    {
        _camera.Script.Session = session;
        _camera.Pass(seconds - 0.2).ShouldBeTrue();
        _camera.Later.ShouldBeEmpty();
        _camera.Pass(0.4);
        _camera.Later.ShouldHaveSingleItem().Method.ShouldBe("GET_PARAMETER");
        _camera.Pass(seconds * 3);
        _camera.Later.Count().ShouldBe(4);
        _camera.Later.ShouldAllBe(it => it["Session"] == "77");
    }

    [Fact]
    public void Camera_that_does_not_name_GET_PARAMETER_is_asked_for_OPTIONS()
    {
        _camera.Script.Public = "OPTIONS, DESCRIBE";
        _camera.Pass(31);
        _camera.Later.ShouldHaveSingleItem().Method.ShouldBe("OPTIONS");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Method_that_is_refused_is_replaced_at_once_and_not_used_again(bool tellsNumber)
    {
        _camera.Script.On("GET_PARAMETER", request => (tellsNumber ? request : request with { Headers = [] }).Answer(405, "Method Not Allowed"));
        _camera.Pass(95);
        _camera.Later.Select(it => it.Method).ShouldBe(["GET_PARAMETER", "OPTIONS", "OPTIONS", "OPTIONS"]);
    }

    [Fact]
    public void Camera_that_refuses_every_method_is_asked_each_time_and_not_flooded()
    {
        foreach (var method in (string[])["GET_PARAMETER", "SET_PARAMETER"])
            _camera.Script.On(method, request => request.Answer(501));
        _ = _camera.Session;
        _camera.Script.On("OPTIONS", request => request.Answer(501));
        _camera.Pass(95).ShouldBeTrue();
        _camera.Later.Count().ShouldBeInRange(5, 12);
    }

    [Fact]
    public void Challenge_with_a_new_nonce_is_met()
    {
        _camera.User = "admin:s3cret@";
        var password = _camera.Script.Password = new CameraPassword("Digest realm=\"cam\", nonce=\"NONCE\"");
        _ = _camera.Session;
        password.Expire();
        _camera.Pass(31).ShouldBeTrue();
        _camera.Later.Select(it => it.Method).ShouldBe(["GET_PARAMETER", "GET_PARAMETER"]);
        password.Expire();
        _camera.Pass(30).ShouldBeTrue();
        _camera.Later.Count().ShouldBe(4);
    }

    [Fact]
    public void Password_that_is_not_right_any_more_is_sent_at_most_twice_each_time()
    {
        _camera.User = "admin:s3cret@";
        var password = _camera.Script.Password = new CameraPassword("Digest realm=\"cam\", nonce=\"NONCE\"");
        _ = _camera.Session;
        password.IsOther = true;
        password.Expire();
        var before = password.Attempts;
        _camera.Pass(31).ShouldBeTrue();
        (password.Attempts - before).ShouldBeLessThanOrEqualTo(2);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Session_that_the_camera_does_not_know_any_more_is_over(bool tellsNumber)
    {
        _camera.Script.On("GET_PARAMETER", request => (tellsNumber ? request : request with { Headers = [] }).Answer(454, "Session Not Found"));
        var error = Should.Throw<RtspException>(() => _camera.Pass(31));
        (error.Fault, error.Status, error.Message).ShouldBe((RtspFault.Closed, 454, "it ended the session (454)"));
    }

    [Fact]
    public void Session_that_is_over_is_told_although_the_camera_closes()
    {
        _camera.Script.On("GET_PARAMETER", request =>
        {
            _camera.Wire.IsAtEnd = true;
            return request.Answer(454, "Session Not Found");
        });
        Should.Throw<RtspException>(() => _camera.Pass(31)).Status.ShouldBe(454);
    }

    [Fact]
    public void Answers_to_nothing_are_left_out()
    {
        _ = _camera.Session;
        for (var i = 0; i < 1000; i++)
            _camera.Wire.Arrive("RTSP/1.0 454 Session Not Found\r\nCSeq: 2\r\n\r\nRTSP/1.0 454 Session Not Found\r\n\r\n");
        _camera.Pass(1).ShouldBeTrue();
    }
}
