using Recorder.Cluster.Registry;
using Recorder.Cluster.Tenures;
using Recorder.Contracts;

namespace Recorder.Cluster.Nodes;

/// <summary>A recorder for which the cluster runs a shard entity.</summary>
/// <param name="Place">The label that it requires of a node, as <c>name:value</c>; "" for none.</param>
/// <param name="IsExclusive">Whether its source allows one connection.</param>
internal sealed record WantedRecorder(RecorderId Id, string Place, bool IsExclusive);

/// <summary>What a holder reports of one recorder.</summary>
internal sealed record HeldRecorder(RecorderId Recorder, HolderReport Report);

/// <summary>What is known of a recorder's tenures.</summary>
internal readonly record struct KnownTenures(long HighestTerm, Tenure? HighestConfirmed);

/// <summary>The answer of a holder that was asked to hand a recorder over.</summary>
/// <param name="History">Where the successor continues, as JSON; null when this node did not hold the recorder.</param>
internal sealed record HandOverAnswer(string? History);

/// <summary>
/// The part of a node that outlives its control plane, as the control plane uses it. Safe to use from any thread; nothing here blocks or throws.
/// </summary>
internal interface INodeSide
{
    NodeCard Card { get; }

    /// <summary>The recorders that exist: the same object until the registry changes.</summary>
    IReadOnlyCollection<WantedRecorder> Wanted { get; }

    /// <summary>What this node holds, as it is at this moment.</summary>
    IReadOnlyList<HeldRecorder> Held { get; }

    KnownTenures Find(RecorderId recorder);

    /// <summary>The recorder's entity asks this node to hold it. May be asked again; what follows is told by <see cref="IControlPlane.Report"/>.</summary>
    void Claim(RecorderId recorder, long highestTerm);

    /// <summary>Takes what another living node says of all that it holds, or of some of it.</summary>
    void Hear(NodeCard from, IReadOnlyList<HeldRecorder> held);

    /// <summary>Merges registers of another node.</summary>
    void Merge(IReadOnlyList<RegisteredRecorder> recorders);

    /// <summary>Every recorder of the registry, with the ones deleted: the same object until the registry changes.</summary>
    IReadOnlyList<RegisteredRecorder> ReadRegistry();

    /// <summary>The members of the formation that can be reached, this node among them; empty while there is no formation.</summary>
    void SetMembers(IReadOnlyList<NodeCard> members);

    /// <summary>Ends recording a recorder, for a successor that is ready.</summary>
    Task<HandOverAnswer> HandOverAsync(RecorderId recorder, Tenure successor);
}

/// <summary>The control plane of a node, as the rest of the node uses it. Safe to use from any thread. While it is down nothing happens.</summary>
internal interface IControlPlane
{
    /// <summary>Whether another living node has this node's name, so that this one stays outside of the cluster: what it held, the other one holds.</summary>
    bool IsRefused { get; }

    /// <summary>Tells all members at once what this node holds; it is told once a second in any case.</summary>
    void Report(IReadOnlyList<HeldRecorder> held);

    /// <summary>Tells all members at once what this node says of itself; it is told once a second in any case.</summary>
    void Announce();

    /// <summary>Tells all members of changed registers.</summary>
    void Spread(IReadOnlyList<RegisteredRecorder> recorders);

    /// <summary>Asks a node to hand a recorder over.</summary>
    /// <exception cref="TimeoutException">It cannot be reached, or does not answer in time.</exception>
    Task<HandOverAnswer> HandOverAsync(string node, RecorderId recorder, Tenure successor, TimeSpan timeout);
}
