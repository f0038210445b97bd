using Akka.Actor;
using Microsoft.Extensions.Logging;
using Recorder.Actors;
using Recorder.Actors.Catalogue;
using Recorder.Actors.Registry;
using Recorder.Actors.Takes;
using Recorder.Cluster.ControlPlane;
using Recorder.Cluster.Formations;
using Recorder.Cluster.Following;
using Recorder.Cluster.Index;
using Recorder.Cluster.Nodes;
using Recorder.Cluster.Takes;
using Recorder.Cluster.Tenures;
using Recorder.Contracts;

namespace Recorder.Cluster.Runtime;

/// <summary>A node's part in its cluster, from its start to its end.</summary>
internal sealed class ClusterRuntime : INodeCluster
{
    private static readonly TimeSpan SettleTime = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan CompleteInterval = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan WatchInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan FlushTimeout = TimeSpan.FromSeconds(1);

    private readonly ClusterSetup _setup;
    private readonly ClusterHost _parts;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _ending = new();
    private readonly NodeStore _store;
    private readonly RecorderRegistry _registry;
    private readonly TakeOverHistory _history;
    private readonly ControlPlaneService _plane;
    private readonly JournalFollowers _followers;
    private readonly LateMediaWatch _late;
    private readonly MoveCounts _moves = new();
    private Func<Task> _flush = () => Task.CompletedTask;
    private readonly Lock _leavingGate = new();
    private ITimer? _watching;
    private Task? _leaving;

    private ClusterRuntime(ClusterSetup setup, ClusterHost parts, NodeStore store, ClusterIndex index, OwnJournal journal, ILoggerFactory logging, TimeProvider time)
    {
        (_setup, _parts, _store, Index, Journal, _time, _logger) = (setup, parts, store, index, journal, time, logging.CreateLogger("Cluster"));
        View = new ClusterView(setup.Card.Node, time);
        _registry = new RecorderRegistry(setup.Card.Node, store, setup.Cipher);
        var load = new LoadMeter(() => parts.Runtime.Volumes, () => index.Bytes, time);
        Node = new ClusterNode(setup.Card, View, _registry, store, load.Measure) { Trust = setup.Trust };
        Routes = new ClusterRoutes(View, _registry, time);
        Watch = new MemberWatch(View);
        Takes = new ClusterTakes(setup.Card.Node, ReadMembers, setup.Takes, _logger, time);
        _history = new TakeOverHistory(
            parts.History, parts.Catalogue, ReadHistoryAsync, index.Log.FindBefore, index.Log.HasRaised, View.IsHeldHere, parts.RecordingsFolder, _logger, time);
        index.Log.MayStillCome = node => View.Find(node) is { IsAlive: true };
        Greetings = new Greetings(setup, store, View, new JoinProblems(_logger, time), () => Node.Card, () => Formation);
        _plane = new ControlPlaneService(
            Node,
            new ControlPlaneOptions
            {
                Host = setup.Card.Host,
                Port = setup.Card.Port,
                BindAddress = setup.BindAddress,
                Join = setup.Join,
                Trust = setup.Trust,
                Greet = Greetings.AskAsync,
            },
            logging, time);
        _followers = new JournalFollowers(setup.Card.Node, journal, index, setup.Journals, _logger, time);
        _late = new LateMediaWatch(index.Log, View, _history.FindBegun, parts.Runtime.Recorders, _logger, time);
        Catalogue = new ClusterCatalogue(index, parts.Catalogue, Routes, parts.RecordingsFolder, time);
        View.See(Node.Card);
        foreach (var card in store.ReadNodes())
            View.Know(card);
    }

    public ClusterNode Node { get; }

    public ClusterView View { get; }

    public ClusterRoutes Routes { get; }

    public ClusterIndex Index { get; }

    /// <summary>This node's journal, as the others follow it.</summary>
    public OwnJournal Journal { get; }

    public MemberWatch Watch { get; }

    public ClusterCatalogue Catalogue { get; }

    public ClusterTakes Takes { get; }

    public string Name => _setup.Card.Node;

    /// <summary>Ends what waits.</summary>
    public CancellationToken Ending => _ending.Token;

    /// <summary>The formation of which this node's control plane is part; null while it is down or joining.</summary>
    public Formation? Formation => _plane.Formation;

    public Greetings Greetings { get; }

    /// <summary>Recorders that another node handed over to this one.</summary>
    public long HandOvers => _moves.HandOvers;

    /// <summary>Recorders that this node took from one that could not hand them over.</summary>
    public long TakeOvers => _moves.TakeOvers;

    /// <summary>How often the control plane ended and started again.</summary>
    public long Restarts => _plane.Restarts;

    /// <summary>The other nodes, and whether this one follows their journals at the moment.</summary>
    public IEnumerable<(string Node, bool IsFollowed)> Followed => _followers.Others.Select(other => (other.Key, other.Value.IsFollowing));

    /// <summary>What this node answers to a node that asks who it is.</summary>
    public Greeting Greeting => Greetings.Own;

