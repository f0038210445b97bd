using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Recorder.Cluster.ControlPlane;
using Recorder.Cluster.Nodes;
using Recorder.Cluster.Trust;
using Recorder.Contracts;

namespace Recorder.Cluster.Tests.ControlPlane;

/// <summary>Real control planes on loopback ports in one process, each with a fake node around it.</summary>
internal sealed class PlanesUnderTest : IAsyncDisposable
{
    private readonly Dictionary<string, PlaneUnderTest> _planes = [];
    private readonly Dictionary<string, int> _ports = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly LogOfPlanes _log = new();
    private readonly Task _recording;

    public PlanesUnderTest(int recorders, Func<int, string>? placeOf = null)
    {
        Wanted = [.. Enumerable.Range(0, recorders).Select(number => new WantedRecorder(new RecorderId($"cam-{number}"), placeOf?.Invoke(number) ?? "", false))];
        _recording = Task.Run(RecordAsync);
    }

    public IReadOnlyList<WantedRecorder> Wanted { get; }

    public IReadOnlyCollection<PlaneUnderTest> Each => _planes.Values;

    /// <summary>The certificates of a node; null for none.</summary>
    public Func<string, TrustFolder?> TrustOf { get; init; } = _ => null;

    /// <summary>What a node says of its certificate to the others; null says what is so.</summary>
    public Func<string, CardCertificate?>? ClaimOf { get; init; }

    /// <summary>Nodes do not find each other.</summary>
    public bool IsApart { get; set; }

    public IReadOnlyCollection<string> Log => _log.Lines;

    public ILoggerFactory LogOf(string node) => new LoggerFactory([_log.For(node)]);

    public PlaneUnderTest this[string node] => _planes[node];

    /// <summary>The nodes that say now that they store a recorder.</summary>
    public IEnumerable<string> HoldersOf(WantedRecorder recorder) =>
        _planes.Values.Where(plane => plane.Side.Held.Any(held => held.Recorder == recorder.Id && held.Report.IsStoring)).Select(plane => plane.Card.Node);

    public async Task StartAsync(params string[] nodes)
    {
        foreach (var node in nodes)
            await StartAsync(node, node, []);
    }

    public Task StartAsync(string node, params (string Key, string Value)[] labels) => StartAsync(node, node, labels);

    /// <summary>Starts another node with the name of one that is there.</summary>
    public Task StartCloneAsync(string node, string clone) => StartAsync(node, clone, []);

    private async Task StartAsync(string name, string node, (string Key, string Value)[] labels)
    {
        var port = PortOf(node);
        var trust = TrustOf(node);
        var api = new TcpListener(IPAddress.Loopback, 0);
        api.Start();
        var card = new NodeCard
        {
            Node = name,
            Start = StartId.Draw(),
            Folder = node,
            Cluster = "c1",
            Url = new Uri($"http://127.0.0.1:{((IPEndPoint)api.LocalEndpoint).Port}"),
            Host = "127.0.0.1",
            Port = port,
            Labels = labels.ToDictionary(label => label.Key, label => label.Value),
            Certificate = ClaimOf is null ? trust?.Current.Card : ClaimOf(node),
        };
        var side = new FakeNodeSide(card, Wanted);
        var options = new ControlPlaneOptions
        {
            Host = card.Host,
            Port = port,
            BindAddress = "127.0.0.1",
            Trust = trust,
            Greet = _ => Task.FromResult(Answer(card)),
            GreetInterval = TimeSpan.FromMilliseconds(250),
        };
        var service = new ControlPlaneService(side, options, LogOf(node), TimeProvider.System);
        side.Plane = service;
        lock (_planes)
            _planes[node] = new PlaneUnderTest(card, side, service, api);

        await service.StartAsync();
    }

    /// <summary>The port of a node, started or not.</summary>
    public int PortOf(string node) => _ports.TryGetValue(node, out var port) ? port : _ports[node] = FindFreePort();

    /// <summary>Waits until something is so.</summary>
    public async Task<TimeSpan> UntilAsync(Func<bool> condition, string what, double seconds = 15)
    {
        var watch = Stopwatch.StartNew();
        while (!condition())
        {
            if (watch.Elapsed > TimeSpan.FromSeconds(seconds))
                throw new TimeoutException($"Not within {seconds} s: {what}\n{Describe()}\n{string.Join('\n', Log)}");

            await Task.Delay(20);
        }

        return watch.Elapsed;
    }

    public Task<TimeSpan> UntilMembersAsync(params string[] nodes) =>
        UntilAsync(() => AreMembers(nodes), $"members are {string.Join(", ", nodes)}");

    public bool AreMembers(params string[] nodes) => nodes.All(node => _planes[node].Side.Members.Select(card => card.Node).SequenceEqual(nodes));

    public Task<TimeSpan> UntilEachHasOneHolderAsync(params string[] among) =>
        UntilAsync(() => Wanted.All(recorder => HoldersOf(recorder).ToList() is [var holder] && among.Contains(holder)), "each recorder has one storing holder");

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_planes.Values.Select(plane => plane.Service.DisposeAsync().AsTask()));
        await _stop.CancelAsync();
        await _recording;
        foreach (var plane in _planes.Values)
            plane.Api.Dispose();
    }

    private IReadOnlyList<Greeting> Answer(NodeCard asking)
    {
        lock (_planes)
        {
            return IsApart || _planes.Values.First(plane => plane.Card.Start == asking.Start).Side.IsDead ? [] : [.. _planes.Values.Where(plane => plane.Card.Start != asking.Start && !plane.Side.IsDead)
                .Select(plane => new Greeting(plane.Side.Card, plane.Service.Formation, []))];
        }
    }

    private async Task RecordAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            List<PlaneUnderTest> planes;
            lock (_planes)
                planes = [.. _planes.Values];

            planes.ForEach(plane => plane.Side.StoreFragments());
            await Task.Delay(200);
        }
    }

    private string Describe() =>
        string.Join('\n', Wanted.Select(recorder => $"{recorder.Id} is held by {string.Join(", ", HoldersOf(recorder))}")
            .Concat(_planes.Values.Select(plane => $"{plane.Card.Node} sees {string.Join(", ", plane.Side.Members.Select(card => card.Node))}")));

    private static int FindFreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

/// <param name="Api">Where its API would be: it takes connections for as long as the process lives.</param>
internal sealed record PlaneUnderTest(NodeCard Card, FakeNodeSide Side, ControlPlaneService Service, TcpListener Api)
{
    /// <summary>Ends the process.</summary>
    public Task KillAsync()
    {
        Side.IsDead = true;
        Api.Stop();
        return KillControlPlaneAsync();
    }

    /// <summary>Ends the actor system without leaving the cluster.</summary>
    public Task KillControlPlaneAsync() => Service.System!.Terminate();
}
