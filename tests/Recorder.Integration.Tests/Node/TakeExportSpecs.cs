using System.Security.Cryptography;
using System.Text.Json;
using Recorder.Integration.Tests.Harness;

namespace Recorder.Integration.Tests.Node;

/// <summary>Exports of takes that do not come to their end at once: a killed program, a full disk, a killed node.</summary>
[Collection(NodeProcess.OneAtATime)]
public class TakeExportSpecs
{
    private const int Recorders = 6;

    [Fact]
    public async Task An_export_that_is_killed_goes_on_where_it_was()
    {
        using var folder = new TestFolder();
        var data = folder.File("data");
        await RecordAsync(data, 1);
        string edit;
        Dictionary<string, (DateTime Written, string Hash)> whole;
        var attempt = 0;
        do
        {
            // On a busy machine an export may be over before it is killed.
            edit = folder.File($"edit{attempt++}");
            attempt.ShouldBeLessThan(20);
            await using var process = RecorderProcess.Start(folder.Root, $"take export --data {data} --out {edit} --json");
            await UntilAsync(() => Directory.Exists(edit) && Directory.EnumerateFiles(edit, "*.mov").Any());
            process.Signal(RecorderProcess.Kill);
            await process.ExitAsync();
            whole = Directory.EnumerateFiles(edit, "*.mov").ToDictionary(file => file, file => (File.GetLastWriteTimeUtc(file), Hash(file)));
        }
        while (!Directory.EnumerateFiles(edit, ".*.export").Any());

        whole.Count.ShouldBeInRange(1, Recorders);
        await using (var again = await RecorderProcess.RunAsync(folder.Root, $"take export --data {data} --out {edit} --json", exitCode: 0))
        {
        }

        await IsCompleteAsync(edit);
        // The last one may have been renamed without its line in the ledger: that one alone is written again.
        whole.Count(file => File.GetLastWriteTimeUtc(file.Key) != file.Value.Written).ShouldBeLessThanOrEqualTo(1);
        whole.ShouldAllBe(file => Hash(file.Key) == file.Value.Hash);
    }

    [MountFact]
    public async Task An_export_whose_disk_is_full_says_so_leaves_nothing_that_looks_complete_and_goes_on_when_there_is_room()
    {
        using var folder = new TestFolder();
        var (data, edit) = (folder.File("data"), folder.File("edit"));
        await RecordAsync(data, 1);
        Directory.CreateDirectory(edit);
        (await Command.RunAsync("mount", ["-t", "tmpfs", "-o", "size=32m", "tmpfs", edit])).ExitCode.ShouldBe(0);
        try
        {
            // Room for about two of the six.
            var largest = new DirectoryInfo(Path.Combine(data, "recordings")).EnumerateFiles("*.mp4", SearchOption.AllDirectories).Max(file => file.Length);
            var filler = Path.Combine(edit, "filler");
            await File.WriteAllBytesAsync(filler, new byte[new DriveInfo(edit).AvailableFreeSpace - (largest * 5 / 2) - (256 << 10)]);

            await using (var full = await RecorderProcess.RunAsync(folder.Root, $"take export --data {data} --out {edit}", exitCode: 1))
                full.Errors.ShouldContain("start the same command again");

            var whole = Directory.EnumerateFiles(edit, "*.mov").ToDictionary(file => file, File.GetLastWriteTimeUtc);
            whole.Count.ShouldBeInRange(1, Recorders - 1);
            Directory.EnumerateFiles(edit, "*.part").ShouldBeEmpty();
            Directory.EnumerateFiles(edit, "*.json").ShouldBeEmpty();
            File.Delete(filler);
            await using (var again = await RecorderProcess.RunAsync(folder.Root, $"take export --data {data} --out {edit}", exitCode: 0))
            {
            }

            await IsCompleteAsync(edit);
            whole.ShouldAllBe(file => File.GetLastWriteTimeUtc(file.Key) == file.Value);
        }
        finally
        {
            await Command.RunAsync("umount", ["-l", edit]);
        }
    }

