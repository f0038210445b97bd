using Recorder.Actors.Capture;
using Recorder.FFmpeg;

namespace Recorder.Actors.Tests.Capture;

public sealed class SourceUriSpecs
{
    [Theory]
    [InlineData("test:", nameof(SourceKind.Test))]
    [InlineData("TEST:?size=640x360", nameof(SourceKind.Test))]
    [InlineData("clip.mp4", nameof(SourceKind.File))]
    [InlineData("/videos/clip.mp4", nameof(SourceKind.File))]
    [InlineData("file:clip.mp4?loop", nameof(SourceKind.File))]
    [InlineData("rtsp://camera/stream", nameof(SourceKind.Network))]
    [InlineData("rtsps://camera/stream", nameof(SourceKind.Network))]
    [InlineData("rtmp://server/app/name", nameof(SourceKind.Network))]
    [InlineData("srt://server:9000?mode=caller", nameof(SourceKind.Network))]
    [InlineData("https://server/live.m3u8", nameof(SourceKind.Network))]
    [InlineData("udp://@239.1.1.1:1234", nameof(SourceKind.Network))]
    [InlineData("tcp://server:1234", nameof(SourceKind.Network))]
    [InlineData("v4l2:/dev/video0?size=1280x720&rate=30", nameof(SourceKind.Device))]
    [InlineData("x11::0.0?offset=10,20&cursor=off", nameof(SourceKind.Device))]
    [InlineData("alsa:hw:0,0?samplerate=48000", nameof(SourceKind.Device))]
    [InlineData("pulse:default", nameof(SourceKind.Device))]
    public void Every_scheme_is_parsed(string text, string kind) => SourceUri.Parse(text).Kind.ToString().ShouldBe(kind);

    [Theory]
    [InlineData("rtsps://camera/s", true)]
    [InlineData("rtsps://camera/s#tls=verify", true)]
    [InlineData("rtsps://camera/s?tls=insecure", true)]
    [InlineData("rtsps://camera/s#tls=insecure", false)]
    [InlineData("rtsp://camera/s#tls=insecure&transport=udp", false)]
    [InlineData("http://server/s#tls=insecure", false)]
    [InlineData("rtmps://server/app/s#tls=insecure", false)]
    public void Servers_are_verified_unless_the_source_says_otherwise(string text, bool verifies) =>
        SourceUri.Parse(text).VerifiesTls.ShouldBe(verifies);

    [Theory]
    [InlineData("", "empty")]
    [InlineData("ftp://server/x", "unknown scheme 'ftp'")]
    [InlineData("lavfi:testsrc", "unknown scheme 'lavfi'")]
    [InlineData("concat:a|b", "unknown scheme 'concat'")]
    [InlineData("rtsp:camera", "has no host: write rtsp://host/path")]
    [InlineData("rtsp://camera/s#transprot=udp", "unknown option 'transprot': a network source takes")]
    [InlineData("rtsp://camera/s#transport=smoke", "transport=smoke: write tcp, udp or multicast")]
    [InlineData("rtsp://camera/s#deadline=5", "deadline=5: write a time of at least 100ms, for example 500ms, 5s or 2m")]
    [InlineData("http://server/s#transport=udp", "unknown option 'transport'")]
    [InlineData("https://server/s#tls=maybe", "tls=maybe: write verify or insecure")]
    [InlineData("srt://server:9000#tls=insecure", "unknown option 'tls'")]
    [InlineData("clip.mp4?pcae=fast", "unknown option 'pcae': a file takes pace, loop; a '?' in a file's name is written file:")]
    [InlineData("file:clip.mp4?loop=0", "loop=0: write loop for ever, or loop=3")]
    [InlineData("file:clip.mp4?pace=fast&pace=fast", "'pace' twice")]
    [InlineData("file:?pace=fast", "has no file")]
    [InlineData("test:?size=1281x720", "size=1281x720: write even width x height")]
    [InlineData("test:?rate=0", "rate=0: write frames a second")]
    [InlineData("test:?audio=off&video=off", "neither audio nor video")]
    [InlineData("test:pattern", "'pattern' after 'test:'")]
    [InlineData("v4l2:", "has no camera device: write v4l2:/dev/video0")]
    public void An_invalid_source_is_refused_with_a_sentence_that_names_it_and_the_remedy(string text, string part)
    {
        SourceUri.TryParse(text, out _, out var error).ShouldBeFalse();
        error.ShouldContain(part);
        error.ShouldEndWith(".");
    }

