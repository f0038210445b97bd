using System.Formats.Tar;
using System.IO.Compression;
using System.Net.Http.Headers;
using System.Text.Json;

namespace Recorder.Integration.Tests.Harness;

/// <summary>A copy of a data folder that an earlier version wrote, and what that version said of it: <c>tests/fixtures/data-folders</c>.</summary>
public sealed class DataFolder : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly JsonElement _said;

    public DataFolder(string name)
    {
        var fixture = Path.Combine(Fixtures, name);
        using (var file = System.IO.File.OpenRead(Path.Combine(fixture, "data.tar.gz")))
        using (var archive = new GZipStream(file, CompressionMode.Decompress))
        {
            TarFile.ExtractToDirectory(archive, _folder.Root, overwriteFiles: false);
        }

        using var said = JsonDocument.Parse(System.IO.File.ReadAllText(Path.Combine(fixture, "said.json")));
        _said = said.RootElement.Clone();
        Events =
        [
            .. System.IO.File.ReadLines(Path.Combine(fixture, "events.jsonl")).Select(line =>
            {
                using var read = JsonDocument.Parse(line);
                var number = read.RootElement.GetProperty("number").GetInt64();
                return new StreamedEvent(number, new RecorderEvent(read.RootElement.GetProperty("event").GetRawText(), _folder.Root));
            }),
        ];
    }

    public static IReadOnlyList<string> All { get; } =
        [.. Directory.GetDirectories(Fixtures).Select(folder => Path.GetFileName(folder)).Order(StringComparer.Ordinal)];

    public string Root => _folder.File("data");

    public string ApiKey => _said.GetProperty("apiKey").GetString()!;

    public JsonElement Webhook => _said.GetProperty("webhook");

    public IReadOnlyList<JsonElement> Recorders => [.. _said.GetProperty("recorders").EnumerateArray()];

    public IReadOnlyList<JsonElement> Recordings => [.. _said.GetProperty("recordings").EnumerateArray()];

    /// <summary>What readers had been told when the node was killed.</summary>
    public IReadOnlyList<StreamedEvent> Events { get; }

    /// <summary>The recordings that were under way when the node was killed.</summary>
    public IReadOnlyList<JsonElement> Interrupted => [.. Recordings.Where(recording => !recording.TryGetProperty("stopReason", out _))];

    private static string Fixtures => Path.Combine(AppContext.BaseDirectory, "data-folders");

    /// <summary>A file to put what was answered in.</summary>
    public string File(string name) => _folder.File(name);

    /// <summary>Starts this version's node on the copy, long after it was written; it asks with the folder's key.</summary>
    public async Task<NodeProcess> StartAsync()
    {
        var clock = await SettableClock.CreateAsync(_folder);
        clock.Set(TimeSpan.FromDays(400));
        // No recording makes room on a machine whose disk is full.
        var node = await NodeProcess.StartAsync(Root, "--min-free 0", clock.Through);
        node.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", ApiKey);
        return node;
    }

    /// <summary>Runs <c>recorder verify</c> on the copy; any problem fails the test.</summary>
    public async Task VerifyAsync()
    {
        var verified = await Command.RunAsync(RecorderProcess.Program, ["verify", "--data", Root]);
        verified.ExitCode.ShouldBe(0, verified.Output + verified.Error);
        verified.Output.ShouldContain($"{Recordings.Count} recordings");
    }

    public void Dispose() => _folder.Dispose();
}