    [Fact]
    public async Task A_download_whose_program_and_node_are_killed_goes_on()
    {
        using var folder = new TestFolder();
        var (data, edit) = (folder.File("data"), folder.File("edit"));
        await RecordAsync(data, 1);
        var node = await NodeProcess.StartAsync(data, "--min-free 0");
        try
        {
            await using (var process = RecorderProcess.Start(folder.Root, $"take export --node {node.Http.BaseAddress} --out {edit} --json"))
            {
                await UntilAsync(() => Directory.Exists(edit) && Directory.EnumerateFiles(edit, "*.mov").Any());
                process.Signal(RecorderProcess.Kill);
                await process.ExitAsync();
            }

            var whole = Directory.EnumerateFiles(edit, "*.mov").ToDictionary(file => file, File.GetLastWriteTimeUtc);
            await node.KillAsync();
            await node.DisposeAsync();
            node = await NodeProcess.StartAsync(data, "--min-free 0");
            await using (var again = await RecorderProcess.RunAsync(folder.Root, $"take export --node {node.Http.BaseAddress} --out {edit} --json", exitCode: 0))
            {
            }

            // A node makes the same bytes again, so that what is there is not fetched again.
            await IsCompleteAsync(edit);
            whole.ShouldAllBe(file => File.GetLastWriteTimeUtc(file.Key) == file.Value);
        }
        finally
        {
            await node.DisposeAsync();
        }
    }

    private static async Task RecordAsync(string data, int seconds)
    {
        await using var node = await NodeProcess.StartAsync(data, "--min-free 0");
        for (var n = 0; n < Recorders; n++)
            await node.PostAsync("/v1/recorders", new { id = $"r{n}", source = $"test:?size={160 + (16 * n)}x120&rate=25&audio=off", mimeType = "video/mp4;codecs=avc1", videoKeyFrameIntervalCount = 25 });

        var take = await node.PostAsync("/v1/takes", new { scene = "12A", angles = Enumerable.Range(0, Recorders).Select(n => new { recorder = $"r{n}" }).ToArray() });
        var path = $"/v1/takes/{take.GetProperty("id").GetString()}";
        await node.GetUntilAsync(path, take => Angles(take).All(angle => angle.GetProperty("state").GetString() == "ready"));
        await node.PostAsync(path + ":start");
        await node.GetUntilAsync(path, take => Angles(take).All(angle => angle.TryGetProperty("times", out var times)
            && times.GetProperty("last").GetDateTimeOffset() >= take.GetProperty("at").GetDateTimeOffset() + TimeSpan.FromSeconds(seconds)));
        await node.PostAsync(path + ":stop");
        for (var n = 0; n < Recorders; n++)
            await node.GetUntilAsync($"/v1/recorders/r{n}", recorder => recorder.GetProperty("state").GetString() == "inactive");
    }

    private static async Task IsCompleteAsync(string folder)
    {
        var manifest = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "12A_1.json"))).RootElement;
        var files = manifest.GetProperty("files").EnumerateArray().ToDictionary(file => file.GetProperty("name").GetString()!, file => file.GetProperty("sha256").GetString());
        files.Keys.Count(name => name.EndsWith(".mov", StringComparison.Ordinal)).ShouldBe(Recorders);
        files.ShouldAllBe(file => Hash(Path.Combine(folder, file.Key)) == file.Value);
        Directory.EnumerateFiles(folder).Select(Path.GetFileName).ShouldBe([.. files.Keys, "12A_1.json"], ignoreOrder: true);
    }

    private static string Hash(string file) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file)));

    private static async Task UntilAsync(Func<bool> holds)
    {
        var deadline = DateTime.UtcNow + RecorderProcess.Patience;
        while (!holds())
        {
            DateTime.UtcNow.ShouldBeLessThan(deadline);
            await Task.Delay(1);
        }
    }

    private static List<JsonElement> Angles(JsonElement take) => [.. take.GetProperty("angles").EnumerateArray()];
}
