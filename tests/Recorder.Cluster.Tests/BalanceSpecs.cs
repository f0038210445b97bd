using Recorder.Actors.Cluster;
using Recorder.Contracts;

namespace Recorder.Cluster.Tests;

/// <summary>How many recorders are whose.</summary>
public class BalanceSpecs
{
    [Theory]
    [InlineData(60, 100, 100, 20)]
    [InlineData(61, 100, 100, 21)]
    [InlineData(60, 200, 100, 30)]
    [InlineData(0, 100, 100, 0)]
    public void A_node_has_its_share_by_capacity(int recorders, int mine, int others, int share)
    {
        var me = Node("n1", capacity: mine);
        Balance.ShareOf(me, View(recorders, me, Node("n2", capacity: others), Node("n3", capacity: others))).ShouldBe(share);
    }

    [Fact]
    public void A_node_takes_no_more_than_its_share()
    {
        var me = Node("n1", owned: 15);
        Balance.ToClaim(me, View(60, me, Node("n2"), Node("n3")) with { Claimable = 30 }, renewals: 0).ShouldBe(5);
    }

    [Fact]
    public void What_nobody_takes_is_taken_beyond_it()
    {
        var me = Node("n1", owned: 20);
        Balance.ToClaim(me, View(60, me, Node("n2"), Node("n3")) with { Claimable = 8 }, renewals: 5).ShouldBe(3);
    }

    [Fact]
    public void A_node_that_drains_takes_nothing()
    {
        var me = Node("n1") with { State = MemberState.Draining };
        Balance.ToClaim(me, View(60, me, Node("n2")) with { Claimable = 60 }, renewals: 9).ShouldBe(0);
    }

    [Fact]
    public void Who_has_too_much_offers_it_to_who_has_least()
    {
        var me = Node("n1", owned: 30);
        Balance.ToOffer(me, View(60, me, Node("n2", owned: 30), Node("n3")), underWay: 0).ShouldBe(("n3", 8));
    }

    [Fact]
    public void A_node_that_drains_offers_all()
    {
        var me = Node("n1", owned: 3) with { State = MemberState.Draining };
        Balance.ToOffer(me, View(3, me, Node("n2")), underWay: 0).ShouldBe(("n2", 3));
        Balance.ToOffer(me, View(3, me), underWay: 0).ShouldBeNull("nobody is there to take it");
    }

    [Fact]
    public void A_slow_disk_takes_little()
    {
        var slow = Node("n1") with { Load = new NodeLoad(0, TimeSpan.FromSeconds(1)) };
        Balance.ShareOf(slow, View(50, slow, Node("n2"))).ShouldBe(10);
    }

    [Fact]
    public void A_recorder_says_by_its_labels_where_it_can_live() =>
        Recorder.Actors.Cluster.Placement.Required(new RecorderDefinition
        {
            Id = new RecorderId("door"),
            Source = "test:",
            Options = new RecorderOptions(),
            Labels = new Dictionary<string, string> { ["on.site"] = "berlin", ["floor"] = "2" },
        }).ShouldBe(new Dictionary<string, string> { ["site"] = "berlin" });

    private static Member Node(string id, int owned = 0, int capacity = 100) => new()
    {
        Identity = new NodeIdentity(id, id, new Uri("http://localhost"), capacity, new Dictionary<string, string>()),
        Epoch = 1,
        State = MemberState.Up,
        IsAlive = true,
        Owned = owned,
    };

    private static Renewal View(int recorders, params Member[] members) => new(MemberState.Up, members, recorders, 0, 0, [], []);
}
