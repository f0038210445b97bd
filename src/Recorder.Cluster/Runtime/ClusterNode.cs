using Akka.Actor;
using Recorder.Actors.Catalogue;
using Recorder.Actors.Registry;
using Recorder.Cluster.Nodes;
using Recorder.Cluster.Registry;
using Recorder.Cluster.Tenures;
using Recorder.Cluster.Trust;
using Recorder.Contracts;

namespace Recorder.Cluster.Runtime;

/// <summary>This node as its control plane, and the registry of its recorders, use it.</summary>
/// <param name="card">What the node says of itself, without what changes.</param>
/// <param name="load">What it writes now, and how long its disks take.</param>
internal sealed class ClusterNode(NodeCard card, ClusterView view, RecorderRegistry registry, NodeStore store, Func<NodeLoad> load) : INodeSide, ISharedDefinitions
{
    private static readonly TimeSpan HandOverTimeout = TimeSpan.FromSeconds(30);
    private const string Draining = "draining";

    private readonly MadeOfRegistry<IReadOnlyCollection<WantedRecorder>> _wanted = new(registry, ListWanted);
    private readonly MadeOfRegistry<IReadOnlyList<RegisteredRecorder>> _registered = new(registry, made => made.ReadAll());
    private volatile bool _isDraining = store.ReadSetting(Draining) is not null and not "";
    private volatile bool _isLeaving;
    private long _claims;
    private long _revision;

    /// <summary>Completes what this node has of a recorder that it hands over, and finds where its successor continues.</summary>
    public Func<RecorderDefinition, Task<RecorderHistory>> Complete { get; set; } = _ => Task.FromResult(new RecorderHistory(0, 0));

    /// <summary>The <see cref="TenuresActor"/>.</summary>
    public IActorRef Tenures { get; set; } = ActorRefs.Nobody;

    /// <summary>Told when nodes come and go.</summary>
    public Action? MembersChanged { get; set; }

    /// <summary>The certificate of its control plane; null if it has none.</summary>
    public TrustFolder? Trust { get; init; }

    public string Name => card.Node;

    /// <summary>How often this node was asked to take a recorder.</summary>
    public long Claims => Interlocked.Read(ref _claims);

    public bool IsDraining
    {
        get => _isDraining || _isLeaving;
        set
        {
            _isDraining = value;
            store.WriteSetting(Draining, value ? "yes" : "");
            view.See(Card);
        }
    }

    public NodeCard Card
    {
        get
        {
            var now = load();
            return card with
            {
                IsDraining = IsDraining,
                IsLeaving = _isLeaving,
                Revision = Interlocked.Increment(ref _revision),
                Recorders = view.HeldCount,
                BytesPerSecond = now.BytesPerSecond,
                WriteLatency = now.WriteLatency,
                Certificate = Trust?.Current.Card,
            };
        }
    }

    public IReadOnlyCollection<WantedRecorder> Wanted => _wanted.Value;

    public IReadOnlyList<HeldRecorder> Held => view.Held;

    public KnownTenures Find(RecorderId recorder) => view.FindKnown(recorder);

    public void Claim(RecorderId recorder, long highestTerm)
    {
        Interlocked.Increment(ref _claims);
        Tenures.Tell(new TenuresActor.Claim(recorder, highestTerm), ActorRefs.NoSender);
    }

    public void Hear(NodeCard from, IReadOnlyList<HeldRecorder> held)
    {
        view.Hear(from, held);
        Tenures.Tell(new TenuresActor.Heard(from, held), ActorRefs.NoSender);
    }

    public void Merge(IReadOnlyList<RegisteredRecorder> recorders) => registry.Merge(recorders);

    public IReadOnlyList<RegisteredRecorder> ReadRegistry() => _registered.Value;

    public void SetMembers(IReadOnlyList<NodeCard> members)
    {
        view.SetMembers(members);
        MembersChanged?.Invoke();
    }

    public Task<HandOverAnswer> HandOverAsync(RecorderId recorder, Tenure successor) =>
        Tenures.Ask<HandOverAnswer>(new TenuresActor.HandOver(recorder, successor), HandOverTimeout);

    /// <summary>What the registry knows has changed.</summary>
    public void Follow(IReadOnlyList<RegistryChange> changes, bool isHere) =>
        Tenures.Tell(new TenuresActor.RegistryChanged(changes, isHere), ActorRefs.NoSender);

    /// <summary>Hands over everything from here on, because the process ends.</summary>
    public void BeginLeaving() => _isLeaving = true;

    Task ISharedDefinitions.CheckOwnershipAsync(RecorderId recorder) => view.Holds(recorder)
        ? Task.CompletedTask
        : throw new CatalogueUnavailableException($"Recorder {recorder} is on another node now; ask again.");

    Task ISharedDefinitions.PersistAsync(RecorderDefinition definition)
    {
        registry.Put(definition);
        return Task.CompletedTask;
    }

    Task ISharedDefinitions.RemoveAsync(RecorderId recorder)
    {
        registry.Delete(recorder);
        return Task.CompletedTask;
    }

    Task<RecorderHistory> ISharedDefinitions.CompleteHandOverAsync(RecorderDefinition definition) => Complete(definition);

    private static IReadOnlyCollection<WantedRecorder> ListWanted(RecorderRegistry registry) =>
        [.. registry.Definitions.Select(definition => new WantedRecorder(definition.Id, Placing.PlaceOf(definition), Placing.IsExclusive(definition)))];
}