    public IActorRef Router { get; private set; } = ActorRefs.Nobody;

    ICatalogue INodeCluster.Catalogue => Catalogue;

    IHistoryFinder INodeCluster.History => _history;

    ISharedDefinitions INodeCluster.Definitions => Node;

    ITakesCluster INodeCluster.Takes => Takes;

    /// <summary>Opens what the node has on its disk; nothing runs yet.</summary>
    public static async Task<ClusterRuntime> OpenAsync(ClusterSetup setup, ClusterHost parts, ILoggerFactory logging, TimeProvider time, CancellationToken cancellationToken)
    {
        var index = await ClusterIndex.OpenAsync(Path.Combine(setup.DataFolder, "cluster.db"), setup.Card.Node, time, cancellationToken).ConfigureAwait(false);
        var journal = await OwnJournal.OpenAsync(parts.Catalogue, index, setup.Card.Start, time, cancellationToken).ConfigureAwait(false);
        return new ClusterRuntime(setup, parts, NodeStore.Open(setup.DataFolder), index, journal, logging, time);
    }

    /// <summary>All nodes, this one as it is now.</summary>
    public IReadOnlyList<ClusterMember> ReadMembers()
    {
        View.See(Node.Card);
        return View.Members;
    }

    /// <summary>How many events of this node's journal are not in its index.</summary>
    public async Task<long> MeasureLagAsync() =>
        await _parts.Catalogue.LastEventAsync(CancellationToken.None).ConfigureAwait(false)
            - ((await Index.PositionAsync(Name, CancellationToken.None).ConfigureAwait(false))?.Journal.Number ?? 0);

    /// <summary>Whether this node has something of a recording.</summary>
    public bool HasFolderOf(RecordingKey recording) =>
        Directory.Exists(Path.Combine(_parts.RecordingsFolder, recording.Recorder.Value, recording.Recording.Value));

    public Task BeginAsync(IReadOnlyList<RecorderDefinition> own, CancellationToken cancellationToken)
    {
        // Of a recorder that the registry knows, the registry's definition counts: the folder's may be older than a change on another node.
        foreach (var definition in own)
            _registry.TryAdd(definition);

        return Task.CompletedTask;
    }

    public void StartTakes(IActorRef takes) => Takes.Start(takes);

    public void Start(IActorRef registry, Func<Task> flush)
    {
        _flush = flush;
        var environment = new TenuresEnvironment(
            View, _registry, _store, _setup.Card.Start, View.Now, _parts.Runtime.Stored, registry, _plane, _history, () => Node.IsDraining, _logger)
        {
            Parent = _parts.Runtime.Recorders,
            Moves = _moves,
        };
        environment.Restore();
        Node.Complete = async definition =>
        {
            await flush().ConfigureAwait(false);
            var isIndexed = await FlushIndexAsync(CancellationToken.None).ConfigureAwait(false);
            return await _history.CompleteAsync(definition.Id, isIndexed).ConfigureAwait(false);
        };
        Node.Tenures = _parts.Runtime.System.ActorOf(TenuresActor.PropsFor(environment), "tenures");
        _registry.Changed = (changes, isHere) => Node.Follow(changes, isHere);
        _registry.ChangedHere = _plane.Spread;
        Node.MembersChanged = OnMembersChanged;
        // Nobody tells of a node that falls silent.
        _watching = _time.CreateTimer(_ => OnMembersChanged(), null, WatchInterval, WatchInterval);
        Router = _parts.Runtime.System.ActorOf(RouterActor.PropsFor(View, _registry, Routes, registry, _setup.Peers), "router");
        _late.Start();
        _ = _plane.StartAsync();
        _ = CompleteOthersAsync();
        _ = new AbandonedRecordings(Index, _registry, View, _logger, _time).RunAsync(_ending.Token);
    }

    public IRetentionStore Share(IRetentionStore local) => new IndexedRetention(_parts.Catalogue, Index);

    public async Task<IReadOnlyList<RecorderDefinition>> ListPoliciesAsync(CancellationToken cancellationToken)
    {
        try
        {
            foreach (var (key, isHeld) in await Index.HoldsAsync(cancellationToken).ConfigureAwait(false))
                await _parts.Catalogue.SetHoldAsync(key, isHeld, cancellationToken).ConfigureAwait(false);
        }
        catch (CatalogueUnavailableException)
        {
            // The holds stay as they are until the index can be read again.
        }

        return [.. _registry.Definitions];
    }

    public Task LeaveAsync(TimeSpan timeout)
    {
        lock (_leavingGate)
            return _leaving ??= LeaveOnceAsync(timeout);
    }

