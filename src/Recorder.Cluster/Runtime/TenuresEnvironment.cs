using Akka.Actor;
using Microsoft.Extensions.Logging;
using Recorder.Actors.Storage;
using Recorder.Cluster.Nodes;
using Recorder.Cluster.Tenures;
using Recorder.Contracts;

namespace Recorder.Cluster.Runtime;

/// <summary>What a node's tenures work with. The states are here so that they outlast a failure of the actor.</summary>
/// <param name="Start">This run of the process.</param>
/// <param name="StartedAt">When it began, by the view's clock.</param>
/// <param name="Recorders">The node's registry, which creates and ends recorders.</param>
internal sealed record TenuresEnvironment(
    ClusterView View, RecorderRegistry Registry, NodeStore Store, StartId Start, TimeSpan StartedAt, StoredMedia Stored, IActorRef Recorders,
    IControlPlane Plane, TakeOverHistory History, Func<bool> IsDraining, ILogger Logger)
{
    public Dictionary<RecorderId, HeldState> States { get; } = [];

    public MoveCounts Moves { get; init; } = new();

    /// <summary>The parent of the recorders themselves.</summary>
    public required IActorRef Parent { get; init; }

    public HeldState StateOf(RecorderId recorder)
    {
        if (States.TryGetValue(recorder, out var known))
            return known;

        var isExclusive = Registry.Find(recorder) is { } definition && Placing.IsExclusive(definition);
        var state = new HeldState(recorder, new TenureState(View.Node, Start, isExclusive), isExclusive);
        States.Add(recorder, state);
        return state;
    }

    /// <summary>Learns what this node had written down before.</summary>
    public void Restore()
    {
        foreach (var (recorder, report) in Store.ReadTenures())
        {
            var state = StateOf(recorder);
            state.Tenures.Learn(report);
            View.SetKnown(recorder, new KnownTenures(state.Tenures.HighestTerm, state.Tenures.HighestConfirmed));
        }
    }
}
