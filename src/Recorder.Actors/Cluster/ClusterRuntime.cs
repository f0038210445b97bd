using Microsoft.Extensions.Logging;
using Recorder.Actors.Catalogue;
using Recorder.Actors.Catalogue.Sql;
using Recorder.Actors.Registry;
using Recorder.Actors.Secrets;
using Recorder.Contracts;

namespace Recorder.Actors.Cluster;

/// <summary>What a node needs to take part in a cluster.</summary>
/// <param name="Options">How.</param>
/// <param name="Database">The database; its schema is up to date.</param>
/// <param name="Seal">Keeps credentials unreadable in the database: the same on all nodes.</param>
/// <param name="Peers">Carries messages to other nodes.</param>
internal sealed record ClusterSetup(ClusterOptions Options, PostgresDatabase Database, ISecretCipher Seal, IPeers Peers)
{
    /// <summary>Whether the database did not answer just now: a node that took part before records what it had, and joins when it does.</summary>
    public bool IsAway { get; init; }
}

/// <summary>A node's part in its cluster, from the join to the end.</summary>
internal sealed class ClusterRuntime : IAsyncDisposable
{
    private static readonly TimeSpan Others = TimeSpan.FromSeconds(10);

    private readonly ClusterSetup _setup;
    private readonly ActorSystem _system;
    private readonly SqlCatalogue _local;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly string _folder;
    private IReadOnlyList<RecorderDefinition> _policies = [];
    private IActorRef _actor = ActorRefs.Nobody;

    public ClusterRuntime(
        ClusterSetup setup, ActorSystem system, SqlCatalogue local, HistoryFinder finder, string folder, LoadMeter load, ILogger logger,
        TimeProvider time)
    {
        (_setup, _system, _local, _logger, _time, _folder) = (setup, system, local, logger, time, folder);
        var options = setup.Options;
        var tenures = new Tenures(options.Trust, time);
        Past = new ClusterPast(finder, local, tenures, folder, logger, time);
        Node = new ClusterNode(options, new PostgresClusterStore(setup.Database, options.Lease, setup.Seal), tenures, Past, () => load.Measure(Index!.Bytes), logger, time);
        Index = new SharedIndex(setup.Database, options.Node.Id, options.Node.Instance);
        Node.Routes = Routes = new ClusterRoutes(Node, time);
        var shared = SqlCatalogue.CreateShared(setup.Database, new CatalogueOptions { Root = folder, Time = time });
        Answers = shared.Answers;
        Catalogue = new ClusterCatalogue(shared, Index, local, Routes);
    }

    public ClusterNode Node { get; }

    public ClusterPast Past { get; }

    public ClusterRoutes Routes { get; }

    public ClusterCatalogue Catalogue { get; }

    public SharedIndex Index { get; }

    /// <summary>Answers to requests that may be sent again, to any node.</summary>
    public AnswerStore Answers { get; }

    /// <summary>The recorders of the cluster: takes <see cref="RegistryProtocol"/> and every recorder's commands.</summary>
    public IActorRef Region { get; private set; } = ActorRefs.Nobody;

    /// <summary>Takes <see cref="ReplicatorActor.GetLag"/>.</summary>
    public IActorRef Replicator { get; private set; } = ActorRefs.Nobody;

    /// <summary>Takes <see cref="ClusterActor.SubscribeMembers"/>.</summary>
    public IActorRef Members => _actor;

