using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Recorder.Integration.Tests.Harness;

namespace Recorder.Cluster.Tests.Harness;

/// <summary>Nodes as users run them.</summary>
public sealed class ClusterUnderTest : IAsyncDisposable
{
    private readonly TestFolder _folder = new();
    private readonly Dictionary<int, NodeProcess> _nodes = [];
    private readonly Dictionary<int, int> _ports = [];

    private readonly NetworkLab? _network;
    private Func<int, int, string> _arguments = (_, _) => "";
    private Func<int, string?> _data = _ => null;
    private Func<int, string[]> _through = _ => [];
    private Func<int, string> _program = _ => RecorderProcess.Program;
    private readonly List<(int Node, string Said)> _ended = [];
    private bool _isSlow;
    private bool _hasKeys;

    private ClusterUnderTest(NetworkLab? network) => _network = network;

    /// <summary>Links that can be disturbed.</summary>
    public List<SlowLink> Links { get; } = [];

    /// <summary>Nodes that run, by number.</summary>
    public IReadOnlyDictionary<int, NodeProcess> Nodes => _nodes;

    public NodeProcess Any => _nodes.Values.First();

    /// <summary>Every line that every process said, those that ended too.</summary>
    public IEnumerable<(int Node, string Line)> Lines =>
        _ended.Concat(_nodes.Select(node => (Node: node.Key, node.Value.Said))).SelectMany(run => run.Said.Split('\n').Select(line => (run.Node, line)));

    /// <param name="nodes">How many.</param>
    /// <param name="network">The network that they are hosts of, <c>n1</c>, <c>n2</c>…; null is all on one.</param>
    /// <param name="slow">Whether nodes reach each other's HTTP through links that can be disturbed.</param>
    /// <param name="arguments">More of the command line of a node, by its number and its port.</param>
    /// <param name="data">Where a node's data is; null is in a folder of the cluster's own.</param>
    /// <param name="through">What starts a node on one host, by its number: a command that runs another.</param>
    /// <param name="program">The program of a node, by its number.</param>
    /// <param name="keys">Whether nodes require API keys on one host, too.</param>
    public static async Task<ClusterUnderTest> StartAsync(
        int nodes, NetworkLab? network = null, bool slow = false, Func<int, int, string>? arguments = null, Func<int, string?>? data = null,
        Func<int, string[]>? through = null, Func<int, string>? program = null, bool keys = false)
    {
        var cluster = new ClusterUnderTest(network) { _isSlow = slow, _hasKeys = keys || network is not null };
        (cluster._arguments, cluster._data, cluster._through) = (arguments ?? cluster._arguments, data ?? cluster._data, through ?? cluster._through);
        cluster._program = program ?? cluster._program;
        for (var number = 1; number <= nodes; number++)
            cluster.PortOf(number);

        try
        {
            await Task.WhenAll(Enumerable.Range(1, nodes).Select(cluster.StartNodeAsync));
            await cluster.UntilJoinedAsync();
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    public string DataOf(int node) => _data(node) ?? _folder.File($"n{node}");

    public async Task StartNodeAsync(int number)
    {
        var port = PortOf(number);
        var host = _network?.AddressOf($"n{number}") ?? "127.0.0.1";
        var token = _hasKeys ? await MakeKeyAsync(number) : null;
        var node = await NodeProcess.StartProgramAsync(
            _program(number), DataOf(number),
            $"--join {JoinFor(number)} --node n{number} --listen {host}:{port}{AdvertiseFor(number, port)}{(_network is null ? "" : " --cluster-key none")} {_arguments(number, port)}",
            _network?.Through($"n{number}") ?? _through(number));
        if (token is not null)
            node.Http.DefaultRequestHeaders.Authorization = new System.Net.Http.Headers.AuthenticationHeaderValue("Bearer", token);

        lock (_nodes)
        {
            _nodes[number] = node;
        }
    }

    /// <summary>Starts all nodes, which have ended, at once.</summary>
    public async Task StartAgainAsync()
    {
        foreach (var node in _nodes.Values)
            await node.DisposeAsync();

        await Task.WhenAll(_nodes.Keys.ToList().Select(StartNodeAsync));
    }

    /// <summary>Waits until each node that runs sees all that run.</summary>
    public async Task UntilJoinedAsync(TimeSpan? patience = null)
    {
        foreach (var (number, node) in _nodes)
            node.ExitCode.ShouldBeNull($"n{number} has ended by itself:\n{node.Said}");

        foreach (var node in _nodes.Values)
        {
            await node.GetUntilAsync(
                "/v1/nodes", list => list.GetProperty("nodes").EnumerateArray().Count(other => other.GetProperty("state").GetString() == "up") == _nodes.Count, patience);
        }
    }

    private int PortOf(int number)
    {
        lock (_ports)
            return _ports.TryGetValue(number, out var known) ? known : _ports[number] = FreePort.Take();
    }

    // All others that there are; the first of a cluster names the next one, which does not run yet.
    private string JoinFor(int number)
    {
        int[] others;
        lock (_ports)
            others = [.. _ports.Keys.Where(other => other != number)];

        return string.Join(" --join ", (others.Length > 0 ? others : [number + 1]).Select(other => $"{_network?.AddressOf($"n{other}") ?? "127.0.0.1"}:{PortOf(other)}"));
    }

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
        await RemoveAsync(number);
    }

    /// <summary>Ends a node in order.</summary>
    public async Task EndAsync(int number)
    {
        (await _nodes[number].EndAsync()).ShouldBe(0, _nodes[number].Said);
        await RemoveAsync(number);
    }

    private async Task RemoveAsync(int number)
    {
        await _nodes[number].DisposeAsync();
        _ended.Add((number, _nodes[number].Said));
        _nodes.Remove(number);
    }

    /// <summary>Which node has each recorder, as a node says.</summary>
    public async Task<IReadOnlyDictionary<string, string>> OwnersAsync(int node) => (await _nodes[node].GetAsync("/v1/recorders")).GetProperty("recorders").EnumerateArray()
        .ToDictionary(recorder => recorder.GetProperty("id").GetString()!, recorder => recorder.TryGetProperty("node", out var owner) ? owner.GetString() ?? "" : "");

    /// <summary>A metric of a node, summed up over its labels.</summary>
    public async Task<double> MetricAsync(int node, string name) => (await _nodes[node].Http.GetStringAsync("/metrics")).Split('\n')
        .Where(line => line.StartsWith(name, StringComparison.Ordinal) && line[name.Length] is ' ' or '{').Sum(line => double.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture));

