using Recorder.Integration.Tests.Harness;

namespace Recorder.Integration.Tests;

/// <summary>Every error is one sentence that names the problem and the remedy, with the right exit code.</summary>
public class BadInputSpecs
{
    [Theory]
    [InlineData("record gopher://camera/stream -o x.mp4", "gopher", "rtsp")]
    [InlineData("record test: -o x.mp4 --timeslice 0", "timeslice", "0")]
    [InlineData("record test: -o x.mp4 --timeslice 0s", "timeslice", "0s")]
    [InlineData("record test: -o x.mp4 --timeslice -1", "timeslice", "-1")]
    [InlineData("record test: -o x.mp4 --timeslice -1s", "timeslice", "-1s")]
    [InlineData("record test: -o x.mp4 --timeslice soon", "timeslice", "soon")]
    [InlineData("record test: -o x.mp4 --timeslice 5", "timeslice", "5s")]
    [InlineData("record test: -o x.mp4 --duration never", "duration", "never")]
    [InlineData("record test: -o x.mp4 --video-bitrate fast", "video-bitrate", "fast")]
    [InlineData("record test: -o x.mp4 --key-frame-interval 1s --key-frame-count 25", "key-frame-interval", "key-frame-count")]
    [InlineData("record test:", "-o", "--out")]
    [InlineData("record test: test: -o x.mp4", "-o", "--out")]
    [InlineData("record test: -o x.mp4 --out takes", "-o", "--out")]
    [InlineData("record test: -o x.xyz", "x.xyz", ".mp4")]
    [InlineData("record test: -o x.mp4 --mime video/quicktime", "video/quicktime", "video/mp4")]
    [InlineData("record test: -o x.webm --mime 'video/webm;codecs=avc1,opus'", "h264", "video/webm")]
    [InlineData("record test:?bogus=1 -o x.mp4", "bogus", "size")]
    public async Task Wrong_usage_is_refused_and_no_file_is_changed(string arguments, string thing, string remedy)
    {
        using var folder = new TestFolder();
        await using var process = await RecorderProcess.RunAsync(folder.Root, arguments, exitCode: 2);
        Sentence.IsTheOnlyOne(process, thing, remedy);
        Directory.GetFileSystemEntries(folder.Root).ShouldBeEmpty(process.Describe());
    }

    [Theory]
    [InlineData("record")]
    [InlineData("record test: -o x.mp4 --bogus")]
    [InlineData("bogus")]
    [InlineData("probe")]
    public async Task Wrong_command_line_is_explained(string arguments)
    {
        using var folder = new TestFolder();
        await using var process = await RecorderProcess.RunAsync(folder.Root, arguments, exitCode: 2);
        process.Errors.ShouldNotBeEmpty();
        process.Errors.ShouldNotContain("   at ");
    }

    [Theory]
    [InlineData("record rtsp://127.0.0.1:1/stream --open-timeout 1s -o x.mp4", "rtsp://127.0.0.1:1/stream")]
    [InlineData("record http://no-such-host.invalid/x.mp4 --open-timeout 1s -o x.mp4", "no-such-host.invalid")]
    [InlineData("record nothing-here.mp4 -o x.mp4", "nothing-here.mp4")]
    [InlineData("record v4l2:/dev/video99 --open-timeout 1s -o x.mp4", "/dev/video99")]
    [InlineData("record . -o x.mp4", "")]
    [InlineData("probe rtsp://127.0.0.1:1/stream --json", "rtsp://127.0.0.1:1/stream")]
    [InlineData("probe nothing-here.mp4", "nothing-here.mp4")]
    public async Task Source_that_cannot_be_opened_is_named(string arguments, string thing)
    {
        using var folder = new TestFolder();
        await using var process = await RecorderProcess.RunAsync(folder.Root, arguments, exitCode: 1);
        Sentence.IsTheOnlyOne(process, thing);
    }

