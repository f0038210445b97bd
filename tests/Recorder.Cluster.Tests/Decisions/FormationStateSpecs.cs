using Recorder.Cluster.Formations;

namespace Recorder.Cluster.Tests.Decisions;

/// <summary>When a node's control plane joins, forms alone, and merges.</summary>
public class FormationStateSpecs
{
    private static readonly Formation Lower = new(new StartId(1), "n1");
    private static readonly Formation Higher = new(new StartId(2), "n2");

    [Fact]
    public void A_node_that_nobody_answers_forms_alone_after_three_seconds()
    {
        var state = new FormationState();
        state.Start(Seconds(0));

        state.Decide(Seconds(2.9)).Decision.ShouldBe(FormationDecision.Nothing);
        state.Decide(Seconds(3)).Decision.ShouldBe(FormationDecision.FormAlone);
    }

    [Fact]
    public void A_node_joins_the_lowest_formation_that_answers()
    {
        var state = new FormationState();
        state.Start(Seconds(0));
        state.See("n2", Higher, Seconds(1));
        state.See("n1", Lower, Seconds(1));

        state.Decide(Seconds(1)).ShouldBe((FormationDecision.Join, "n1"));
    }

    [Fact]
    public void The_higher_of_two_formations_gives_up_after_ten_seconds_in_sight()
    {
        See(Higher, Lower, until: 9.5).Decide(Seconds(9.5)).Decision.ShouldBe(FormationDecision.Nothing);
        See(Higher, Lower, until: 10).Decide(Seconds(10)).ShouldBe((FormationDecision.Restart, "other"));
        See(Lower, Higher, until: 60).Decide(Seconds(60)).Decision.ShouldBe(FormationDecision.Nothing);
    }

    [Fact]
    public void Both_sides_of_a_split_in_two_are_told_apart_by_their_first_nodes() =>
        See(new Formation(Lower.Id, "n2"), Lower, until: 10).Decide(Seconds(10)).Decision.ShouldBe(FormationDecision.Restart);

    [Fact]
    public void A_link_that_flaps_makes_the_next_merge_wait_longer()
    {
        var state = See(Higher, Lower, until: 10);
        state.Decide(Seconds(10));
        state.Enter(Higher);
        for (var second = 10.5; second <= 29; second += 0.5)
            state.See("other", Lower, Seconds(second));

        // The sight began at 0 s, so the wait of 20 s is over, as the first one was at 10 s.
        state.Decide(Seconds(15)).Decision.ShouldBe(FormationDecision.Nothing);
        state.Decide(Seconds(29)).Decision.ShouldBe(FormationDecision.Restart);
    }

    // It reaches one node of the formation and not the others: they down it, and nobody decides for it meanwhile.
    [Fact]
    public void A_node_that_is_downed_twice_right_after_it_joined_forms_alone_for_a_while()
    {
        var state = new FormationState();
        state.Start(Seconds(0));
        JoinAndLose(state, at: 0).ShouldBe(FormationDecision.Join);
        JoinAndLose(state, at: 4).ShouldBe(FormationDecision.Join);

        See(state, 8).ShouldBe(FormationDecision.Nothing);
        See(state, 9).ShouldBe(FormationDecision.FormAlone);
        state.Enter(Higher);
        // What was seen before it formed alone says nothing: ten seconds from the next answer on.
        Enumerable.Range(10, 10).Select(second => See(state, second)).ShouldAllBe(decision => decision == FormationDecision.Nothing);
        See(state, 20).ShouldBe(FormationDecision.Restart);
        state.Start(Seconds(21));
        See(state, 21).ShouldBe(FormationDecision.Join);
    }

    private static FormationDecision JoinAndLose(FormationState state, int at)
    {
        var decision = See(state, at);
        state.Enter(Lower);
        See(state, at + 1);
        state.Start(Seconds(at + 2));
        return decision;
    }

    private static FormationDecision See(FormationState state, int at)
    {
        state.See("other", Lower, Seconds(at));
        return state.Decide(Seconds(at)).Decision;
    }

    private static FormationState See(Formation own, Formation other, double until)
    {
        var state = new FormationState();
        state.Start(Seconds(0));
        state.Enter(own);
        for (var second = 0.0; second <= until; second += 0.5)
            state.See("other", other, Seconds(second));

        return state;
    }

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);
}
