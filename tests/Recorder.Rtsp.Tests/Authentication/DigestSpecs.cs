using Recorder.Rtsp.Authentication;
using Recorder.Rtsp.Messages;

namespace Recorder.Rtsp.Tests.Authentication;

/// <summary>The examples of the RFCs.</summary>
public sealed class DigestSpecs
{
    private const string Nonce7616 = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v";
    private const string Cnonce7616 = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ";

    [Fact]
    public void RFC_2617_3_5() => Answer(
        "Digest realm=\"testrealm@host.com\", qop=\"auth,auth-int\", nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\", "
            + "opaque=\"5ccc069c403ebaf9f0171e9517f40e41\"",
        "Mufasa", "Circle Of Life", "0a4f113b")
        .ShouldBe("Digest username=\"Mufasa\", realm=\"testrealm@host.com\", nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\", uri=\"/dir/index.html\", "
            + "response=\"6629fae49393a05397450978507c4ef1\", opaque=\"5ccc069c403ebaf9f0171e9517f40e41\", qop=auth, nc=00000001, cnonce=\"0a4f113b\"");

    [Theory]
    [InlineData("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1")]
    [InlineData("MD5", "8ca523f5e9506fed4657c9700eebdbec")]
    public void RFC_7616_3_9_1(string algorithm, string response) => Answer(
        $"Digest realm=\"http-auth@example.org\", qop=\"auth, auth-int\", algorithm={algorithm}, nonce=\"{Nonce7616}\", "
            + "opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\"",
        "Mufasa", "Circle of Life", Cnonce7616)
        .ShouldBe($"Digest username=\"Mufasa\", realm=\"http-auth@example.org\", nonce=\"{Nonce7616}\", uri=\"/dir/index.html\", response=\"{response}\", "
            + $"algorithm={algorithm}, opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\", qop=auth, nc=00000001, cnonce=\"{Cnonce7616}\"");

    // Computed with Python's hashlib.
    [Theory]
    [InlineData("Digest realm=\"r\", nonce=\"n\"", "1400b1f5574ee69071e050aa1863ae77")]
    [InlineData("Digest realm=\"r\", nonce=\"n\", algorithm=MD5-sess, qop=\"auth\"", "2d86eb7d98f30a2d9b4ed454975c48fb")]
    [InlineData("Digest realm=\"r\", nonce=\"n\", algorithm=sha-256-SESS, qop=\"auth\"", "769889873994facfffa653f5f74ba1696b17275ccb6785fd162b37ed086e31ed")]
    public void Without_qop_and_with_a_session_key(string challenge, string response) =>
        Answer(challenge, "user", "pässword", "c").ShouldContain($"response=\"{response}\"");

    [Fact]
    public void Without_qop_there_is_no_count_and_no_cnonce() =>
        Answer("Digest realm=\"r\", nonce=\"n\"", "user", "p", "c").ShouldNotContain("nc=");

    [Fact]
    public void Quotes_and_other_bytes_than_ASCII_go_back_as_they_came()
    {
        var answer = Answer("Digest realm=\"a \\\"b\\\" \u00e9\", nonce=\"n\"", "us\"\u00fcr", "p", "c");
        answer.ShouldStartWith("Digest username=\"us\\\"\u00c3\u00bcr\", realm=\"a \\\"b\\\" \u00e9\", nonce=\"n\"");
    }

    [Fact]
    public void RFC_7617_2_1() => Answer("Basic realm=\"foo\", charset=\"UTF-8\"", "test", "123\u00a3", "").ShouldBe("Basic dGVzdDoxMjPCow==");

    private static string Answer(string challenge, string user, string password, string cnonce)
    {
        var authenticator = new Authenticator(new Credentials(user, password), () => cnonce);
        authenticator.Challenged(new RtspHeaders([new("WWW-Authenticate", challenge)])).ShouldBe(ChallengeOutcome.SendAgain);
        return authenticator.Authorize("GET", "/dir/index.html")!;
    }
}
