using System.Collections.Immutable;
using Akka.Cluster.Sharding;
using Recorder.Cluster.Placement;

namespace Recorder.Cluster.ControlPlane;

/// <summary>Places shards by <see cref="ShardPlan"/>. Every node has one; the coordinator's is asked.</summary>
internal sealed class PlanAllocation(ClusterSight sight, Address self) : IShardAllocationStrategy
{
    private readonly ShardPlan _plan = new();

    public Task<IActorRef> AllocateShard(
        IActorRef requester, string shardId, IImmutableDictionary<IActorRef, IImmutableList<string>> currentShardAllocations)
    {
        var regions = FindRegions(currentShardAllocations.Keys);
        var chosen = ShardPlan.Choose(ShardName.Parse(shardId), ReadNodes(regions), ReadShards(regions, currentShardAllocations));
        // A shard that nobody may have waits anywhere: its entities ask a node that may have them as soon as there is one.
        return Task.FromResult(chosen is not null ? regions[chosen] : requester);
    }

    public Task<IImmutableSet<string>> Rebalance(
        IImmutableDictionary<IActorRef, IImmutableList<string>> currentShardAllocations, IImmutableSet<string> rebalanceInProgress)
    {
        var regions = FindRegions(currentShardAllocations.Keys);
        var nodes = ReadNodes(regions);
        _plan.See(nodes);
        if (rebalanceInProgress.Count > 0)
            return Task.FromResult<IImmutableSet<string>>(ImmutableHashSet<string>.Empty);

        var moves = _plan.FindMoves(nodes, ReadShards(regions, currentShardAllocations), sight.Now);
        return Task.FromResult<IImmutableSet<string>>(moves.Select(shard => shard.ToString()).ToImmutableHashSet());
    }

    // The regions of members that are seen; a member that was lost keeps its region until the cluster has removed it.
    private Dictionary<string, IActorRef> FindRegions(IEnumerable<IActorRef> regions)
    {
        var byAddress = regions.ToDictionary(region => region.Path.Address.HasGlobalScope ? region.Path.Address : self);
        return sight.Members.Where(member => byAddress.ContainsKey(member.Value.Address))
            .ToDictionary(member => member.Key, member => byAddress[member.Value.Address]);
    }

    private List<PlacementNode> ReadNodes(Dictionary<string, IActorRef> regions) =>
        [.. sight.Members.Where(member => regions.ContainsKey(member.Key)).Select(member => member.Value.Card.ToPlacement())];

    private List<PlacedShard> ReadShards(Dictionary<string, IActorRef> regions, IImmutableDictionary<IActorRef, IImmutableList<string>> allocations)
    {
        var wanted = sight.Wanted;
        return
        [
            .. regions.SelectMany(region => allocations[region.Value].Select(ShardName.Parse)
                .Select(shard => new PlacedShard(shard, region.Key, wanted.CountOf(shard)))),
        ];
    }
}