    [Fact]
    public void Options_have_documented_defaults()
    {
        var test = SourceUri.Parse("test:");
        test.Size.ShouldBe((1280, 720));
        test.Rate.ShouldBe(new Rational(25, 1));
        test.Tone.ShouldBe(440);
        test.SampleRate.ShouldBe(48000);
        test.Channels.ShouldBe(2);
        (test.HasAudio, test.HasVideo, test.Duration, test.Pace).ShouldBe((true, true, null, SourcePace.RealTime));
        var camera = SourceUri.Parse("rtsp://camera/stream");
        (camera.StatedDeadline, camera.OpenDeadline, camera.Transport).ShouldBe((null, TimeSpan.FromSeconds(10), "tcp"));
        SourceUri.Parse("clip.mp4").Plays.ShouldBe(1);
    }

    [Fact]
    public void Options_are_parsed()
    {
        var test = SourceUri.Parse("test:?size=640x360&rate=30000/1001&tone=1000&samplerate=8000&channels=1&video=off&duration=1.5s&pace=fast");
        test.Size.ShouldBe((640, 360));
        test.Rate.ShouldBe(new Rational(30000, 1001));
        (test.Tone, test.SampleRate, test.Channels, test.HasVideo).ShouldBe((1000, 8000, 1, false));
        (test.Duration, test.Pace).ShouldBe((TimeSpan.FromSeconds(1.5), SourcePace.Fast));
        SourceUri.Parse("clip.mp4?loop").Plays.ShouldBeNull();
        SourceUri.Parse("clip.mp4?loop=3").Plays.ShouldBe(3);
        SourceUri.Parse("rtsp://camera/s#deadline=500ms&open=2m").StatedDeadline.ShouldBe(TimeSpan.FromMilliseconds(500));
    }

    [Fact]
    public void The_query_of_a_cameras_URL_is_not_taken_for_options()
    {
        var camera = SourceUri.Parse("rtsp://camera/s?deadline=1&transport=x#transport=udp");
        camera.Address.ShouldBe("rtsp://camera/s?deadline=1&transport=x");
        camera.Transport.ShouldBe("udp");
        camera.StatedDeadline.ShouldBeNull();
    }

    [Fact]
    public void A_question_mark_in_a_files_name_is_escaped()
    {
        SourceUri.Parse("file:what%3F%20now.mp4?loop").Address.ShouldBe(Path.GetFullPath("what? now.mp4"));
        SourceUri.Parse("100%25.mp4").Address.ShouldBe(Path.GetFullPath("100%25.mp4"));
        SourceUri.Parse("file:///videos/a.mp4").Address.ShouldBe("/videos/a.mp4");
    }

    [Theory]
    [InlineData("clip.mp4", "file:./clip.mp4")]
    [InlineData("test:?rate=30&size=640x360", "test:?size=640x360&rate=30")]
    [InlineData("RTSP://Camera/Stream", "rtsp://camera/Stream")]
    public void Two_ways_to_write_one_source_have_one_key(string one, string other)
    {
        SourceUri.Parse(one).ShouldBe(SourceUri.Parse(other));
        SourceUri.Parse(one).Key.ShouldBe(SourceUri.Parse(other).Key);
    }

    [Fact]
    public void Different_credentials_or_paths_are_different_sources()
    {
        SourceUri.Parse("rtsp://a:b@camera/s").ShouldNotBe(SourceUri.Parse("rtsp://a:c@camera/s"));
        SourceUri.Parse("rtsp://camera/s").ShouldNotBe(SourceUri.Parse("rtsp://camera/S"));
    }

    [Theory]
    [InlineData("rtsp://admin:geheim@camera/stream", "rtsp://***@camera/stream")]
    [InlineData("rtsp://admin:geheim@camera/s?token=geheim&channel=1", "rtsp://***@camera/s?token=***&channel=1")]
    [InlineData("http://camera/mjpg?user=admin&pwd=geheim", "http://camera/mjpg?user=***&pwd=***")]
    [InlineData("srt://host:9000?passphrase=geheim&mode=caller", "srt://host:9000?passphrase=***&mode=caller")]
    public void Credentials_are_never_shown(string text, string masked)
    {
        var source = SourceUri.Parse(text);
        source.Masked.ShouldBe(masked);
        source.ToString().ShouldNotContain("geheim");
        source.Address.ShouldContain("geheim");
        SourceUri.TryParse(text + "#nonsense=1", out _, out var error).ShouldBeFalse();
        error!.ShouldNotContain("geheim");
    }

