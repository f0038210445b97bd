using Recorder.Integration.Tests.Harness;

namespace Recorder.Integration.Tests;

/// <summary>A camera (GStreamer's RTSP server), copied.</summary>
[Collection(NodeProcess.OneAtATime)]
public class RtspSpecs
{
    [Theory]
    [InlineData("h264.mp4", "h264")]
    [InlineData("hevc.mp4", "h265")]
    public async Task Every_packet_that_a_camera_sends_is_recorded(string name, string codec)
    {
        using var folder = new TestFolder();
        var sent = await MediaZoo.GetAsync(name);
        await using var camera = await RtspSimulator.StartAsync($"--file {sent} --codec {codec} --copy {folder.File("sent")}");
        await using var process = RecorderProcess.Start(
            folder.Root, $"record {camera.Uri} --timeslice 500ms -o cam.mp4 --json");
        (await process.ExitAsync()).ShouldBe(0, process.Describe());

        // The server states how long the file is, and says goodbye at its end.
        (await process.EventAsync("stop")).Text("reason").ShouldBe("sourceEnded");
        Recorded.IsWhole(process);
        var probe = await Recorded.PlaysFromZeroAsync(folder.File("cam.mp4"));
        var source = await MediaProbe.OfAsync(sent);
        var (expected, actual) = (await source.PayloadsAsync(source.Video!), await probe.PayloadsAsync(probe.Video!));
        actual.Count.ShouldBe(expected.Count, process.Describe());
        actual.SequenceEqual(expected).ShouldBeTrue("video payloads");

        // Of the sound what begins before the first picture may be missing, and nothing else.
        var sound = await MediaProbe.OfAsync(folder.File("sent-1.aac"));
        var (heard, kept) = (await sound.PayloadsAsync(sound.Audio!), await probe.PayloadsAsync(probe.Audio!));
        kept.Count.ShouldBeInRange(heard.Count - 12, heard.Count, process.Describe());
        kept.SequenceEqual(heard.TakeLast(kept.Count)).ShouldBeTrue("audio payloads");
    }

    [Theory]
    [InlineData("h264")]
    [InlineData("h265")]
    public async Task Live_camera_is_recorded_from_a_key_frame_on_without_a_hole(string codec)
    {
        using var folder = new TestFolder();
        await using var camera = await RtspSimulator.StartAsync($"--codec {codec} --copy {folder.File("sent")}");
        await using var process = await RecorderProcess.RunAsync(
            folder.Root, $"record {camera.Uri} --duration 3s --timeslice 1s -o cam.mp4 --json", exitCode: 0);

        Recorded.IsWhole(process);
        process.Events.ShouldNotContain(e => e.Text("status") == "changed", process.Describe());
        var probe = await Recorded.PlaysFromZeroAsync(folder.File("cam.mp4"));
        // On a busy machine the camera encodes fewer; none that it sent is missing.
        probe.PacketsOf(probe.Video!).Count.ShouldBeInRange(25, 76);
        probe.Span(probe.Video!).ShouldBe(3, 0.2);
        await IsRunOfAsync(probe, probe.Video!, folder.File($"sent-1.{codec}"), 0, probe.PacketsOf(probe.Video!).Count);
        await IsRunOfAsync(probe, probe.Audio!, folder.File("sent-1.aac"), 0, probe.PacketsOf(probe.Audio!).Count);
    }

    // Invariant 8: one media timeline, never stepping back; invariant 3: what is missing is stated.
    [Fact]
    public async Task Camera_killed_and_restarted_is_one_recording_with_the_gap_stated_and_timestamps_rising()
    {
        using var folder = new TestFolder();
        await using var camera = await RtspSimulator.StartAsync($"--copy {folder.File("sent")}");
        await using var process = RecorderProcess.Start(folder.Root, $"record {camera.Uri} --timeslice 500ms -o cam.mp4 --json");
        await process.EventAsync("three blobs", e => e.IsData, count: 3);
        await camera.KillAsync();
        await process.EventAsync("lost", e => e.Kind == "source" && e.Text("status") == "lost");
        File.Move(folder.File("sent-1.h264"), folder.File("before.h264"));
        await camera.StartAgainAsync();
        var gap = await process.EventAsync("gap");
        await process.EventAsync("three blobs more", e => e.IsData && e.Sequence > gap.Sequence, count: 3);
        process.Signal(RecorderProcess.Interrupt);
        (await process.ExitAsync()).ShouldBe(0, process.Describe());

        Recorded.IsWhole(process);
        gap.Text("cause").ShouldBe("sourceLost");
        gap.Number("duration").ShouldBeGreaterThan(0);
        gap.Text("recording").ShouldBe((await process.EventAsync("start")).Text("recording"));
        DateTimeOffset.Parse(gap.Text("to"), null).ShouldBeGreaterThan(DateTimeOffset.Parse(gap.Text("from"), null));

        var probe = await Recorded.PlaysFromZeroAsync(folder.File("cam.mp4"));
        var packets = probe.PacketsOf(probe.Video!);
        var steps = packets.Zip(packets.Skip(1), (a, b) => b.Pts!.Value - a.Pts!.Value).ToList();
        steps.ShouldAllBe(step => step > 0);

        // The one long step is the gap: it begins where the video before it ended, or the audio when that went on. It ends with a key frame, and on both sides nothing is missing.
        var at = steps.IndexOf(steps.Max()) + 1;
        packets[at].Key.ShouldBeTrue();
        packets[at].Pts!.Value.ShouldBe((gap.Number("mediaTime") + gap.Number("duration")) / 1000, 0.002, process.Describe());
        var ends = probe.Streams.Select(stream => EndBeforeLongestStep(probe, stream));
        ends.ShouldContain(end => Math.Abs(end - (gap.Number("mediaTime") / 1000)) <= probe.FrameOf(probe.Audio!), process.Describe());
        await IsRunOfAsync(probe, probe.Video!, folder.File("before.h264"), 0, at);
        await IsRunOfAsync(probe, probe.Video!, folder.File("sent-1.h264"), at, packets.Count - at);
    }