    [Fact]
    public async Task Frozen_host_is_given_up_at_the_open_timeout()
    {
        using var folder = new TestFolder();
        using var mute = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        mute.Start();
        var port = ((System.Net.IPEndPoint)mute.LocalEndpoint).Port;
        var started = TimeProvider.System.GetTimestamp();
        await using var process = await RecorderProcess.RunAsync(
            folder.Root, $"record rtsp://127.0.0.1:{port}/stream --open-timeout 1s -o x.mp4", exitCode: 1);
        // The default timeout is ten seconds.
        TimeProvider.System.GetElapsedTime(started).ShouldBeLessThan(TimeSpan.FromSeconds(10));
        Sentence.IsTheOnlyOne(process, $"127.0.0.1:{port}");
    }

    [Theory]
    [InlineData("record rtsp://user:hunter2secret@127.0.0.1:1/x --open-timeout 1s --out takes --json --verbose")]
    [InlineData("record rtsp://user:hunter2secret@127.0.0.1:1/x --open-timeout 1s -o x.mp4")]
    [InlineData("probe rtsp://user:hunter2secret@127.0.0.1:1/x")]
    [InlineData("record gopher://user:hunter2secret@camera/x -o x.mp4")]
    [InlineData("record http://127.0.0.1:1/x?token=hunter2secret --open-timeout 1s -o x.mp4 --verbose")]
    public async Task Credentials_are_never_shown_or_stored(string arguments)
    {
        using var folder = new TestFolder();
        await using var process = RecorderProcess.Start(folder.Root, arguments);
        (await process.ExitAsync()).ShouldBeOneOf([1, 2], process.Describe());
        process.Errors.ShouldNotBeEmpty();
        process.Errors.ShouldNotContain("hunter2secret");
        process.PlainOutput.ShouldNotContain("hunter2secret");
        process.Events.ShouldAllBe(e => !e.Line.Contains("hunter2secret", StringComparison.Ordinal));
        foreach (var path in Directory.EnumerateFileSystemEntries(folder.Root, "*", SearchOption.AllDirectories))
        {
            path.ShouldNotContain("hunter2secret");
            if (File.Exists(path))
                (await File.ReadAllTextAsync(path)).ShouldNotContain("hunter2secret", Case.Sensitive, path);
        }
    }

    [Fact]
    public async Task Source_without_a_track_that_can_be_recorded_is_refused()
    {
        using var folder = new TestFolder();
        var input = await MediaZoo.GetAsync("subtitles-only.mkv");
        await using var process = await RecorderProcess.RunAsync(folder.Root, $"record {input} --open-timeout 1s -o x.mp4", exitCode: 1);
        Sentence.IsTheOnlyOne(process, "subtitles-only.mkv");
    }

    [Fact]
    public async Task Audio_type_for_a_source_with_video_is_refused()
    {
        using var folder = new TestFolder();
        var input = await MediaZoo.GetAsync("h264-short.mp4");
        await using var process = await RecorderProcess.RunAsync(
            folder.Root, $"record {input} --mime audio/mp4 -o x.m4a", exitCode: 1);
        Sentence.IsTheOnlyOne(process, "audio/mp4");
    }

