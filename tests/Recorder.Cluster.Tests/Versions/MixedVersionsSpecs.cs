using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Recorder.Cluster.Tests.Harness;
using Recorder.Integration.Tests.Harness;
using Xunit.Abstractions;

namespace Recorder.Cluster.Tests.Versions;

/// <summary>A spec that needs the program of an earlier version.</summary>
public sealed class OlderVersionFactAttribute : FactAttribute
{
    public OlderVersionFactAttribute() => Skip =
        Program is null ? "needs an earlier version: set RECORDER_CLUSTER_OLDER to its program"
        : File.Exists(Program) ? null
        : $"RECORDER_CLUSTER_OLDER names '{Program}', which does not exist";

    public static string? Program { get; } = Environment.GetEnvironmentVariable("RECORDER_CLUSTER_OLDER");
}

/// <summary>Nodes of two versions in one cluster, which are upgraded and set back one after the other while they record.</summary>
public sealed class MixedVersionsSpecs(ITestOutputHelper log)
{
    private const int Recorders = 9;

    private static readonly TimeSpan Duration = Length.Seconds("RECORDER_CLUSTER_MIXED", 60);

    private readonly string[] _programs = ["", OlderVersionFactAttribute.Program!, OlderVersionFactAttribute.Program!, RecorderProcess.Program];
    private readonly Random _random = new(Length.Of("RECORDER_CLUSTER_SEED", Random.Shared.Next()));
    private readonly ClusterReader[] _readers = [new(), new()];
    private readonly int[] _readAt = [2, 3];
    private int _commands;
    private int _repeated;

    [OlderVersionFact]
    [Trait("Length", "Long")]
    public async Task Two_versions_record_together_and_nodes_are_upgraded_and_set_back_without_losing_what_is_not_told()
    {
        await using var cluster = await ClusterUnderTest.StartAsync(3, program: node => _programs[node]);
        try
        {
            await RunAsync(cluster);
        }
        catch
        {
            foreach (var (number, node) in cluster.Nodes)
                log.WriteLine($"--- n{number}, {_programs[number]}{(node.ExitCode is { } code ? $", ended with {code}" : "")}");

            log.WriteLine(string.Join('\n', cluster.Lines.Select(said => $"n{said.Node}: {said.Line}")));
            throw;
        }
    }