    private static double EndBeforeLongestStep(MediaProbe probe, ProbedStream stream)
    {
        var packets = probe.PacketsOf(stream);
        return packets.Zip(packets.Skip(1)).MaxBy(pair => pair.Second.Pts - pair.First.Pts).First.Pts!.Value + probe.FrameOf(stream);
    }

    [Fact]
    public async Task Camera_that_stays_away_ends_the_recording_after_the_loss_timeout_and_what_was_recorded_plays()
    {
        using var folder = new TestFolder();
        await using var camera = await RtspSimulator.StartAsync("");
        await using var process = RecorderProcess.Start(
            folder.Root, $"record {camera.Uri} --timeslice 500ms --loss-timeout 1s -o cam.mp4 --json");
        await process.EventAsync("two blobs", e => e.IsData, count: 2);
        await camera.KillAsync();
        await process.ExitAsync();

        Recorded.IsWhole(process);
        (await process.EventAsync("stop")).Text("reason").ShouldBe("sourceLost");
        var probe = await Recorded.PlaysFromZeroAsync(folder.File("cam.mp4"));
        probe.Duration.ShouldBeGreaterThan(0.9);
    }

    [Fact]
    public async Task Password_opens_the_camera_and_is_never_shown()
    {
        using var folder = new TestFolder();
        await using var camera = await RtspSimulator.StartAsync("--user viewer --password hunter2secret");
        var uri = camera.Uri.Replace("://", "://viewer:hunter2secret@", StringComparison.Ordinal);
        await using var process = await RecorderProcess.RunAsync(
            folder.Root, $"record {uri} --duration 1s --out takes --json --verbose", exitCode: 0);

        (process.Errors + process.Describe().Split("--- events")[1]).ShouldNotContain("hunter2secret");
        foreach (var file in Directory.EnumerateFiles(folder.Root, "*.json*", SearchOption.AllDirectories))
            (await File.ReadAllTextAsync(file)).ShouldNotContain("hunter2secret", Case.Sensitive, file);
    }

    [Fact]
    public async Task Wrong_password_is_refused_without_showing_it()
    {
        using var folder = new TestFolder();
        await using var camera = await RtspSimulator.StartAsync("--user viewer --password hunter2secret");
        var uri = camera.Uri.Replace("://", "://viewer:wrongsecret@", StringComparison.Ordinal);
        await using var process = await RecorderProcess.RunAsync(
            folder.Root, $"record {uri} --open-timeout 1500ms -o cam.mp4", exitCode: 1);

        Sentence.IsTheOnlyOne(process, "127.0.0.1");
        (process.Errors + process.PlainOutput).ShouldNotContain("wrongsecret");
    }

    [Fact]
    public async Task Two_recorders_of_one_camera_share_one_connection()
    {
        using var folder = new TestFolder();
        var sent = await MediaZoo.GetAsync("h264.mp4");
        await using var camera = await RtspSimulator.StartAsync($"--file {sent} --copy {folder.File("sent")}");
        await using var process = await RecorderProcess.RunAsync(
            folder.Root, $"record {camera.Uri} {camera.Uri} --duration 2s --timeslice 1s --out takes --json", exitCode: 0);

        var recorders = process.Events.Where(e => e.Kind == "start").Select(e => e.Recorder).Distinct().ToList();
        recorders.Count.ShouldBe(2);
        File.Exists(folder.File("sent-1.h264")).ShouldBeTrue();
        File.Exists(folder.File("sent-2.h264")).ShouldBeFalse("the camera must be opened once");
        foreach (var recorder in recorders)
        {
            Recorded.IsWhole(process, recorder);
            var probe = await Recorded.PlaysFromZeroAsync(process.Data.First(e => e.Recorder == recorder).Blob.Path);
            await IsRunOfAsync(probe, probe.Video!, folder.File("sent-1.h264"), 0, probe.PacketsOf(probe.Video!).Count);
        }
    }

    [Fact]
    public async Task Camera_can_be_probed()
    {
        using var folder = new TestFolder();
        await using var camera = await RtspSimulator.StartAsync($"--file {await MediaZoo.GetAsync("h264.mp4")}");
        await using var process = await RecorderProcess.RunAsync(folder.Root, $"probe {camera.Uri}", exitCode: 0);
        process.PlainOutput.ShouldContain("320x240", Case.Insensitive);
        process.PlainOutput.ShouldContain("h264", Case.Insensitive);
    }

    /// <summary>The packets from..from+count of a recorded stream are what the camera sent, in one piece.</summary>
    private static async Task IsRunOfAsync(MediaProbe recorded, ProbedStream stream, string sentPath, int from, int count)
    {
        count.ShouldBeGreaterThan(5);
        var sent = await MediaProbe.OfAsync(sentPath);
        var all = await sent.PayloadsAsync(sent.Streams[0]);
        var ours = (await recorded.PayloadsAsync(stream)).Skip(from).Take(count).ToList();
        ours.Count.ShouldBe(count);
        string.Join(' ', all).Contains(string.Join(' ', ours), StringComparison.Ordinal)
            .ShouldBeTrue($"{recorded.Path}: {count} {stream.Kind} packets from {from} on are not a run of what {sentPath} sent ({all.Count})");
    }
}
