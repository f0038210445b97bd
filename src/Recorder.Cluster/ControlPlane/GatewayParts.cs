using Recorder.Cluster.Nodes;

namespace Recorder.Cluster.ControlPlane;

/// <summary>What the gateway works with.</summary>
/// <param name="OnQuarantined">Called when another node has quarantined this actor system, which then is of no use any more.</param>
internal sealed record GatewayParts(INodeSide Side, ClusterSight Sight, SharedFormation Formation, IActorRef Region, Action OnQuarantined);
