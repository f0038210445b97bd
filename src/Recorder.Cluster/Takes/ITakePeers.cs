using Recorder.Actors.Catalogue;
using Recorder.Cluster.Nodes;
using Recorder.Contracts;

namespace Recorder.Cluster.Takes;

/// <summary>How new a node's copy of a take is.</summary>
internal sealed record TakeHead(TakeId Take, long Term, string Node, long Revision);

/// <summary>Asks other nodes about takes. Every call throws <see cref="CatalogueUnavailableException"/> when the node gives no usable answer.</summary>
internal interface ITakePeers
{
    /// <summary>Gives a node a copy of a take, which is durable there when this returns.</summary>
    /// <returns>The node's own copy when it is newer.</returns>
    Task<Take?> TellAsync(ClusterMember node, Take take, CancellationToken cancellationToken);

    /// <summary>What a node has, the newest takes.</summary>
    Task<IReadOnlyList<TakeHead>> ListAsync(ClusterMember node, CancellationToken cancellationToken);

    /// <summary>A node's copy of a take; null when it has none.</summary>
    Task<Take?> ReadAsync(ClusterMember node, TakeId take, CancellationToken cancellationToken);

    /// <summary>Reserves a number of a scene, if it is above all that are reserved there.</summary>
    /// <returns>The highest number that was reserved there before.</returns>
    Task<int> ReserveAsync(ClusterMember node, string scene, int number, CancellationToken cancellationToken);
}
