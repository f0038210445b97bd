using Recorder.Actors.Catalogue;
using Recorder.Actors.Catalogue.Sql;
using Recorder.Actors.Registry;
using Recorder.Actors.Takes;
using Recorder.Contracts;

namespace Recorder.Actors;

/// <summary>What a node gives to its part in a cluster.</summary>
/// <param name="History">Finds what this node's own folder has of a recorder.</param>
internal sealed record ClusterHost(RecorderRuntime Runtime, SqlCatalogue Catalogue, HistoryFinder History, string RecordingsFolder);

/// <summary>A node's part in a cluster, as the node uses it. A node on its own has none.</summary>
internal interface INodeCluster : IAsyncDisposable
{
    /// <summary>The recordings of all nodes, and the recorders of the cluster.</summary>
    ICatalogue Catalogue { get; }

    /// <summary>Reaches every recorder: takes the same messages as the registry, and the commands of every recorder.</summary>
    IActorRef Router { get; }

    IHistoryFinder History { get; }

    ISharedDefinitions Definitions { get; }

    /// <summary>The takes of the other nodes.</summary>
    ITakesCluster Takes { get; }

    /// <summary>Gives and takes copies of takes from here on.</summary>
    void StartTakes(IActorRef takes);

    /// <summary>Brings the recorders of this node's folder into the cluster's registry.</summary>
    Task BeginAsync(IReadOnlyList<RecorderDefinition> own, CancellationToken cancellationToken);

    /// <summary>Takes recorders from here on.</summary>
    /// <param name="registry">The registry that creates them.</param>
    /// <param name="flush">Waits until what was raised is in this node's journal.</param>
    void Start(IActorRef registry, Func<Task> flush);

    /// <summary>Retention over this node's files: what is deleted here is deleted from the catalogue of all nodes.</summary>
    IRetentionStore Share(IRetentionStore local);

    /// <summary>The recorders whose retention policies hold for the files of this node.</summary>
    Task<IReadOnlyList<RecorderDefinition>> ListPoliciesAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Hands over everything that this node holds, as far as there is somebody to take it, and waits until the other nodes have all of its
    /// journal. Does it once.
    /// </summary>
    Task LeaveAsync(TimeSpan timeout);
}