    /// <summary>Waits until all nodes say the same of who has which recorder, and each recorder has a node.</summary>
    public Task UntilAgreedAsync() => UntilIndexedAsync(async () =>
    {
        var said = await Task.WhenAll(_nodes.Keys.Select(OwnersAsync));
        return said.All(owners => !owners.Values.Contains("")) && said.Select(owners => string.Join(' ', owners.OrderBy(it => it.Key))).Distinct().Count() == 1;
    });

    /// <summary>Stops all recorders, and waits until each node knows of all that was recorded.</summary>
    public async Task StopAndIndexAsync(int count)
    {
        await StopAllAsync(count);
        foreach (var node in _nodes.Keys)
        {
            await UntilIndexedAsync(
                () => CountsAsync(0, "SELECT COUNT(*) FROM recordings WHERE ended_at IS NULL", node),
                async () => $"Open on n{node}:\n" + string.Join('\n', (await QueryAsync(
                    """
                    SELECT r.recorder, r.recording, r.sequence, e.node, e.epoch, e.number, e.is_late, e.duration / 10000 FROM recordings r
                    JOIN extents e USING (recorder, recording) WHERE r.ended_at IS NULL ORDER BY 1, 5, 6
                    """, node)).Select(row => string.Join(' ', row))) + "\nstates: "
                    + string.Join(", ", (await _nodes[node].GetAsync("/v1/recorders")).GetProperty("recorders").EnumerateArray().Select(it => $"{it.GetProperty("id")} {it.GetProperty("state")} on {it.GetProperty("node")}")));
        }
    }

    /// <summary>Defines recorders of small test patterns, or of a source of which <c>{n}</c> is the recorder's number.</summary>
    public async Task DefineAsync(int count, int timeslice = 500, int rate = 5, string source = "")
    {
        var nodes = _nodes.Values.ToList();
        for (var n = 0; n < count; n++)
        {
            var node = nodes[n % nodes.Count];
            await node.PostAsync("/v1/recorders", new
            {
                id = $"r{n}",
                source = source.Length > 0 ? source.Replace("{n}", n.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal) : $"test:?size=64x48&rate={rate}&audio=off",
                timeslice,
                minimumTimeslice = 100,
            });
        }
    }