    /// <summary>Joins. From here on other nodes may ask this one; what it takes comes with <see cref="Begin"/>.</summary>
    /// <param name="definitions">What a node brings that was on its own until now.</param>
    /// <param name="ending">Gives it up.</param>
    public async Task JoinAsync(IReadOnlyList<RecorderDefinition> definitions, CancellationToken ending)
    {
        await Node.JoinAsync(ending).ConfigureAwait(false);
        foreach (var definition in definitions)
        {
            await Node.Store.DefineAsync(definition, ending).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Begins without the database: this node goes on with what it had when it ended, until it can ask whether that is its own still. What
    /// another has taken meanwhile joins the recordings as late.
    /// </summary>
    /// <param name="definitions">What it had.</param>
    /// <param name="ending">Gives it up.</param>
    public async Task BeginAwayAsync(IReadOnlyList<RecorderDefinition> definitions, CancellationToken ending)
    {
        ClusterLog.BeginsAway(_logger, definitions.Count);
        foreach (var definition in definitions)
        {
            var token = await Past.ExpectOwnAsync(definition, ending).ConfigureAwait(false);
            Node.Tenures.Take(definition.Id, token, since: 0);
        }
    }

    /// <summary>Whether this node has something of a recording.</summary>
    public bool HasFolderOf(RecordingKey recording) =>
        Directory.Exists(Path.Combine(_folder, recording.Recorder.Value, recording.Recording.Value));

    /// <summary>Begins to take recorders.</summary>
    /// <param name="fleet">Makes them.</param>
    /// <param name="flush">Waits until what was raised is in this node's journal.</param>
    public void Begin(IActorRef fleet, Func<Task> flush)
    {
        Node.Fleet = fleet;
        Replicator = _system.ActorOf(ReplicatorActor.PropsFor(_local, Index, Node.Tenures, _logger), "replicator");
        Node.FlushAsync = async () =>
        {
            await flush().ConfigureAwait(false);
            await FlushAsync().ConfigureAwait(false);
        };
        Node.Complete = async definition =>
        {
            await flush().ConfigureAwait(false);
            return await Past.LeaveAsync(definition.Id).ConfigureAwait(false);
        };
        Region = _system.ActorOf(RegionActor.PropsFor(Node, Routes, _setup.Peers), "region");
        _actor = _system.ActorOf(ClusterActor.PropsFor(Node, _logger), "cluster");
        _ = CompleteOthersAsync();
    }

    /// <summary>How long what this folder records is kept: policies of recorders that live elsewhere hold here, too.</summary>
    public async Task<IReadOnlyList<RecorderDefinition>> PoliciesAsync(CancellationToken ending)
    {
        try
        {
            _policies = await Catalogue.ListRecordersAsync(ending).ConfigureAwait(false);
            foreach (var (key, isHeld) in await Index.HoldsAsync(ending).ConfigureAwait(false))
            {
                await _local.SetHoldAsync(key, isHeld, ending).ConfigureAwait(false);
            }
        }
        catch (CatalogueUnavailableException)
        {
            // As they were.
        }

        return _policies;
    }

    /// <summary>Gives everything up that this node records, in order.</summary>
    public async Task LeaveAsync(TimeSpan timeout)
    {
        await _actor.Ask<ClusterActor.Ended>(new ClusterActor.End(), timeout).ConfigureAwait(false);
        await FlushAsync().WaitAsync(timeout, _time).ConfigureAwait(false);
        await Node.Store.LeaveAsync(Node.Id, Node.Epoch, CancellationToken.None).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        Node.Dispose();
        Past.Dispose();
        await Catalogue.DisposeAsync().ConfigureAwait(false);
        await _setup.Database.DisposeAsync().ConfigureAwait(false);
    }

    private async Task FlushAsync() => await Replicator.Ask<ReplicatorActor.Flushed>(
        new ReplicatorActor.Flush(await _local.LastEventAsync(CancellationToken.None).ConfigureAwait(false)), Others).ConfigureAwait(false);

    // What is this node's again is made by then.
    private async Task CompleteOthersAsync()
    {
        try
        {
            await Task.Delay(Others, _time, Node.Ending).ConfigureAwait(false);
            await Task.Run(() => Past.CompleteOthersAsync(Node.Ending)).ConfigureAwait(false);
        }
        catch (Exception ended) when (ended is OperationCanceledException or ObjectDisposedException)
        {
            // The next start completes them.
        }
    }
}
