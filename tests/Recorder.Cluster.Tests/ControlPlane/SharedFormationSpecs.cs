using Recorder.Cluster.ControlPlane;
using Recorder.Cluster.Formations;
using Recorder.Cluster.Tests.Harness;

namespace Recorder.Cluster.Tests.ControlPlane;

/// <summary>What a control plane makes of the answers of other nodes.</summary>
public class SharedFormationSpecs
{
    private readonly SpecClock _clock = new();
    private readonly StartId _id = new(1);

    // Found with a thousand recorders: all others gave their formation up whenever the leader died.
    [Fact]
    public void A_leader_that_dies_takes_nobody_with_it()
    {
        var formation = Enter("n1");
        for (var second = 0; second < 20; second++)
        {
            formation.See("n1", new Formation(_id, "n1"));
            formation.Decide().ShouldBe((FormationDecision.Nothing, null));
            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        formation.TryEnter("n2");

        formation.Decide().ShouldBe((FormationDecision.Nothing, null));
    }

    [Fact]
    public void The_other_side_of_a_split_is_merged_with_ten_seconds_after_it_is_seen_as_one()
    {
        var formation = Enter("n1");
        formation.See("n1", new Formation(_id, "n1"));
        formation.TryEnter("n2");
        formation.IsElsewhere("n1").ShouldBeFalse();

        for (var second = 0; second < 10; second++)
        {
            formation.See("n1", new Formation(_id, "n1"));
            formation.IsElsewhere("n1").ShouldBeTrue();
            formation.Decide().Decision.ShouldBe(FormationDecision.Nothing);
            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        formation.See("n1", new Formation(_id, "n1"));
        formation.Decide().ShouldBe((FormationDecision.Restart, "n1"));
    }

    [Fact]
    public void Nobody_enters_a_formation_whose_id_nobody_told()
    {
        var formation = new SharedFormation(_clock);
        formation.Start();
        formation.TryEnter("n1").ShouldBeFalse();

        formation.Learn(new StartId(2));

        formation.TryEnter("n1").ShouldBeTrue();
        formation.Own.ShouldBe(new Formation(new StartId(2), "n1"));
    }

    private SharedFormation Enter(string leader)
    {
        var formation = new SharedFormation(_clock);
        formation.Start();
        formation.Learn(_id);
        formation.TryEnter(leader);
        return formation;
    }
}
