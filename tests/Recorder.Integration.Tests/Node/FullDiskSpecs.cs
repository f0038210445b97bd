using System.Net;
using Recorder.Integration.Tests.Harness;
using Xunit.Abstractions;

namespace Recorder.Integration.Tests.Node;

/// <summary>A node whose disk fills up while eight recorders record, and has space again later.</summary>
[Collection(NodeProcess.OneAtATime)]
public class FullDiskSpecs(ITestOutputHelper log)
{
    private const int Recorders = 8;

    private static readonly TimeSpan Fault = TimeSpan.FromSeconds(4);

    // A volume for the recordings alone; the catalogue tells meanwhile what happens.
    [MountFact]
    public Task With_the_disk_full_no_recorder_dies_and_all_go_on_when_there_is_space_with_the_loss_stated() => RunAsync("data/recordings", tellsMeanwhile: true);

    // The events wait for space, too.
    [MountFact]
    public Task With_the_catalogue_on_the_full_disk_too_nothing_is_lost_but_what_did_not_fit() => RunAsync("data", tellsMeanwhile: false);

    private async Task RunAsync(string mount, bool tellsMeanwhile)
    {
        using var folder = new TestFolder();
        var disk = folder.File(mount);
        Directory.CreateDirectory(disk);
        (await Command.RunAsync("mount", ["-t", "tmpfs", "-o", "size=48m", "tmpfs", disk])).ExitCode.ShouldBe(0);
        try
        {
            await FillAndFreeAsync(folder.File("data"), Path.Combine(disk, "filler"), tellsMeanwhile);
        }
        finally
        {
            await Command.RunAsync("umount", ["-l", disk]);
        }
    }

    private async Task FillAndFreeAsync(string data, string filler, bool tellsMeanwhile)
    {
        var events = new EventReader(data);
        await using (var node = await NodeProcess.StartAsync(data, "--min-free 0"))
        {
            await events.ConnectAsync(node);
            for (var n = 0; n < Recorders; n++)
            {
                await node.PostAsync("/v1/recorders", new
                {
                    id = $"r{n}",
                    source = "test:?size=320x240&rate=10&audio=off",
                    mimeType = n % 2 == 0 ? "video/mp4;codecs=avc1" : "video/webm;codecs=vp8",
                    timeslice = 500,
                    fragmentDuration = 500,
                    videoKeyFrameIntervalDuration = 1000,
                });
                await node.PostAsync($"/v1/recorders/r{n}:start");
            }

            await events.UntilAsync("two blobs of each", all => All(all, "dataavailable", 2));
            await FillAsync(filler);
            if (tellsMeanwhile)
            {
                await events.UntilAsync("each says that the disk is full", all => Storage(all, "full"));
            }
            else
            {
                await Task.Delay(Fault); // The fault itself, not a wait for something.
                (await node.Http.GetAsync("/health/ready")).StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
            }

            foreach (var recorder in (await node.GetAsync("/v1/recorders?limit=100")).GetProperty("recorders").EnumerateArray())
                recorder.GetProperty("state").GetString().ShouldBe("recording");

            File.Delete(filler);
            await events.UntilAsync("each says that it writes again", all => Storage(all, "writing") && All(all, "gap", 1));
            var gaps = events.Events.Where(e => e.Event.Kind == "gap").ToList();
            await events.UntilAsync("two blobs more of each", all => All(all.Where(e => e.Number > gaps[^1].Number), "dataavailable", 2));
            for (var n = 0; n < Recorders; n++)
                await node.PostAsync($"/v1/recorders/r{n}:stop");

            await events.UntilAsync("each stopped", all => All(all, "stop", 1));
            (await node.EndAsync()).ShouldBe(0, node.Said);
        }

        events.Events.ShouldNotContain(e => e.Event.Kind == "error");
        foreach (var of in events.Events.GroupBy(e => e.Event.Recorder))
        {
            var gap = of.Where(e => e.Event.Kind == "gap").ShouldHaveSingleItem().Event;
            gap.Text("cause").ShouldBe("diskFull");
            gap.Number("packets").ShouldBeGreaterThan(0);
            // Ten pictures a second: what is stated as lost is what the gap is long.
            gap.Number("packets").ShouldBe(gap.Number("duration") / 100, 2, of.Key);
            var blobs = of.Where(e => e.Event.IsData).Select(e => e.Event.Blob).Where(b => b.Length > 0).ToList();
            log.WriteLine($"{of.Key}: gap {gap.Number("duration")} ms, {gap.Number("packets")} pictures, {blobs.Count} blobs");
            foreach (var extent in blobs.Select(b => b.Path).Distinct())
                await Command.FFmpegAsync("-i", extent, "-f", "null", "-");
        }

        var verified = await Command.RunAsync(RecorderProcess.Program, ["verify", "--data", data]);
        verified.ExitCode.ShouldBe(0, verified.Output + verified.Error);
    }

    private static bool All(IEnumerable<StreamedEvent> events, string kind, int count) =>
        events.Where(e => e.Event.Kind == kind).GroupBy(e => e.Event.Recorder).Count(of => of.Count() >= count) == Recorders;

    private static bool Storage(IEnumerable<StreamedEvent> events, string status) =>
        events.Where(e => e.Event.Kind == "storage").GroupBy(e => e.Event.Recorder).Count(of => of.Last().Event.Text("status") == status) == Recorders;

    // Until nothing more fits: what the recorders write meanwhile finds no space either.
    private static async Task FillAsync(string path)
    {
        var block = new byte[64 * 1024];
        await using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        try
        {
            while (true)
                file.Write(block);
        }
        catch (IOException)
        {
            // Full.
        }
    }
}
