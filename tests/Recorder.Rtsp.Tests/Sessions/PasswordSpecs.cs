namespace Recorder.Rtsp.Tests.Sessions;

public sealed class PasswordSpecs
{
    private const string User = "admin:s3cret@";

    [Theory]
    [InlineData("Basic realm=\"cam\"")]
    [InlineData("Digest realm=\"cam\", nonce=\"NONCE\"")]
    [InlineData("Digest realm=\"cam\", nonce=\"NONCE\", qop=\"auth\"")]
    [InlineData("Digest realm=\"cam\", nonce=\"NONCE\", algorithm=MD5, qop=\"auth,auth-int\", opaque=\"x\"")]
    [InlineData("Digest realm=\"cam\", nonce=\"NONCE\", algorithm=MD5-sess, qop=\"auth\"")]
    [InlineData("Digest realm=\"cam\", nonce=\"NONCE\", algorithm=SHA-256")]
    [InlineData("Digest realm=\"cam\", nonce=\"NONCE\", algorithm=SHA-256-sess, qop=\"auth\"")]
    [InlineData("Basic realm=\"cam\"", "Digest realm=\"cam\", nonce=\"NONCE\"", "Digest realm=\"cam\", nonce=\"NONCE\", algorithm=SHA-256")]
    [InlineData("Digest realm=\"cam\", nonce=\"NONCE\", algorithm=SHA-512-256", "Digest realm=\"cam\", nonce=\"NONCE\"")]
    [InlineData("Basic realm=\"cam\", Digest realm=\"cam\", nonce=\"NONCE\"")]
    public void Password_is_told_as_the_camera_asks(params string[] challenges)
    {
        using var camera = new ScriptedCamera();
        camera.Script.Password = new CameraPassword(challenges);
        using var session = Opening.Open(camera, user: User);
        camera.Requests.Count(it => it["Authorization"] is null).ShouldBe(1);
        camera.Methods.ShouldBe(["OPTIONS", "OPTIONS", "DESCRIBE", "SETUP", "PLAY"]);
        var told = camera.Requests.Last()["Authorization"]!;
        (challenges.Any(it => it.Contains("Digest", StringComparison.Ordinal)) && told.StartsWith("Basic", StringComparison.Ordinal)).ShouldBeFalse();
    }

    [Theory]
    [InlineData("Digest realm=\"cam\", nonce=\"NONCE\", stale=true")]
    [InlineData("Digest realm=\"cam\", nonce=\"NONCE\"")]
    public void Nonce_that_expires_is_replaced(string challenge)
    {
        using var camera = new ScriptedCamera();
        var password = camera.Script.Password = new CameraPassword(challenge);
        camera.Script.On("DESCRIBE", request => Expiring(camera.Script.Usual(request))).On("SETUP", request => Expiring(camera.Script.Usual(request)));
        using var session = Opening.Open(camera, user: User);
        camera.Methods.ShouldBe(["OPTIONS", "OPTIONS", "DESCRIBE", "SETUP", "SETUP", "PLAY", "PLAY"]);

        byte[] Expiring(byte[] answer)
        {
            password.Expire();
            return answer;
        }
    }

    [Theory]
    [InlineData("Basic realm=\"cam\"")]
    [InlineData("Digest realm=\"cam\", nonce=\"NONCE\"")]
    public void Wrong_password_is_sent_once_only(string challenge)
    {
        using var camera = new ScriptedCamera();
        var password = camera.Script.Password = new CameraPassword(challenge) { IsOther = true };
        Opening.Refused(camera, RtspFault.Unauthorized, user: User).Status.ShouldBe(401);
        password.Attempts.ShouldBe(1);
    }

    [Fact]
    public void Wrong_password_is_sent_once_where_OPTIONS_needs_none()
    {
        using var camera = new ScriptedCamera();
        var password = new CameraPassword("Digest realm=\"cam\", nonce=\"NONCE\"") { IsOther = true };
        camera.Script.On("DESCRIBE", request =>
        {
            password.Expire();
            return password.Refuse(request)!;
        });
        Opening.Refused(camera, RtspFault.Unauthorized, user: User);
        password.Attempts.ShouldBe(1);
    }

    [Fact]
    public void Camera_that_calls_each_nonce_stale_is_given_up()
    {
        using var camera = new ScriptedCamera();
        var password = camera.Script.Password = new CameraPassword("Digest realm=\"cam\", nonce=\"NONCE\", stale=true") { IsOther = true };
        Opening.Refused(camera, RtspFault.Unauthorized, user: User);
        password.Attempts.ShouldBeLessThanOrEqualTo(2);
    }

    [Theory]
    [InlineData("")]
    [InlineData(User, "Negotiate")]
    [InlineData(User, "Digest realm=\"cam\"")]
    [InlineData(User)]
    public void Challenge_that_cannot_be_met_is_told(string user, params string[] challenges)
    {
        using var camera = new ScriptedCamera();
        var password = camera.Script.Password = new CameraPassword(challenges);
        Opening.Refused(camera, RtspFault.Unauthorized, user: user);
        password.Attempts.ShouldBe(0);
    }

    [Fact]
    public void User_name_with_a_line_break_is_refused()
    {
        using var camera = new ScriptedCamera();
        camera.Script.Password = new CameraPassword("Digest realm=\"cam\", nonce=\"NONCE\"");
        Opening.Refused(camera, RtspFault.Malformed, user: "ad%0d%0amin:s3cret@");
    }
}
