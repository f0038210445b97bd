using System.Diagnostics;
using System.Text.Json;
using Recorder.Integration.Tests.Harness;

namespace Recorder.Cluster.Tests.Harness;

/// <summary>Nodes as users run them, and their PostgreSQL.</summary>
public sealed class ClusterUnderTest : IAsyncDisposable
{
    private readonly TestFolder _folder = new();
    private readonly Dictionary<int, NodeProcess> _nodes = [];
    private readonly Dictionary<int, int> _ports = [];

    private readonly NetworkLab? _network;
    private bool _isSlow;

    private ClusterUnderTest(PostgresServer database, NetworkLab? network) => (Database, _network) = (database, network);

    public PostgresServer Database { get; }

    /// <summary>Links that can be disturbed.</summary>
    public List<SlowLink> Links { get; } = [];

    /// <summary>Nodes that run, by number.</summary>
    public IReadOnlyDictionary<int, NodeProcess> Nodes => _nodes;

    public NodeProcess Any => _nodes.Values.First();

    /// <param name="nodes">How many.</param>
    /// <param name="network">The network that they are hosts of, <c>n1</c>, <c>n2</c>…, as the database is, <c>db</c>; null is all on one.</param>
    /// <param name="slow">Whether nodes reach the database and each other through links that can be disturbed.</param>
    public static async Task<ClusterUnderTest> StartAsync(int nodes, NetworkLab? network = null, bool slow = false)
    {
        var cluster = new ClusterUnderTest(
            network is null ? await PostgresServer.StartAsync() : await PostgresServer.StartAsync(network.AddressOf("db"), network.Through("db")), network);
        cluster._isSlow = slow;
        try
        {
            await Task.WhenAll(Enumerable.Range(1, nodes).Select(cluster.StartNodeAsync));
            await cluster.Any.GetUntilAsync("/v1/nodes", list => list.GetProperty("nodes").GetArrayLength() == nodes);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    public string DataOf(int node) => _folder.File($"n{node}");

    public async Task StartNodeAsync(int number)
    {
        int port;
        lock (_ports)
        {
            port = _ports.TryGetValue(number, out var known) ? known : _ports[number] = FreePort.Take();
        }

        var host = _network?.AddressOf($"n{number}") ?? "127.0.0.1";
        var token = _network is null ? null : await MakeKeyAsync(number);
        var node = await NodeProcess.StartAsync(
            DataOf(number), $"--cluster '{ConnectionFor(number)}' --node n{number} --listen {host}:{port}{AdvertiseFor(number, port)}", _network?.Through($"n{number}") ?? []);
        if (token is not null)
            node.Http.DefaultRequestHeaders.Authorization = new System.Net.Http.Headers.AuthenticationHeaderValue("Bearer", token);

        lock (_nodes)
        {
            _nodes[number] = node;
        }
    }

    private string ConnectionFor(int number) =>
        _isSlow ? Database.Connection.Replace($"Port={Database.Port}", $"Port={Link(Database.Port, number).Port}", StringComparison.Ordinal) : Database.Connection;

    private string AdvertiseFor(int number, int port) => _isSlow ? $" --advertise http://127.0.0.1:{Link(port, number + 100).Port}" : "";

    private SlowLink Link(int port, int seed)
    {
        lock (Links)
        {
            var link = new SlowLink(port, seed);
            Links.Add(link);
            return link;
        }
    }

    // A node that other machines reach needs keys.
    private async Task<string> MakeKeyAsync(int number)
    {
        Directory.CreateDirectory(DataOf(number));
        var made = await Command.RunAsync(RecorderProcess.Program, ["keys", "add", "--data", DataOf(number), "--role", "admin"]);
        made.ExitCode.ShouldBe(0, made.Output + made.Error);
        return made.Output.Split('\n', ' ').First(word => word.StartsWith("rec_", StringComparison.Ordinal)).Trim();
    }

    public async Task KillAsync(int number)
    {
        await _nodes[number].KillAsync();
        await _nodes[number].DisposeAsync();
        _nodes.Remove(number);
    }

    /// <summary>Defines recorders of small test patterns and starts them.</summary>
    public async Task DefineAsync(int count, int timeslice = 500, int rate = 5, string source = "")
    {
        var nodes = _nodes.Values.ToList();
        for (var n = 0; n < count; n++)
        {
            var node = nodes[n % nodes.Count];
            await node.PostAsync("/v1/recorders", new
            {
                id = $"r{n}",
                source = source.Length > 0 ? source : $"test:?size=64x48&rate={rate}&audio=off",
                timeslice,
                minimumTimeslice = 100,
            });
        }
    }

    public async Task StartAllAsync(int count)
    {
        var nodes = _nodes.Values.ToList();
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (n, _) =>
            await nodes[n % nodes.Count].PostAsync($"/v1/recorders/r{n}:start"));
    }

    public async Task StopAllAsync(int count)
    {
        var nodes = _nodes.Values.ToList();
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (n, _) =>
            await nodes[n % nodes.Count].PostAsync($"/v1/recorders/r{n}:stop"));
    }

    /// <summary>Who has what under which token, by the database.</summary>
    public async Task<IReadOnlyList<string>> TokensAsync() =>
        [.. (await Database.QueryAsync("SELECT id, owner, token FROM recorders ORDER BY id")).Select(row => string.Join(' ', row))];

    /// <summary>How many recorders each node has.</summary>
    public async Task<IReadOnlyDictionary<string, int>> OwnedAsync() => (await Any.GetAsync("/v1/nodes")).GetProperty("nodes").EnumerateArray()
        .ToDictionary(node => node.GetProperty("id").GetString()!, node => node.GetProperty("recorders").GetInt32());

    /// <summary>Waits until the nodes have that many recorders each.</summary>
    public async Task<TimeSpan> UntilOwnedAsync(Func<IReadOnlyDictionary<string, int>, bool> holds)
    {
        var waited = Stopwatch.StartNew();
        while (true)
        {
            var owned = await OwnedAsync();
            if (holds(owned))
                return waited.Elapsed;

            waited.Elapsed.ShouldBeLessThan(RecorderProcess.Patience, string.Join(", ", owned) + "\n" + Said());
            await Task.Delay(50);
        }
    }

    /// <summary>Waits until all that the nodes recorded is in the shared index.</summary>
    public async Task UntilIndexedAsync(Func<Task<bool>> holds)
    {
        var waited = Stopwatch.StartNew();
        while (!await holds())
        {
            waited.Elapsed.ShouldBeLessThan(RecorderProcess.Patience, Said());
            await Task.Delay(100);
        }
    }

    /// <summary>Each node's folder is as it says.</summary>
    public async Task VerifyAsync()
    {
        foreach (var data in Directory.GetDirectories(_folder.Root))
        {
            var verified = await Command.RunAsync(RecorderProcess.Program, ["verify", "--data", data]);
            verified.ExitCode.ShouldBe(0, verified.Output + verified.Error + Said());
        }
    }

    public string Said() => string.Join("\n", _nodes.Select(it => $"--- n{it.Key}\n{string.Join('\n', it.Value.Said.Split('\n').TakeLast(25))}"));

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes.Values)
            await node.DisposeAsync();

        foreach (var link in Links)
            await link.DisposeAsync();

        await Database.DisposeAsync();
        _folder.Dispose();
    }
}