    private async Task RunAsync(ClusterUnderTest cluster)
    {
        await cluster.DefineAsync(Recorders, rate: 5);
        foreach (var (reader, node) in _readers.Zip(_readAt))
            await reader.ConnectAsync(cluster.Nodes[node]);

        await cluster.StartAllAsync(Recorders);
        await cluster.UntilIndexedAsync(() => cluster.CountsAsync(Recorders, "SELECT COUNT(DISTINCT recorder) FROM extents"));
        await cluster.UntilAgreedAsync();

        var watch = Stopwatch.StartNew();
        var rounds = 0;
        for (; rounds < 2 || watch.Elapsed < Duration; rounds++)
        {
            await CommandAsync(cluster, rounds);
            await ReplaceAsync(cluster);
            await CommandAsync(cluster, rounds);
            await DrainAsync(cluster, 1 + (rounds % 3));
        }

        await cluster.StopAndIndexAsync(Recorders);
        foreach (var reader in _readers)
            await reader.UntilAsync("each stopped", all => all.Where(e => e.Event.Kind == "stop").Select(e => e.Event.Recorder).Distinct().Count() == Recorders);

        var numbers = _readers.Select(reader => NumbersOf(reader.Events)).ToList();
        var ledger = await Ledger.ReadAsync(cluster);
        log.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{watch.Elapsed.TotalSeconds:0} s, {rounds} nodes killed and started as the other version, {rounds} drains, {_commands} commands of which {_repeated} were sent again, "
            + $"{numbers[0].Sum(recorder => recorder.Value.Count)} events; {ledger.Summarize()}"));
        foreach (var reader in _readers)
            Order.Holds(Numbered(reader.Events), mayMiss: true);

        foreach (var recorder in numbers[0].Keys)
            numbers[0][recorder].ShouldBe(numbers[1][recorder], $"both readers were told the same of {recorder}");

        ledger.HasNoUntoldHole();
        ledger.HasOneRecordingEach();
        ledger.HasNoUnmarkedOverlap();
        await cluster.UntilVerifiedAsync();
        var worrying = cluster.Lines.Where(said => IsWorrying(said.Line)).Select(said => $"n{said.Node}: {said.Line}").ToList();
        // Of each kill Akka warns in words of its own.
        log.WriteLine(string.Join('\n', cluster.Lines.Where(said => said.Line.StartsWith("warning", StringComparison.Ordinal) && !said.Line.StartsWith("warning ActorSystem", StringComparison.Ordinal))
            .GroupBy(said => said.Line).Select(same => $"{same.Count()} x {same.Key}")));
        worrying.ShouldBeEmpty(string.Join('\n', worrying));
    }

    // A node is killed that records, and starts as the other version. Both versions stay there, and the readers are elsewhere.
    private async Task ReplaceAsync(ClusterUnderTest cluster)
    {
        var mixed = _programs.Skip(1).GroupBy(program => program).MaxBy(same => same.Count())!.Key;
        var owned = await cluster.OwnedAsync();
        var node = Enumerable.Range(1, 3).Where(number => _programs[number] == mixed).MaxBy(number => owned[$"n{number}"]);
        for (var reader = 0; reader < _readers.Length; reader++)
        {
            if (_readAt[reader] != node)
                continue;

            _readAt[reader] = Enumerable.Range(1, 3).Single(number => number != node && _programs[number] == mixed);
            await _readers[reader].DisconnectAsync();
            await _readers[reader].ConnectAsync(cluster.Nodes[_readAt[reader]]);
        }

        await Task.Delay(_random.Next(0, 700)); // The random moment itself.
        await cluster.KillAsync(node);
        await cluster.UntilIndexedAsync(async () => (await cluster.OwnersAsync(cluster.Nodes.Keys.First())).Values.All(owner => owner.Length > 0 && owner != $"n{node}"));
        _programs[node] = _programs[node] == RecorderProcess.Program ? OlderVersionFactAttribute.Program! : RecorderProcess.Program;
        await cluster.StartNodeAsync(node);
        await cluster.UntilJoinedAsync();
        await cluster.UntilAgreedAsync();
    }

    private async Task DrainAsync(ClusterUnderTest cluster, int node)
    {
        await SendAsync(cluster.Nodes[1 + (node % 3)], HttpMethod.Post, $"/v1/nodes/n{node}:drain");
        await cluster.UntilOwnedAsync(owned => owned[$"n{node}"] == 0);
        await SendAsync(cluster.Nodes[1 + ((node + 1) % 3)], HttpMethod.Post, $"/v1/nodes/n{node}:resume");
        await cluster.UntilJoinedAsync();
    }

    // Each node is asked about each recorder; what one node was told the others know.
    private async Task CommandAsync(ClusterUnderTest cluster, int round)
    {
        foreach (var (number, node) in cluster.Nodes)
        {
            for (var recorder = 0; recorder < Recorders; recorder++)
                await SendAsync(node, HttpMethod.Post, $"/v1/recorders/r{recorder}:mark", new { label = $"round {round} by n{number}" });

            var extra = $"x{round}-{_commands}";
            await SendAsync(node, HttpMethod.Post, "/v1/recorders", new { id = extra, source = "test:?size=64x48&rate=5&audio=off" });
            foreach (var other in cluster.Nodes.Values)
                await cluster.UntilIndexedAsync(async () => (await other.GetAsync("/v1/recorders")).GetProperty("recorders").EnumerateArray().Any(it => it.GetProperty("id").GetString() == extra));

            var last = cluster.Nodes[1 + (number % 3)];
            await SendAsync(last, HttpMethod.Patch, $"/v1/recorders/{extra}", new { source = "test:?size=32x32&rate=5&audio=off" });
            await SendAsync(last, HttpMethod.Delete, $"/v1/recorders/{extra}");
            foreach (var other in cluster.Nodes.Values)
                await cluster.UntilIndexedAsync(async () => (await other.GetAsync("/v1/recorders")).GetProperty("recorders").EnumerateArray().All(it => it.GetProperty("id").GetString() != extra));
        }
    }

    // While a recorder changes its node it may be refused, with the request to try again; earlier versions refuse a mark as if it did not record.
    private async Task SendAsync(NodeProcess node, HttpMethod method, string path, object? body = null)
    {
        _commands++;
        var waited = Stopwatch.StartNew();
        while (true)
        {
            using var request = new HttpRequestMessage(method, path);
            if (body is not null)
                request.Content = new StringContent(JsonSerializer.Serialize(body), System.Text.Encoding.UTF8, "application/json");

            using var answer = await node.Http.SendAsync(request);
            if (answer.IsSuccessStatusCode)
                return;

            var text = await answer.Content.ReadAsStringAsync();
            ((int)answer.StatusCode).ShouldBeOneOf([503, 421, .. path.EndsWith(":mark", StringComparison.Ordinal) ? new[] { 409 } : []], $"{method} {path}: {text}");
            waited.Elapsed.ShouldBeLessThan(RecorderProcess.Patience, $"{method} {path}: {text}\n{node.Said}");
            _repeated++;
            await Task.Delay(100);
        }
    }

    private static IEnumerable<ReadEvent> Numbered(IEnumerable<ReadEvent> events) =>
        events.Where(e => e.Event.Json.TryGetProperty("sequence", out _) && e.Event.Recorder.StartsWith('r'));

    private static Dictionary<string, List<long>> NumbersOf(IEnumerable<ReadEvent> events) =>
        Numbered(events).GroupBy(e => e.Event.Recorder).ToDictionary(recorder => recorder.Key, recorder => recorder.Select(e => e.Event.Sequence).ToList());

    private static bool IsWorrying(string line) =>
        line.StartsWith("error", StringComparison.Ordinal)
        || new[] { "exception", "dead letter", "manifest", "serializ", "unhandled" }.Any(word => line.Contains(word, StringComparison.OrdinalIgnoreCase));
}