    // URLs of real cameras (Hikvision, Dahua, XiongMai, Axis, Reolink, cloud gateways), and passwords that people choose.
    [Theory]
    [InlineData("rtsp://admin:geheim@10.0.0.9:554/Streaming/Channels/101?transportmode=unicast", "rtsp://***@10.0.0.9:554/Streaming/Channels/101?transportmode=unicast")]
    [InlineData("rtsp://admin:geheim@cam/cam/realmonitor?channel=1&subtype=0", "rtsp://***@cam/cam/realmonitor?channel=1&subtype=0")]
    [InlineData("rtsp://10.0.0.9:554/user=admin_password=geheim_channel=1_stream=0.sdp?real_stream", "rtsp://10.0.0.9:554/user=***_password=***_channel=1_stream=0.sdp?real_stream")]
    [InlineData("rtsp://10.0.0.9/user=admin&password=geheim&channel=1&stream=0.sdp?", "rtsp://10.0.0.9/user=***&password=***&channel=1&stream=0.sdp?")]
    [InlineData("http://cam/live.flv?port=1935&app=bcs&user=admin&password=ge/heim==", "http://cam/live.flv?port=1935&app=bcs&user=***&password=***")]
    [InlineData("https://gw/s?access_token=geheim&x=1", "https://gw/s?access_token=***&x=1")]
    [InlineData("https://gw/s?api-key=geheim&x=1", "https://gw/s?api-key=***&x=1")]
    [InlineData("https://gw/s?x=1&session.key=geheim", "https://gw/s?x=1&session.key=***")]
    [InlineData("https://gw/s?X-Amz-Signature=geheim&part=2", "https://gw/s?X-Amz-Signature=***&part=2")]
    [InlineData("https://gw/live/token=geheim", "https://gw/live/token=***")]
    [InlineData("https://gw/s?password=ge_heim=geheim&x=1", "https://gw/s?password=***&x=1")]
    [InlineData("rtsp://cam/s?password=geheim#deadline=2s", "rtsp://cam/s?password=***#deadline=2s")]
    [InlineData("rtsp://admin:p@geheim@cam/s", "rtsp://***@cam/s")]
    [InlineData("rtsp://admin:p@ge/heim@cam/geheim.sdp", "rtsp://***@cam/geheim.sdp")]
    [InlineData("rtsp://admin:12/geheim@cam/s", "rtsp://***@cam/s")]
    [InlineData("rtsp://admin:12?geheim@cam/s", "rtsp://***@cam/s")]
    [InlineData("rtsp://corp/admin:geheim@cam/s", "rtsp://***@cam/s")]
    [InlineData("http://cam.local:8080/a@b", "http://cam.local:8080/a@b")]
    [InlineData("http://cam/a@b", "http://cam/a@b")]
    [InlineData("udp://@239.1.1.1:1234", "udp://@239.1.1.1:1234")]
    [InlineData("srt://:9000?mode=listener", "srt://:9000?mode=listener")]
    public void Only_the_credentials_in_URLs_of_real_cameras_are_masked(string text, string masked) =>
        SourceUri.Parse(text).Masked.ShouldBe(masked);

    [Theory]
    [InlineData("rtsp://admin:geheim/geheim@cam/s", "port")]
    [InlineData("rtsp://admin:geheim?geheim@cam/s", "port")]
    [InlineData("rtsp://admin:geheim#geheim@cam/s", "port")]
    [InlineData("rtsp://admin:12#geheim@cam/s", "%23")]
    [InlineData("rtsp://admin:geheim geheim@cam/s", "%20")]
    [InlineData(" rtsp://admin:geheim@cam/s#transprot=udp", "transprot")]
    [InlineData("rtsp://cam/s#password=geheim", "'password'")]
    [InlineData("rtsp://cam/s?password=geheim#geheim", "password=***")]
    [InlineData("rtsp://cam/s?password=ge#heim+geheim", "option '***'")]
    [InlineData("rtsp:/admin:geheim@cam/s", "has no host")]
    [InlineData("admin:geheim@cam/s", "'***@cam/s'")]
    [InlineData("rstp://admin:geheim@cam/s", "unknown scheme 'rstp'")]
    public void The_error_of_an_invalid_source_shows_no_credentials(string text, string part)
    {
        SourceUri.TryParse(text, out _, out var error).ShouldBeFalse();
        error.ShouldContain(part);
        if (text.Contains('@', StringComparison.Ordinal))
            error.ShouldNotContain("geheim");

        error.ShouldNotContain("=geheim");
    }

