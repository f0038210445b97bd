using Recorder.Rtsp.Authentication;
using Recorder.Rtsp.Messages;

namespace Recorder.Rtsp.Tests.Authentication;

public sealed class AuthenticatorSpecs
{
    private readonly Authenticator _authenticator;
    private int _words;

    public AuthenticatorSpecs() => _authenticator = new Authenticator(new Credentials("user", "secret"), () => $"word{++_words}");

    [Fact]
    public void Nothing_is_sent_before_the_server_asks() => Authorize().ShouldBeNull();

    [Fact]
    public void Without_credentials_there_is_no_answer()
    {
        var authenticator = new Authenticator(null, Authenticator.RandomWord);
        authenticator.Challenged(Headers("Digest nonce=\"1\"")).ShouldBe(ChallengeOutcome.NoCredentials);
        authenticator.Authorize("PLAY", "rtsp://cam/").ShouldBeNull();
    }

    [Theory]
    [InlineData("Digest algorithm=SHA-512-256, nonce=1")]
    [InlineData("Negotiate")]
    [InlineData("")]
    public void What_the_client_does_not_know_is_unsupported(string challenge) =>
        Challenged(challenge).ShouldBe(ChallengeOutcome.Unsupported);

    [Fact]
    public void The_count_rises_with_each_use_of_a_nonce_and_begins_again_with_the_next()
    {
        Challenged("Digest nonce=\"1\", qop=\"auth\"").ShouldBe(ChallengeOutcome.SendAgain);
        Authorize()!.ShouldContain("nc=00000001, cnonce=\"word1\"");
        _authenticator.Accepted();
        Authorize()!.ShouldContain("nc=00000002, cnonce=\"word1\"");
        Challenged("Digest nonce=\"2\", qop=\"auth\", stale=true").ShouldBe(ChallengeOutcome.SendAgain);
        Authorize()!.ShouldContain("nonce=\"2\", uri=\"rtsp://cam/\"");
        Authorize()!.ShouldContain("nc=00000002, cnonce=\"word2\"");
    }

    [Theory]
    [InlineData("Digest nonce=\"1\"")]
    [InlineData("Digest nonce=\"2\"")]
    [InlineData("Digest nonce=\"2\", stale=false")]
    public void A_wrong_password_is_refused_at_once_so_that_no_user_is_locked_out(string second)
    {
        Challenged("Digest nonce=\"1\"").ShouldBe(ChallengeOutcome.SendAgain);
        Authorize();
        Challenged(second).ShouldBe(ChallengeOutcome.Refused);
    }

    [Fact]
    public void Basic_is_refused_at_once()
    {
        Challenged("Basic realm=\"r\"").ShouldBe(ChallengeOutcome.SendAgain);
        Authorize().ShouldStartWith("Basic ");
        Challenged("Basic realm=\"r\"").ShouldBe(ChallengeOutcome.Refused);
    }

    [Fact]
    public void A_stale_nonce_is_answered_once()
    {
        Challenged("Digest nonce=\"1\"");
        Authorize();
        Challenged("Digest nonce=\"2\", stale=true").ShouldBe(ChallengeOutcome.SendAgain);
        Authorize();
        Challenged("Digest nonce=\"3\", stale=true").ShouldBe(ChallengeOutcome.Refused);
    }

    [Fact]
    public void A_nonce_may_expire_many_times_without_being_called_stale()
    {
        Challenged("Digest nonce=\"0\"");
        Authorize();
        for (var i = 1; i < 10; i++)
        {
            _authenticator.Accepted();
            Authorize();
            Challenged($"Digest nonce=\"{i}\"").ShouldBe(ChallengeOutcome.SendAgain);
            Authorize();
        }

        Challenged("Digest nonce=\"a\"").ShouldBe(ChallengeOutcome.Refused);
    }

    [Fact]
    public void A_password_that_changed_is_refused_with_the_nonce_that_was_accepted()
    {
        Challenged("Digest nonce=\"1\"");
        Authorize();
        _authenticator.Accepted();
        Authorize();
        Challenged("Digest nonce=\"1\"").ShouldBe(ChallengeOutcome.Refused);
    }

    [Theory]
    [InlineData("rtsp://cam/", null, null)]
    [InlineData("rtsp://@cam/", null, null)]
    [InlineData("rtsp://user@cam/", "user", "")]
    [InlineData("rtsp://user:@cam/", "user", "")]
    [InlineData("rtsp://us%40er:p%3Aa%2Fs:s%C3%BC%@cam/", "us@er", "p:a/s:s\u00fc%")]
    public void Credentials_are_those_of_the_URL(string url, string? user, string? password)
    {
        var credentials = Credentials.Of(RtspUrl.Parse(url));
        (credentials?.User, credentials?.Password).ShouldBe((user, password));
        (credentials?.ToString() ?? "").ShouldNotContain("user");
    }

    [Fact]
    public void Random_words_differ() => Authenticator.RandomWord().ShouldNotBe(Authenticator.RandomWord());

    private string? Authorize() => _authenticator.Authorize("PLAY", "rtsp://cam/");

    private ChallengeOutcome Challenged(string challenge) => _authenticator.Challenged(Headers(challenge));

    private static RtspHeaders Headers(string challenge) => new([new("WWW-Authenticate", challenge)]);
}