    private async Task LeaveOnceAsync(TimeSpan timeout)
    {
        Node.BeginLeaving();
        _plane.Announce();
        var began = _time.GetTimestamp();
        List<RecorderId> stored = [.. View.Held.Where(held => held.Report.IsStoring).Select(held => held.Recorder)];
        // Nobody takes over from a node that is alone: then its recordings continue when it starts again.
        while (!IsHandedOver(stored) && View.HasCompany && _time.GetElapsedTime(began) < timeout)
            await Task.Delay(PollInterval, _time).ConfigureAwait(false);

        await _flush().ConfigureAwait(false);
        // The others' indices are complete before this node cannot be asked any more. A hand-over that took all of the time leaves them some.
        var until = TimeSpan.FromTicks(Math.Max(timeout.Ticks, (_time.GetElapsedTime(began) + (timeout / 2)).Ticks));
        while (!IsFollowed() && _time.GetElapsedTime(began) < until)
            await Task.Delay(PollInterval, _time).ConfigureAwait(false);
    }

    private bool IsFollowed() => View.Members.All(member => member.Name == Name || !member.IsAlive || Journal.IsFollowedBy(member.Name));

    /// <summary>Forgets a node that is gone for good.</summary>
    /// <returns>False when there is no such node.</returns>
    public async Task<bool> ForgetAsync(string node, CancellationToken cancellationToken)
    {
        if (View.Find(node) is not { } member)
            return false;

        _store.Forget(node);
        View.Remove(member.Card);
        await Index.RemoveNodeAsync(node, cancellationToken).ConfigureAwait(false);
        Watch.Update();
        return true;
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync().ConfigureAwait(false);
        if (_watching is not null)
            await _watching.DisposeAsync().ConfigureAwait(false);

        await Takes.DisposeAsync().ConfigureAwait(false);
        await _plane.DisposeAsync().ConfigureAwait(false);
        await _late.DisposeAsync().ConfigureAwait(false);
        await _followers.DisposeAsync().ConfigureAwait(false);
        await Index.DisposeAsync().ConfigureAwait(false);
        _history.Dispose();
        _store.Dispose();
        _ending.Dispose();
    }

    private async Task<ClaimHistory> ReadHistoryAsync(RecorderDefinition definition, long term, CancellationToken cancellationToken)
    {
        await FlushIndexAsync(cancellationToken).ConfigureAwait(false);
        return await Index.ReadHistoryAsync(definition, term, cancellationToken).ConfigureAwait(false);
    }

    // Whether what this node raised itself is in the index. If the index cannot be written, recording goes on all the same: the numbers of a new tenure are
    // above all that this node can have raised.
    private async Task<bool> FlushIndexAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _followers.FlushAsync(cancellationToken).WaitAsync(FlushTimeout, _time, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (Exception late) when (late is TimeoutException or ObjectDisposedException
            || (late is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return false;
        }
    }

    // A successor asks where its recording continues, and must be answered: what this node stored is handed over when somebody else says that he stores it.
    private bool IsHandedOver(List<RecorderId> stored) =>
        View.HeldCount == 0 && stored.TrueForAll(recorder => View.FindStoringElsewhere(recorder) is not null || _registry.Find(recorder) is null);

    private void OnMembersChanged()
    {
        foreach (var change in Watch.Update())
        {
            TenuresLog.Member(_logger, change.Member.Name, change.Change.ToString().ToLowerInvariant());
            if (change.Change is MemberChange.Joined or MemberChange.Returned && change.Member.Name != Name)
                _store.Write(change.Member.Card);
        }

        _followers.SetNodes([.. View.Members.Where(member => member.Name != Name).Select(member => (member.Name, member.Url, member.Card.Start.ToString()))]);
    }

    // What this node holds again has been created when it begins. A hand-over whose files could not be completed leaves a recording open here, which another
    // node goes on with or has ended.
    private async Task CompleteOthersAsync()
    {
        try
        {
            await Task.Delay(SettleTime, _time, _ending.Token).ConfigureAwait(false);
            await TryCompleteAsync(recorders: null).ConfigureAwait(false);
            IReadOnlyList<RecorderId> before = [];
            while (true)
            {
                await Task.Delay(CompleteInterval, _time, _ending.Token).ConfigureAwait(false);
                var open = await ListOpenElsewhereAsync().ConfigureAwait(false);
                await TryCompleteAsync(open.Intersect(before)).ConfigureAwait(false);
                before = open;
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or ObjectDisposedException)
        {
            // The next start completes them.
        }
    }

    private async Task TryCompleteAsync(IEnumerable<RecorderId>? recorders)
    {
        try
        {
            await Task.Run(() => _history.CompleteOthersAsync(recorders, _ending.Token)).ConfigureAwait(false);
        }
        catch (Exception failed) when (failed is not (OperationCanceledException or ObjectDisposedException))
        {
            TenuresLog.NotEnded(_logger, failed);
        }
    }

    private async Task<IReadOnlyList<RecorderId>> ListOpenElsewhereAsync()
    {
        try
        {
            return [.. (await _parts.Catalogue.ListOpenRecordersAsync(_ending.Token).ConfigureAwait(false)).Where(recorder => !View.IsHeldHere(recorder))];
        }
        catch (CatalogueUnavailableException)
        {
            return [];
        }
    }
}
