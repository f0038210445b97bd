namespace Recorder.Cluster.Placement;

/// <summary>A node as placement sees it.</summary>
/// <param name="Capacity">How many recorders it takes, relative to the others.</param>
/// <param name="Labels">What it is near to, as <c>name:value</c>.</param>
internal sealed record PlacementNode(string Name, int Capacity, IReadOnlySet<string> Labels, bool IsDraining = false)
{
    /// <summary>How often its process has started: a node that started again is another one.</summary>
    public long Run { get; init; }

    public bool MayHave(ShardName shard) => !IsDraining && (shard.Place.Length == 0 || shard.Place.Split(',').All(Labels.Contains));
}

/// <summary>A shard, where it is, and how many recorders of it record.</summary>
internal sealed record PlacedShard(ShardName Name, string Node, int Recorders);

/// <summary>
/// Decides on which node a shard is, by the number of recorders within each node's capacity. Moves little: only after an imbalance has lasted among the same
/// nodes, and each shard only now and then. A shard that may not stay where it is moves at once.
/// </summary>
internal sealed class ShardPlan
{
    /// <summary>How long an imbalance lasts, and the nodes stay the same, before shards move for it.</summary>
    public static readonly TimeSpan PatienceWithImbalance = TimeSpan.FromSeconds(60);

    /// <summary>How long a shard stays once it was moved.</summary>
    public static readonly TimeSpan RestAfterMove = TimeSpan.FromMinutes(10);

    private const double ToleratedImbalance = 0.1;
    private const int MostMovesAtOnce = 5;

    private readonly Dictionary<ShardName, TimeSpan> _movedAt = [];
    private HashSet<(string Name, long Run)> _nodes = [];
    private TimeSpan? _imbalancedSince;

    /// <summary>Chooses the node of a shard that has none.</summary>
    /// <returns>Null when no node may have it: its recorders wait until one with their label comes.</returns>
    public static string? Choose(ShardName shard, IReadOnlyCollection<PlacementNode> nodes, IReadOnlyCollection<PlacedShard> placed)
    {
        var recorders = CountByNode(placed);
        return nodes.Where(node => node.MayHave(shard)).OrderBy(node => LoadOf(node, recorders)).ThenBy(node => node.Name, StringComparer.Ordinal)
            .FirstOrDefault()?.Name;
    }

    /// <summary>Notes which nodes there are. After a change an imbalance begins to count anew: while nodes come and go, and while two formations merge, the
    /// recorders settle by themselves.</summary>
    public void See(IReadOnlyCollection<PlacementNode> nodes)
    {
        if (_nodes.SetEquals(nodes.Select(node => (node.Name, node.Run))))
            return;

        _nodes = [.. nodes.Select(node => (node.Name, node.Run))];
        _imbalancedSince = null;
    }

    /// <summary>Finds the shards to move away from where they are.</summary>
    /// <param name="now">The steady clock.</param>
    public IReadOnlyList<ShardName> FindMoves(IReadOnlyCollection<PlacementNode> nodes, IReadOnlyCollection<PlacedShard> placed, TimeSpan now)
    {
        See(nodes);
        var byName = nodes.ToDictionary(node => node.Name);
        List<ShardName> misplaced =
        [
            .. placed.Where(shard => byName.TryGetValue(shard.Node, out var node) && !node.MayHave(shard.Name) && nodes.Any(other => other.MayHave(shard.Name)))
                .Select(shard => shard.Name).Take(MostMovesAtOnce),
        ];
        return misplaced.Count > 0 ? misplaced : FindBalancingMoves(nodes, placed, now);
    }

    private List<ShardName> FindBalancingMoves(IReadOnlyCollection<PlacementNode> nodes, IReadOnlyCollection<PlacedShard> placed, TimeSpan now)
    {
        var recorders = CountByNode(placed);
        List<ShardName> moves = [];
        // Placed as if the moves were made, so that they do not overshoot.
        foreach (var shard in placed.OrderByDescending(shard => shard.Recorders).ThenBy(shard => shard.Name.ToString(), StringComparer.Ordinal))
        {
            var from = nodes.FirstOrDefault(node => node.Name == shard.Node);
            var to = nodes.Where(node => node.MayHave(shard.Name)).MinBy(node => LoadOf(node, recorders));
            if (from is null || to is null || moves.Count == MostMovesAtOnce || shard.Recorders == 0 || !IsBetter(shard, from, to, recorders))
                continue;

            if (_movedAt.TryGetValue(shard.Name, out var moved) && now - moved < RestAfterMove)
                continue;

            moves.Add(shard.Name);
            recorders[from.Name] -= shard.Recorders;
            recorders[to.Name] = recorders.GetValueOrDefault(to.Name) + shard.Recorders;
        }

        _imbalancedSince = moves.Count > 0 ? _imbalancedSince ?? now : null;
        if (now - _imbalancedSince < PatienceWithImbalance || _imbalancedSince is null)
            return [];

        foreach (var shard in moves)
            _movedAt[shard] = now;

        return moves;
    }

    // The node it goes to is afterwards no fuller than the one it left, and the difference before was worth a move.
    private static bool IsBetter(PlacedShard shard, PlacementNode from, PlacementNode to, Dictionary<string, int> recorders) =>
        (double)(recorders.GetValueOrDefault(to.Name) + shard.Recorders) / to.Capacity
            <= (double)(recorders.GetValueOrDefault(from.Name) - shard.Recorders) / from.Capacity
        && LoadOf(from, recorders) - LoadOf(to, recorders) > ToleratedImbalance * LoadOf(from, recorders);

    private static double LoadOf(PlacementNode node, Dictionary<string, int> recorders) =>
        (double)recorders.GetValueOrDefault(node.Name) / node.Capacity;

    private static Dictionary<string, int> CountByNode(IReadOnlyCollection<PlacedShard> placed) =>
        placed.GroupBy(shard => shard.Node).ToDictionary(node => node.Key, node => node.Sum(shard => shard.Recorders));
}
