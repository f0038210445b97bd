using Recorder.Cluster.Placement;

namespace Recorder.Cluster.Tests.Decisions;

/// <summary>On which node a recorder's shard is.</summary>
public class ShardPlanSpecs
{
    private static readonly HashSet<string> NoLabels = [];

    [Fact]
    public void Sixty_recorders_on_three_nodes_are_within_ten_percent()
    {
        PlacementNode[] nodes = [Node("n1"), Node("n2"), Node("n3")];
        var shards = Enumerable.Range(1, 60).Select(number => ShardName.Of($"camera-{number}", "")).GroupBy(name => name);
        List<PlacedShard> placed = [];
        foreach (var shard in shards.OrderByDescending(shard => shard.Count()))
            placed.Add(new PlacedShard(shard.Key, ShardPlan.Choose(shard.Key, nodes, placed)!, shard.Count()));

        placed.GroupBy(shard => shard.Node).Select(node => node.Sum(shard => shard.Recorders)).ShouldAllBe(recorders => recorders >= 18 && recorders <= 22);
    }

    [Fact]
    public void Capacity_counts()
    {
        var placed = new[] { Placed(1, "n1", 3), Placed(2, "n2", 4) };

        ShardPlan.Choose(Shard(3), [Node("n1", capacity: 100), Node("n2", capacity: 200)], placed).ShouldBe("n2");
    }

    [Fact]
    public void A_shard_with_a_place_waits_for_a_node_that_has_the_label()
    {
        var shard = ShardName.Of("camera", "site:berlin");

        ShardPlan.Choose(shard, [Node("n1")], []).ShouldBeNull();
        ShardPlan.Choose(shard, [Node("n1"), new PlacementNode("n2", 100, new HashSet<string> { "site:berlin" })], []).ShouldBe("n2");
    }

    [Fact]
    public void A_draining_node_gives_its_shards_away_at_once() =>
        new ShardPlan().FindMoves([Node("n1") with { IsDraining = true }, Node("n2")], [Placed(1, "n1", 1)], Seconds(0)).ShouldBe([Shard(1)]);

    [Fact]
    public void An_imbalance_must_last_a_minute_and_a_shard_rests_ten_after_its_move()
    {
        var plan = new ShardPlan();
        PlacementNode[] nodes = [Node("n1"), Node("n2")];
        PlacedShard[] placed = [Placed(1, "n1", 2), Placed(2, "n1", 2)];

        plan.FindMoves(nodes, placed, Seconds(0)).ShouldBeEmpty();
        plan.FindMoves(nodes, placed, Seconds(59)).ShouldBeEmpty();
        plan.FindMoves(nodes, placed, Seconds(60)).ShouldBe([Shard(1)]);

        // The same shard does not come back, although the same imbalance is there again.
        plan.FindMoves(nodes, placed, Seconds(61)).ShouldNotContain(Shard(1));
    }

    [Theory]
    [InlineData("another node came")]
    [InlineData("a node started again")]
    [InlineData("a node came and went between two looks")]
    public void Evening_out_waits_a_minute_after_the_nodes_changed(string change)
    {
        var plan = new ShardPlan();
        PlacementNode[] nodes = [Node("n1"), Node("n2")];
        PlacementNode[] changed = change switch
        {
            "another node came" => [.. nodes, Node("n3") with { IsDraining = true }],
            "a node started again" => [Node("n1"), Node("n2") with { Run = 2 }],
            _ => nodes,
        };
        PlacedShard[] placed = [Placed(1, "n1", 2), Placed(2, "n1", 2)];
        plan.FindMoves(nodes, placed, Seconds(0)).ShouldBeEmpty();
        plan.See([.. nodes, Node("n4")]);

        plan.FindMoves(changed, placed, Seconds(50)).ShouldBeEmpty();
        plan.FindMoves(changed, placed, Seconds(109)).ShouldBeEmpty();
        plan.FindMoves(changed, placed, Seconds(110)).ShouldBe([Shard(1)]);
    }

    [Fact]
    public void A_draining_node_gives_its_shards_away_although_the_nodes_have_just_changed()
    {
        var plan = new ShardPlan();
        PlacedShard[] placed = [Placed(1, "n1", 1), Placed(2, "n1", 1)];
        plan.FindMoves([Node("n1")], placed, Seconds(0)).ShouldBeEmpty();

        plan.FindMoves([Node("n1") with { IsDraining = true }, Node("n2")], placed, Seconds(1)).ShouldBe([Shard(1), Shard(2)]);
    }

    [Fact]
    public void A_move_that_would_only_turn_the_imbalance_round_is_not_made()
    {
        var plan = new ShardPlan();
        PlacementNode[] nodes = [Node("n1"), Node("n2")];
        plan.FindMoves(nodes, [Placed(1, "n1", 5)], Seconds(0));

        plan.FindMoves(nodes, [Placed(1, "n1", 5)], Seconds(100)).ShouldBeEmpty();
    }

    [Fact]
    public void A_name_reads_back() => ShardName.Parse(ShardName.Of("camera", "site:a/b").ToString()).ShouldBe(ShardName.Of("camera", "site:a/b"));

    private static PlacementNode Node(string name, int capacity = 100) => new(name, capacity, NoLabels);

    private static ShardName Shard(int part) => new("", part);

    private static PlacedShard Placed(int part, string node, int recorders) => new(Shard(part), node, recorders);

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);
}
