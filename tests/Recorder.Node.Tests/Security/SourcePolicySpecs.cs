using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Recorder.Actors.Capture;
using Recorder.Contracts;
using Recorder.Node.Configuration;
using Recorder.Node.Security;

namespace Recorder.Node.Tests.Security;

public sealed class SourcePolicySpecs : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("policy").FullName;
    private readonly List<SourcePolicy> _policies = [];

    public async ValueTask DisposeAsync()
    {
        foreach (var policy in _policies)
            await policy.DisposeAsync();

        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData("test:?size=640x360")]
    [InlineData("rtsp://user:geheim@192.168.1.5/stream")]
    [InlineData("rtsp://camera.lan/stream")]
    [InlineData("https://example.org/live/index.m3u8")]
    [InlineData("srt://10.0.0.4:9000?mode=caller&latency=200")]
    public void What_cameras_are_is_opened(string source) => Policy().Check(source).ShouldBeNull();

    [Theory]
    [InlineData("v4l2:/dev/video0", "scheme v4l2")]
    [InlineData("x11::0.0", "scheme x11")]
    [InlineData("alsa:default", "scheme alsa")]
    [InlineData("/etc/passwd", "reads no files")]
    [InlineData("file:/etc/passwd", "reads no files")]
    [InlineData("rtsp://user:geheim@169.254.169.254/latest", "metadata")]
    [InlineData("http://metadata.google.internal/computeMetadata/v1/", "metadata")]
    [InlineData("http://metadata.google.internal./computeMetadata/v1/", "metadata")]
    [InlineData("http://2852039166/latest", "metadata")]
    [InlineData("http://0xa9.0xfe.0251.254/latest", "metadata")]
    [InlineData("http://[::ffff:a9fe:a9fe]/latest", "metadata")]
    [InlineData("http://127.1/", "this machine itself")]
    [InlineData("rtsp://[::1]:8554/stream", "this machine itself")]
    [InlineData("udp://0.0.0.0:5000", "not an address of a host")]
    [InlineData("udp://239.0.0.1:5000", "multicast")]
    [InlineData("http://%31%32%37.0.0.1/", "not a name or address")]
    [InlineData("rtsp://10.0.0.1\\@127.0.0.1/", "this machine itself")]
    [InlineData("rtsp://kamera\u3002lan/", "not a name or address")]
    [InlineData("tcp://10.0.0.1:5000?listen=1", "does not listen")]
    [InlineData("tcp://10.0.0.1:5000?listen", "does not listen")]
    [InlineData("srt://10.0.0.1:5000?latency=1&mode=listener", "does not listen")]
    [InlineData("udp://10.0.0.1:5000?localaddr=10.0.0.9", "does not listen")]
    public void What_a_stranger_might_try_is_refused_with_a_sentence(string source, string why)
    {
        var error = Policy().Check(source).ShouldNotBeNull();
        error.Name.ShouldBe(ErrorName.SecurityError);
        error.Message.ShouldContain(why);
        error.Message.ShouldEndWith(".");
        error.Message.ShouldNotContain("geheim");
    }

    [Theory]
    [InlineData("lavfi:testsrc")]
    [InlineData("concat:/etc/passwd|/etc/shadow")]
    [InlineData("subfile:,,start,0,end,0,,:/etc/passwd")]
    [InlineData("data:text/plain,x")]
    [InlineData("gopher://10.0.0.1/")]
    public void A_graph_or_a_protocol_that_is_no_camera_is_unknown(string source) =>
        Policy().Check(source).ShouldNotBeNull().Message.ShouldContain("unknown scheme");

    [Fact]
    public void Files_are_read_under_the_folders_that_were_named_and_nowhere_else()
    {
        var media = Directory.CreateDirectory(Path.Combine(_folder, "media")).FullName;
        File.WriteAllText(Path.Combine(media, "clip.mp4"), "x");
        File.CreateSymbolicLink(Path.Combine(media, "out.mp4"), "/etc/passwd");
        Directory.CreateSymbolicLink(Path.Combine(media, "up"), "../..");
        Directory.CreateSymbolicLink(Path.Combine(media, "circle"), "circle");
        Directory.CreateDirectory(Path.Combine(_folder, "media-of-others"));
        var policy = Policy(folders: [media]);

        policy.Check(Path.Combine(media, "clip.mp4")).ShouldBeNull();
        policy.Check($"file:{media}/./clip.mp4").ShouldBeNull();
        foreach (var path in (string[])["out.mp4", "../secret.mp4", "up/x.mp4", "circle/x.mp4", "../media-of-others/x.mp4", "..%2F..%2Fetc%2Fpasswd"])
            policy.Check($"file:{media}/{path}").ShouldNotBeNull(path).Message.ShouldContain("sourceFolders");
    }

    [Fact]
    public void A_folder_that_is_a_link_is_the_folder_it_leads_to()
    {
        var media = Directory.CreateDirectory(Path.Combine(_folder, "real")).FullName;
        var link = Directory.CreateSymbolicLink(Path.Combine(_folder, "link"), media).FullName;
        var policy = Policy(folders: [link]);
        policy.Check(Path.Combine(link, "a.mp4")).ShouldBeNull();
        policy.Check(Path.Combine(media, "a.mp4")).ShouldBeNull();
    }

    [Fact]
    public async Task A_name_is_resolved_once_and_what_was_checked_is_opened()
    {
        var asked = 0;
        var policy = Policy(resolve: _ => [++asked == 1 ? IPAddress.Parse("10.0.0.7") : IPAddress.Parse("169.254.169.254")]);
        using var permit = await PermitAsync(policy, "rtsp://user:p%40ss@camera.lan:8554/stream?channel=1");
        permit.Address.ShouldBe("rtsp://user:p%40ss@10.0.0.7:8554/stream?channel=1");
        asked.ShouldBe(1);
    }

    [Fact]
    public async Task A_name_that_leads_to_a_forbidden_place_is_refused_and_its_other_addresses_are_used()
    {
        var policy = Policy(resolve: name => name == "evil.example"
            ? [IPAddress.Parse("169.254.169.254")]
            : [IPAddress.IPv6Loopback, IPAddress.Parse("10.0.0.9")]);
        var refused = await Should.ThrowAsync<CaptureException>(() => PermitAsync(policy, "rtmp://evil.example/app"));
        refused.Error.ToString().ShouldBe(
            "SecurityError: rtmp://evil.example/app may not be opened: evil.example is not allowed: 169.254.169.254 is a cloud's metadata address, which is never opened.");
        using var permit = await PermitAsync(policy, "srt://camera.lan:9000");
        permit.Address.ShouldBe("srt://10.0.0.9:9000");
    }

    [Fact]
    public async Task A_redirect_is_checked_like_a_source_and_keeps_its_scheme()
    {
        var policy = Policy();
        var source = SourceUri.Parse("rtsp://10.0.0.1/stream");
        using var permit = await policy.PermitAsync(source, "rtsps://user:geheim@10.0.0.2/stream?x=1", default);
        // TLS is the node's own.
        permit.Address.ShouldMatch(@"^rtsp://user:geheim@127\.0\.0\.1:\d+/stream\?x=1$");
        foreach (var elsewhere in (string[])["rtsp://169.254.169.254/", "http://10.0.0.2/", "file:///etc/passwd", "/etc/passwd", "rtsp://127.0.0.1:6379/"])
        {
            (await Should.ThrowAsync<CaptureException>(() => policy.PermitAsync(source, elsewhere, default)))
                .Error.Name.ShouldBe(ErrorName.SecurityError, elsewhere);
        }
    }

    private static Task<ISourcePermit> PermitAsync(SourcePolicy policy, string source)
    {
        var uri = SourceUri.Parse(source);
        return policy.PermitAsync(uri, uri.Address, default);
    }

    private SourcePolicy Policy(IReadOnlyList<string>? folders = null, Func<string, IPAddress[]>? resolve = null)
    {
        var policy = new SourcePolicy(
            new SourcePolicyOptions
            {
                Folders = folders ?? [],
                Resolve = (name, _) => Task.FromResult(resolve?.Invoke(name) ?? throw new InvalidOperationException("a name was asked for")),
            },
            NullLogger.Instance);
        _policies.Add(policy);
        return policy;
    }
}