    [Fact]
    public async Task Source_that_ends_at_once_leaves_what_it_had()
    {
        using var folder = new TestFolder();
        var input = folder.File("blink.mp4");
        await Command.FFmpegAsync("-i", await MediaZoo.GetAsync("video.mp4"), "-c", "copy", "-frames:v", "1", input);
        await using var process = await RecorderProcess.RunAsync(folder.Root, $"record {input} -o x.mp4 --json", exitCode: 0);
        Recorded.IsWhole(process);
        var probe = await Recorded.PlaysFromZeroAsync(folder.File("x.mp4"));
        probe.Packets.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Source_without_a_key_frame_is_refused()
    {
        using var folder = new TestFolder();
        var input = folder.File("keyless.mkv");
        await Command.FFmpegAsync("-i", await MediaZoo.GetAsync("video.mp4"), "-c", "copy", "-bsf:v", "noise=drop=key", input);
        await using var process = await RecorderProcess.RunAsync(folder.Root, $"record {input}?pace=fast -o x.mp4", exitCode: 1);
        Sentence.IsTheOnlyOne(process, "keyless.mkv", "key frame");
    }

    [Fact]
    public async Task Source_that_ends_before_its_first_packet_is_refused()
    {
        using var folder = new TestFolder();
        var input = folder.File("hollow.mp4");
        await Command.FFmpegAsync(
            "-i", await MediaZoo.GetAsync("video.mp4"), "-c", "copy", "-frames:v", "0", "-movflags", "+empty_moov", input);
        await using var process = await RecorderProcess.RunAsync(folder.Root, $"record {input} --open-timeout 1s -o x.mp4", exitCode: 1);
        Sentence.IsTheOnlyOne(process, "hollow.mp4");
    }

    [Fact]
    public async Task Unwritable_folder_is_named()
    {
        using var folder = new TestFolder();
        Directory.CreateDirectory(folder.File("sealed"));
        await using var process = RecorderProcess.StartInShell(
            folder.Root,
            "if [ $(id -u) = 0 ]; then mount -t tmpfs -o ro,size=64k none sealed; else chmod 0555 sealed; fi && exec \"$@\"",
            $"record {await MediaZoo.GetAsync("h264-short.mp4")}?pace=fast --out sealed/takes",
            Isolated);
        (await process.ExitAsync()).ShouldBe(1, process.Describe());
        Sentence.IsTheOnlyOne(process, "sealed");
    }

    [Fact]
    public async Task Folder_in_the_place_of_a_file_is_named()
    {
        using var folder = new TestFolder();
        await File.WriteAllTextAsync(folder.File("takes"), "a file");
        await using var process = await RecorderProcess.RunAsync(
            folder.Root, $"record {await MediaZoo.GetAsync("h264-short.mp4")}?pace=fast --out takes");
        (await process.ExitAsync()).ShouldBeOneOf([1, 2], process.Describe());
        Sentence.IsTheOnlyOne(process, "takes");
        (await File.ReadAllTextAsync(folder.File("takes"))).ShouldBe("a file");
    }

    [Fact]
    public async Task Full_disk_ends_the_recording_and_what_was_recorded_plays()
    {
        // A 400 KB disk that exists as long as the process; the shell copies its files before the process ends.
        using var folder = new TestFolder();
        Directory.CreateDirectory(folder.File("disk"));
        Directory.CreateDirectory(folder.File("kept"));
        await using var process = RecorderProcess.StartInShell(
            folder.Root,
            "mount -t tmpfs -o size=400k none disk && { \"$@\"; code=$?; cp -r disk/. kept/; exit $code; }",
            $"record {await MediaZoo.GetAsync("h264.mp4")}?loop&pace=fast --timeslice 1s -o disk/take.mp4 --json",
            Isolated);
        (await process.ExitAsync()).ShouldBe(1, process.Describe());
        Sentence.IsTheOnlyOne(process, "disk/take.mp4", "space");

        var kinds = process.Events.Select(e => e.Kind).Where(k => k != "source").ToList();
        kinds[0].ShouldBe("start", process.Describe());
        kinds[^1].ShouldBe("stop", process.Describe());
        kinds.ShouldContain("error", process.Describe());
        (await process.EventAsync("stop")).Text("reason").ShouldBe("failed");

        var kept = folder.File("kept/take.mp4");
        var blobs = process.Data.Select(e => e.Blob with { Path = kept }).Where(b => b.Length > 0).ToList();
        blobs.Count.ShouldBeGreaterThan(1, process.Describe());
        Recorded.ConcatenationIsTheFile(blobs, whole: false);
        var announced = folder.File("announced.mp4");
        await File.WriteAllBytesAsync(announced, (await File.ReadAllBytesAsync(kept))[..(int)(blobs[^1].Offset + blobs[^1].Length)]);
        await Recorded.PlaysFromZeroAsync(announced);
        (await MediaProbe.OfAsync(kept)).Packets.Count.ShouldBeGreaterThan(25);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("record --help")]
    [InlineData("probe --help")]
    public async Task Help_explains_every_command(string arguments)
    {
        using var folder = new TestFolder();
        await using var process = await RecorderProcess.RunAsync(folder.Root, arguments, exitCode: 0);
        process.PlainOutput.ShouldContain("recorder", Case.Insensitive);
        process.PlainOutput.Length.ShouldBeGreaterThan(200);
    }

    /// <summary>A mount namespace: its mounts are invisible to other processes and end with this one.</summary>
    private static string[] Isolated => ["unshare", .. Environment.UserName == "root" ? new[] { "-m" } : ["-Urm"]];
}
