using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging.Abstractions;
using Recorder.Actors.Capture;
using Recorder.Contracts;

namespace Recorder.Actors.Tests.Capture;

/// <summary>Checks which servers are sent a source's password: FFmpeg on real sockets, with servers and impostors.</summary>
public sealed class TlsSpecs : IAsyncDisposable
{
    private const string Password = "geheim";

    private readonly string _folder = Directory.CreateTempSubdirectory("recorder-tls-").FullName;
    private readonly TestCertificates _certificates;
    private readonly List<IDisposable> _servers = [];
    private readonly List<SourceOpener> _openers = [];

    public TlsSpecs() => _certificates = new TestCertificates(_folder);

    public async ValueTask DisposeAsync()
    {
        _servers.ForEach(server => server.Dispose());
        foreach (var opener in _openers)
            await opener.DisposeAsync();

        _certificates.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    public static TheoryData<string, string, string> Impostors()
    {
        var all = new TheoryData<string, string, string>();
        foreach (var scheme in (string[])["https", "rtsps", "rtmps"])
        {
            all.Add(scheme, "wrong name", "is issued for other.example; use that name in the source");
            all.Add(scheme, "expired", "only; renew it and check this machine's clock");
            all.Add(scheme, "self-signed", "is signed by CN=localhost, which this machine does not trust; pass that certificate's file with --ca");
        }

        return all;
    }

    [Theory]
    [MemberData(nameof(Impostors))]
    public async Task An_impostor_is_sent_nothing_and_the_source_fails_for_good(string scheme, string kind, string why)
    {
        var impostor = Server(Show(kind), ServerAnswers.Wave);

        var error = await FailureAsync($"{scheme}://admin:{Password}@localhost:{impostor.Port}/live", _certificates.AuthorityFile);

        impostor.Received.ShouldBeEmpty();
        error.IsPermanent.ShouldBeTrue();
        error.Error.Name.ShouldBe(ErrorName.SecurityError);
        error.Error.Message.ShouldStartWith($"{scheme}://***@localhost:{impostor.Port}/live is not trusted: the certificate of localhost ");
        error.Error.Message.ShouldContain(why);
        error.Error.Message.ShouldEndWith("or append #tls=insecure to the source to skip verification.");
    }

    [Theory]
    [InlineData("https")]
    [InlineData("rtsps")]
    [InlineData("rtmps")]
    public async Task An_unknown_authority_is_not_trusted(string scheme)
    {
        var server = Server(_certificates.For("localhost"), ServerAnswers.Wave);

        var error = await FailureAsync($"{scheme}://admin:{Password}@localhost:{server.Port}/live", trusted: null);

        server.Received.ShouldBeEmpty();
        error.Error.Message.ShouldContain("is signed by CN=Specs authority, which this machine does not trust; pass that certificate's file with --ca");
    }

    [Fact]
    public async Task A_server_with_the_right_certificate_is_sent_the_password()
    {
        var server = Server(_certificates.For("localhost"), ServerAnswers.GuardedWave);

        using var input = await OpenAsync($"https://admin:{Password}@localhost:{server.Port}/live.wav", _certificates.AuthorityFile);

        input.FormatName.ShouldBe("wav");
        server.Names.ShouldAllBe(name => name == "localhost");
        var received = server.Received.Last();
        received.ShouldStartWith("GET /live.wav HTTP/1.1\r\n");
        received.ShouldContain("Authorization: Basic ");
        received.ShouldContain($"Host: localhost:{server.Port}\r\n");
    }

    [Fact]
    public async Task A_camera_with_the_right_certificate_is_recorded()
    {
        var camera = Server(_certificates.For("localhost"), ServerAnswers.Camera);

        using var input = await OpenAsync($"rtsps://admin:{Password}@localhost:{camera.Port}/stream#transport=udp", _certificates.AuthorityFile);

        input.FormatName.ShouldBe("rtsp");
        input.Streams.ShouldHaveSingleItem().Parameters.Codec.ShouldBe("pcm_mulaw");
        camera.Names.ShouldAllBe(name => name == "localhost");
        camera.Received.ShouldContain(request => request.StartsWith("DESCRIBE", StringComparison.Ordinal) && request.Contains("Authorization: Basic"));
    }

    [Fact]
    public async Task An_RTMP_server_with_the_right_certificate_is_connected_to()
    {
        var server = Server(_certificates.For("localhost"), _ => []);

        var failure = await FailureAsync($"rtmps://localhost:{server.Port}/app/stream", _certificates.AuthorityFile);

        failure.Error.Message.ShouldNotContain("127.0.0.1", customMessage: "the node's own port is not shown");
        // The version byte at the start of RTMP's handshake.
        server.Received.First()[0].ShouldBe('\x03');
        server.Names.ShouldContain("localhost");
    }

    [Fact]
    public async Task A_server_may_be_addressed_by_an_IP_address_in_its_certificate()
    {
        var server = Server(_certificates.For("127.0.0.1"), ServerAnswers.Wave);

        using var input = await OpenAsync($"https://127.0.0.1:{server.Port}/live.wav", _certificates.AuthorityFile);

        input.FormatName.ShouldBe("wav");
    }

    [Fact]
    public async Task A_cameras_own_certificate_may_be_trusted()
    {
        var certificate = _certificates.SelfSigned("localhost");
        var server = Server(certificate, ServerAnswers.Wave);

        using var input = await OpenAsync($"https://localhost:{server.Port}/live.wav", TestCertificates.Write(_folder, "camera.pem", certificate));

        input.FormatName.ShouldBe("wav");
    }

    [Theory]
    [InlineData("https", "self-signed")]
    [InlineData("https", "wrong name")]
    [InlineData("https", "expired")]
    [InlineData("https", "old camera")]
    [InlineData("rtsps", "old camera")]
    public async Task Without_verification_any_certificate_is_accepted(string scheme, string kind)
    {
        var server = Server(Show(kind), scheme == "https" ? ServerAnswers.Wave : ServerAnswers.Camera);

        using var input = await OpenAsync($"{scheme}://admin:{Password}@localhost:{server.Port}/live#tls=insecure", trusted: null);

        input.Streams.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_redirect_to_an_impostor_is_not_followed(bool fromTls)
    {
        var impostor = Server(Show("wrong name"), ServerAnswers.Wave);
        var server = Server(
            fromTls ? _certificates.For("localhost") : null, _ => ServerAnswers.Redirect($"https://localhost:{impostor.Port}/live.wav"));

        var error = await FailureAsync($"{(fromTls ? "https" : "http")}://localhost:{server.Port}/live", _certificates.AuthorityFile);

        server.Received.Count.ShouldBe(1);
        impostor.Received.ShouldBeEmpty();
        error.Error.Message.ShouldContain("is issued for other.example");
    }

    [Fact]
    public async Task A_segment_on_an_impostor_is_not_requested()
    {
        var impostor = Server(Show("expired"), ServerAnswers.Wave);
        var server = Server(_certificates.For("localhost"), _ => ServerAnswers.Playlist($"https://localhost:{impostor.Port}/1.ts"));

        await FailureAsync($"https://localhost:{server.Port}/index.m3u8", _certificates.AuthorityFile);

        server.Received.Count.ShouldBe(1);
        impostor.Names.ShouldNotBeEmpty();
        impostor.Received.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_camera_that_was_open_is_tried_again_after_an_impostor_answered()
    {
        var impostor = Server(Show("self-signed"), ServerAnswers.Camera);
        var source = SourceUri.Parse($"rtsps://localhost:{impostor.Port}/stream");
        var answer = await Opener(null).OpenAsync(source, 1, default);

        var failure = SourceErrors.Translate(source, answer.ShouldBeOfType<SourceOpener.SourceNotOpened>().Error, wasOpen: true);

        failure.IsPermanent.ShouldBeFalse();
        failure.Error.Name.ShouldBe(ErrorName.SecurityError);
    }

    [Fact]
    public async Task A_server_without_TLS_is_sent_no_password_and_tried_again()
    {
        var server = Server(null, _ => "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"u8.ToArray());

        var failure = await FailureAsync($"https://admin:{Password}@localhost:{server.Port}/live", null);

        failure.IsPermanent.ShouldBeFalse();
        failure.Error.Message.ShouldContain("TLS with localhost failed");
        server.Received.ShouldAllBe(received => !received.Contains("Authorization"));
    }

    [Theory]
    [InlineData("rtmps://live.example/app/key", "rtmps://live.example/app")]
    [InlineData("rtmps://user:geheim@live.example:444/app/instance/key?token=1", "rtmps://live.example:444/app/instance")]
    [InlineData("rtmps://live.example/app/mp4:key/more", "rtmps://live.example/app")]
    public void The_tcUrl_of_an_RTMP_server_has_its_name_and_application(string source, string target)
    {
        SourceAddress.TryParse(source, out var address, out _).ShouldBeTrue();
        TlsRelay.TargetOf(address!).ShouldBe(target);
    }

    [Fact]
    public void A_file_without_a_certificate_is_refused_with_a_sentence()
    {
        var file = Path.Combine(_folder, "empty.pem");
        File.WriteAllText(file, "nothing");
        Should.Throw<FormatException>(() => SourceTls.Load(file)).Message.ShouldBe($"'{file}' contains no certificate: name a PEM file that has one.");
        Should.Throw<FormatException>(() => SourceTls.Load(file + "x")).Message.ShouldEndWith(": name a PEM file.");
        Should.Throw<ArgumentException>(() => new RecorderRuntimeOptions { Capture = new CaptureOptions { TrustedCertificates = file } }.Validate())
            .Message.ShouldContain("contains no certificate");
    }

    private X509Certificate2 Show(string kind) => kind switch
    {
        "wrong name" => _certificates.For("other.example"),
        "expired" => _certificates.Expired("localhost"),
        "self-signed" => _certificates.SelfSigned("localhost"),
        _ => _certificates.OldCamera(),
    };

    private TlsServer Server(X509Certificate2? certificate, Func<string, byte[]> answer)
    {
        var server = new TlsServer(certificate, answer);
        _servers.Add(server);
        return server;
    }

    private SourceOpener Opener(string? trusted)
    {
        var opener = new SourceOpener(new CaptureOptions { TrustedCertificates = trusted }, NullLogger.Instance, TimeProvider.System);
        _openers.Add(opener);
        return opener;
    }

    private async Task<ICaptureInput> OpenAsync(string source, string? trusted)
    {
        var answer = await Opener(trusted).OpenAsync(SourceUri.Parse(source), 1, default);
        return answer is SourceOpener.SourceNotOpened failed ? throw failed.Error : ((SourceOpener.SourceOpened)answer).Input;
    }

    private async Task<SourceFailure> FailureAsync(string text, string? trusted)
    {
        var source = SourceUri.Parse(text);
        var answer = await Opener(trusted).OpenAsync(source, 1, default);
        return SourceErrors.Translate(source, answer.ShouldBeOfType<SourceOpener.SourceNotOpened>().Error, wasOpen: false);
    }
}