    [Theory]
    [InlineData("rtsp://10.0.0.9:554/user=admin_password=geheim_channel=1_stream=0.sdp?real_stream")]
    [InlineData("rtsp://admin:12/geheim@cam/s")]
    [InlineData("rtsp://admin:p@ge/geheim@cam/s")]
    [InlineData("https://gw/live/token=geheim/index.m3u8")]
    public void A_suggested_id_contains_no_credentials(string text)
    {
        var id = SourceUri.Parse(text).SuggestedId;
        id.ShouldNotContain("geheim");
        id.ShouldNotContain("admin");
    }

    [Fact]
    public void Messages_of_FFmpeg_are_shown_without_credentials()
    {
        var source = SourceUri.Parse("rtsp://admin:geheim@cam/s?password=geheim");
        foreach (var code in (int[])[-5, -22, -111, -1094995529, -825242872, -1414549496])
        {
            foreach (var error in (Exception[])[new FFmpegException(code, $"{source.Address}: it failed."), new IOException($"'{source.Address}'")])
                SourceErrors.Translate(source, error, wasOpen: false).Error.Message.ShouldNotContain("geheim");
        }
    }

    // FFmpeg's deadline for a read and that of the source pass at almost the same time.
    [Fact]
    public void A_stalled_stream_has_one_message_whether_FFmpeg_or_the_actor_noticed()
    {
        var source = SourceUri.Parse("tcp://cam:9000#deadline=1s");
        var stalled = new FFmpegException(-110, "timed out") { IsTimeout = true };

        SourceErrors.WhileReading(source, stalled).ShouldContain("sent nothing for 1 s");
        SourceErrors.Translate(source, stalled, wasOpen: true).Error.Message.ShouldContain("did not answer in 10 s");
        SourceErrors.WhileReading(source, null).ShouldContain("closed the stream");
    }

    [Theory]
    [InlineData("test:?rate=30", "test")]
    [InlineData("/videos/My clip.mp4", "My-clip")]
    [InlineData("rtsp://user:pw@camera:554/stream?x=1", "camera-stream")]
    [InlineData("rtsp://[fe80::1]:554/a/b", "fe80-1-a-b")]
    [InlineData("v4l2:/dev/video0", "video0")]
    [InlineData("x11::0.0", "x11-0.0")]
    [InlineData("alsa:default", "alsa-default")]
    [InlineData("/videos/....mp4", "source")]
    public void A_recorder_id_is_suggested(string text, string id) => SourceUri.Parse(text).SuggestedId.ShouldBe(id);

    [Theory]
    [InlineData("test:", true)]
    [InlineData("test:?pace=fast", false)]
    [InlineData("clip.mp4?loop", false)]
    [InlineData("rtsp://camera/s", true)]
    [InlineData("pulse:default", true)]
    public void A_source_is_live_if_it_continues_without_a_reader(string text, bool live) => SourceUri.Parse(text).IsLive.ShouldBe(live);

    [Fact]
    public void Files_may_not_refer_to_other_files_and_lavfi_is_never_allowed()
    {
        var options = DemuxerInput.OptionsFor(SourceUri.Parse("clip.mp4"));
        options.ProtocolWhitelist.ShouldBe("file");
        foreach (var dangerous in (string[])["hls", "concat", "sdp", "lavfi", "image2", "dash"])
            options.FormatWhitelist!.Split(',').ShouldNotContain(dangerous);

        DemuxerInput.OptionsFor(SourceUri.Parse("https://server/live.m3u8")).ProtocolWhitelist!.Split(',').ShouldNotContain("file");
    }

    [Fact]
    public void RTSP_uses_TCP_by_default()
    {
        DemuxerInput.OptionsFor(SourceUri.Parse("rtsp://camera/s")).Options["rtsp_transport"].ShouldBe("tcp");
        DemuxerInput.OptionsFor(SourceUri.Parse("rtsp://camera/s#transport=multicast")).Options["rtsp_transport"].ShouldBe("udp_multicast");
    }
}