    /// <summary>Defines recorders of tiny test patterns, many at a time; those that exist stay.</summary>
    public Task DefineManyAsync(int count)
    {
        var nodes = _nodes.Values.ToList();
        return Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (n, _) =>
        {
            // Who exists already is refused.
            using var defined = await System.Net.Http.Json.HttpClientJsonExtensions.PostAsJsonAsync(
                nodes[n % nodes.Count].Http, "/v1/recorders", new { id = $"r{n}", source = "test:?size=64x48&rate=1&audio=off", timeslice = 5000 }, CancellationToken.None);
        });
    }

    /// <summary>All recorders, as a node lists them page by page.</summary>
    public static async IAsyncEnumerable<JsonElement> ListAsync(NodeProcess node)
    {
        const string Pages = "/v1/recorders?limit=1000";
        var next = Pages;
        while (next.Length > 0)
        {
            var page = await node.GetAsync(next);
            foreach (var recorder in page.GetProperty("recorders").EnumerateArray())
                yield return recorder;

            next = page.TryGetProperty("next", out var more) && more.GetString() is { Length: > 0 } cursor ? Pages + "&after=" + Uri.EscapeDataString(cursor) : "";
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

    /// <summary>Asks the index of all recordings that a node keeps.</summary>
    /// <param name="node">Null is any.</param>
    /// <param name="file">Another database of the node.</param>
    public async Task<IReadOnlyList<object?[]>> QueryAsync(string sql, int? node = null, string file = "cluster.db")
    {
        await using var connection = new SqliteConnection($"Data Source={Path.Combine(DataOf(node ?? _nodes.Keys.First()), file)};Mode=ReadOnly;Pooling=False");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<object?[]>();
        while (await reader.ReadAsync())
        {
            var row = new object?[reader.FieldCount];
            reader.GetValues(row!);
            rows.Add(row);
        }

        return rows;
    }

    /// <summary>Whether a statement that counts finds that many, in a node's index.</summary>
    public async Task<bool> CountsAsync(long expected, string sql, int? node = null) => (await QueryAsync(sql, node))[0][0] is long count && count == expected;

    /// <summary>The recorders of a node, as another or itself says.</summary>
    public async Task<HashSet<string>> OwnedByAsync(string node) => (await Any.GetAsync("/v1/recorders")).GetProperty("recorders").EnumerateArray()
        .Where(recorder => recorder.GetProperty("node").GetString() == node).Select(recorder => recorder.GetProperty("id").GetString()!).ToHashSet();

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

    /// <summary>Waits until something holds, which what the nodes index shows.</summary>
    public async Task UntilIndexedAsync(Func<Task<bool>> holds, Func<Task<string>>? describe = null)
    {
        var waited = Stopwatch.StartNew();
        while (!await holds())
        {
            if (waited.Elapsed >= RecorderProcess.Patience)
                waited.Elapsed.ShouldBeLessThan(RecorderProcess.Patience, (describe is null ? "" : await describe() + "\n") + Said());

            await Task.Delay(100);
        }
    }

    /// <summary>Each node's folder is as it says.</summary>
    public async Task VerifyAsync()
    {
        foreach (var data in _ports.Keys.Select(DataOf).Where(Directory.Exists))
        {
            var verified = await Command.RunAsync(RecorderProcess.Program, ["verify", "--data", data]);
            verified.ExitCode.ShouldBe(0, verified.Output + verified.Error + Said());
        }
    }

    /// <summary>Waits until each node's folder is as it says: a node that was killed completes what it has of other nodes' recorders some time after its start.</summary>
    public async Task UntilVerifiedAsync() => await UntilIndexedAsync(async () =>
    {
        var verified = await Task.WhenAll(_ports.Keys.Select(DataOf).Where(Directory.Exists).Select(data => Command.RunAsync(RecorderProcess.Program, ["verify", "--data", data])));
        return verified.All(folder => folder.ExitCode == 0);
    });

    public string Said() => string.Join("\n", _nodes.Select(it => $"--- n{it.Key}\n{string.Join('\n', it.Value.Said.Split('\n').TakeLast(25))}"));

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes.Values)
            await node.DisposeAsync();

        foreach (var link in Links)
            await link.DisposeAsync();

        _folder.Dispose();
    }
}
