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

    private ClusterUnderTest(PostgresServer database) => Database = database;

    public PostgresServer Database { get; }

    /// <summary>Nodes that run, by number.</summary>
    public IReadOnlyDictionary<int, NodeProcess> Nodes => _nodes;

    public NodeProcess Any => _nodes.Values.First();

    public static async Task<ClusterUnderTest> StartAsync(int nodes)
    {
        var cluster = new ClusterUnderTest(await PostgresServer.StartAsync());
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
            port = _ports.TryGetValue(number, out var known) ? known : _ports[number] = Ports.Free();
        }

        var node = await NodeProcess.StartAsync(
            DataOf(number), $"--cluster '{Database.Connection}' --node n{number} --listen 127.0.0.1:{port}");
        lock (_nodes)
        {
            _nodes[number] = node;
        }
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
            {
                return waited.Elapsed;
            }

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
        {
            await node.DisposeAsync();
        }

        await Database.DisposeAsync();
        _folder.Dispose();
    }
}
