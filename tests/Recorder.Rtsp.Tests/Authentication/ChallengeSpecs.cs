using Recorder.Rtsp.Authentication;

namespace Recorder.Rtsp.Tests.Authentication;

public sealed class ChallengeSpecs
{
    [Fact]
    public void Several_challenges_may_be_in_one_header_and_several_headers_in_a_response()
    {
        var challenges = ChallengeParser.Parse(
        [
            "Newauth realm=\"apps\", type=1, title=\"Login to \\\"apps\\\", please\", Basic realm=\"simple\"",
            "Digest realm=\"IP Camera(12345)\", nonce=\"a,b=c\", stale=\"FALSE\"",
        ]);
        challenges.Select(it => (it.Scheme, it.Realm)).ShouldBe(
        [
            (AuthenticationScheme.Unknown, "apps"), (AuthenticationScheme.Basic, "simple"), (AuthenticationScheme.Digest, "IP Camera(12345)"),
        ]);
        challenges[2].Nonce.ShouldBe("a,b=c");
        challenges[2].IsStale.ShouldBeFalse();
    }

    [Theory]
    [InlineData("Digest realm=\"r\", nonce=\"n\", algorithm=\"MD5\", stale=TRUE")]
    [InlineData("digest REALM=r,NONCE=n,stale=true")]
    [InlineData("Digest  realm = \"r\" , nonce = \"n\" , stale = true , ")]
    [InlineData("Digest realm=\"r\" nonce=\"n\" stale=\"true\"")]
    [InlineData(",Digest nonce=\"n\",,qop=\"\",realm=\"r\",stale=true")]
    [InlineData("Digest stale=true, realm=\"r\", nonce=\"n")]
    public void Cameras_write_challenges_in_many_ways(string header)
    {
        var challenge = ChallengeParser.Parse([header]).ShouldHaveSingleItem();
        (challenge.Scheme, challenge.Realm, challenge.Nonce, challenge.IsStale, challenge.HasQop, challenge.Algorithm)
            .ShouldBe((AuthenticationScheme.Digest, "r", "n", true, false, DigestAlgorithm.Md5));
        challenge.CanBeAnswered.ShouldBeTrue();
    }

    [Theory]
    [InlineData("realm=\"IP\\Camera\"", "IP\\Camera")]
    [InlineData("realm=\"a\\\\b\\\"c\"", "a\\b\"c")]
    [InlineData("realm=\"\"", "")]
    [InlineData("realm=", "")]
    public void A_quoted_string_may_hold_escapes(string parameter, string realm) =>
        ChallengeParser.Parse([$"Digest nonce=\"n\", {parameter}"]).ShouldHaveSingleItem().Realm.ShouldBe(realm);

    [Theory]
    [InlineData("MD5", "Digest algorithm=MD5, nonce=1", "Basic realm=x")]
    [InlineData("SHA-256", "Digest algorithm=MD5, nonce=1", "Digest algorithm=SHA-256, nonce=2", "Basic")]
    [InlineData("SHA-256-sess", "Digest algorithm=SHA-512-256, nonce=0, Digest algorithm=SHA-256-sess, nonce=2, Digest nonce=3")]
    [InlineData(null, "Digest algorithm=SHA-512-256, nonce=1", "Basic realm=x")]
    [InlineData(null, "Digest nonce=1, qop=\"auth-int\"")]
    [InlineData(null, "Digest realm=x")]
    [InlineData(null, "Negotiate abc==")]
    [InlineData(null)]
    public void The_strongest_that_can_be_answered_is_chosen(string? algorithm, params string[] headers) =>
        (Challenge.Strongest(ChallengeParser.Parse(headers))?.AlgorithmText).ShouldBe(algorithm);

    [Fact]
    public void Basic_is_answered_only_where_no_Digest_is_offered()
    {
        Challenge.Strongest(ChallengeParser.Parse(["Basic realm=x"]))!.Scheme.ShouldBe(AuthenticationScheme.Basic);
        Challenge.Strongest(ChallengeParser.Parse(["Basic realm=x", "Digest algorithm=unknown, nonce=1"])).ShouldBeNull();
    }
}
