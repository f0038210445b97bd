using Recorder.Integration.Tests.Harness;

namespace Recorder.Integration.Tests;

/// <summary>What a camera sent is what was recorded: every frame byte for byte, or in the gap ledger with the number of packets.</summary>
[Collection(NodeProcess.OneAtATime)]
public class RtspPayloadSpecs
{
    [Fact]
    public async Task Frames_of_every_payload_are_recorded_as_they_were_sent()
    {
        (string Payload, string Container, string Options)[] cameras =
        [
            ("h264", "video/mp4", "--seqnum-offset 65500 --timestamp-offset 4294900000 --on-demand"),
            ("h265", "video/mp4", ""),
            ("mjpeg", "video/x-matroska;codecs=mjpeg", ""),
            ("aac", "audio/mp4", ""),
            ("latm", "audio/mp4", ""),
            ("pcma", "audio/x-matroska;codecs=alaw", "--timestamp-offset 4294960000 --on-demand"),
            ("pcmu", "audio/x-matroska;codecs=ulaw", ""),
            ("opus", "audio/webm;codecs=opus", ""),
        ];
        await Task.WhenAll(cameras.Select(async camera =>
        {
            using var folder = new TestFolder();
            var (sent, recorded, process) = await RecordAsync(folder, camera.Payload, camera.Container, camera.Options, "");
            await process.DisposeAsync();
            recorded.Count.ShouldBeGreaterThan(20, camera.Payload);
            var first = sent.IndexOf(recorded[0]);
            first.ShouldBeGreaterThanOrEqualTo(0, $"{camera.Payload}: the first frame was not sent like this");
            recorded.ShouldBe(sent.Skip(first).Take(recorded.Count), camera.Payload);
        }));
    }

    [Theory]
    [InlineData("h264", "")]
    [InlineData("h264", "drop=0.01,duplicate=0.02,reorder=0.05")]
    [InlineData("h265", "drop=0.05,duplicate=0.02,reorder=0.05")]
    [InlineData("pcma", "drop=0.05,duplicate=0.02,reorder=0.05")]
    public async Task Frames_that_a_bad_network_did_not_lose_are_recorded_and_the_lost_packets_counted(string payload, string network)
    {
        using var folder = new TestFolder();
        var options = (network.Length > 0 ? $"--netsim {network} " : "") + "--udp-only --seed 3";
        var container = payload == "pcma" ? "audio/x-matroska;codecs=alaw" : "video/mp4";
        var (sent, recorded, process) = await RecordAsync(folder, payload, container, options, "#transport=udp");
        await using var run = process;

        // Each recorded frame is one that was sent, in the order of sending.
        var places = new List<int>();
        foreach (var frame in recorded)
            places.Add(sent.IndexOf(frame, places.Count > 0 ? places[^1] + 1 : 0));

        places.ShouldAllBe(place => place >= 0, run.Describe());
        var missing = places.Zip(places.Skip(1)).Sum(pair => pair.Second - pair.First - 1);
        var gaps = run.Events.Where(e => e.Kind == "gap").ToList();
        gaps.ShouldAllBe(gap => gap.Text("cause") == "packetLoss", run.Describe());
        // A gap at the end goes up to the frame with which the recording would have gone on, which is not recorded.
        var end = run.Events.Single(e => e.Kind == "stop").Number("duration");
        var atEnd = gaps.Where(gap => gap.Number("mediaTime") > end - 10).Sum(gap => (int)gap.Number("packets"));
        var camera = SentFrames.Read(folder.File("sent"));
        var dropped = camera.DroppedBetween(places[0], places[^1]);
        var counted = gaps.Sum(gap => (int)gap.Number("packets")) - atEnd;
        atEnd.ShouldBeLessThanOrEqualTo(camera.DroppedBetween(places[^1], camera.Frames.Count).Count, run.Describe());
        if (network.Length == 0)
            (missing, counted).ShouldBe((0, 0), run.Describe());
        else
            counted.ShouldBe(dropped.Count, $"{missing} frames are missing; packets of frames {string.Join(' ', dropped)}; recorded {string.Join(' ', places)}\n{run.Describe()}");
    }

    private static async Task<(List<string> Sent, List<string> Recorded, RecorderProcess Run)> RecordAsync(
        TestFolder folder, string payload, string container, string options, string source)
    {
        var file = folder.File(container.Contains("matroska", StringComparison.Ordinal) ? "cam.mkv" : container.Contains("webm", StringComparison.Ordinal) ? "cam.webm" : "cam.mp4");
        await using var camera = await RtspSimulator.StartAsync($"--payload {payload} --copy {folder.File("sent")} {options}");
        var process = await RecorderProcess.RunAsync(
            folder.Root, $"record {camera.Uri}{source} --duration 3s --timeslice 1s --mime {container} -o {file} --json", exitCode: 0);
        await camera.KillAsync();
        var recorded = (await FrameContent.PacketsAsync(file)).Select(packet => FrameContent.OfRecorded(payload, packet)).ToList();
        return ([.. SentFrames.Read(folder.File("sent")).Frames.Select(frame => FrameContent.OfSent(payload, frame))], recorded, process);
    }
}
