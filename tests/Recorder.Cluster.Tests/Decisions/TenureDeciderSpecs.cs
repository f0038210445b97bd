using Recorder.Cluster.Tenures;

namespace Recorder.Cluster.Tests.Decisions;

/// <summary>Which nodes are asked to hold a recorder.</summary>
public class TenureDeciderSpecs
{
    private static readonly string[] Nodes = ["n1", "n2", "n3"];
    private static readonly HolderReport Absent = new(new Tenure(1, "n1", new StartId(1)), IsConfirmed: false, IsStoring: false);

    [Fact]
    public void The_node_of_the_entity_is_asked_first_and_all_others_when_it_stores_nothing()
    {
        var asked = Ask(new TenureDecider("n1", isExclusive: false), until: 6, Absent);

        asked[0].ShouldBe(["n1"]);
        asked[6].ShouldBe(["n2", "n3"], ignoreOrder: true);
    }

    // A node that can reach a camera that all others lost gets it within half a minute, after hours too.
    [Fact]
    public void While_the_holder_is_blind_every_other_node_is_tried_again_and_again_but_not_the_holder()
    {
        var asked = Ask(new TenureDecider("n1", isExclusive: false), until: 7200, Absent);

        asked.Skip(1).ShouldAllBe(second => !second.Contains("n1"));
        Tries(asked, "n3").Zip(Tries(asked, "n3").Skip(1), (earlier, later) => later - earlier).Max().ShouldBe(26);
    }

    [Fact]
    public void A_camera_with_one_connection_is_tried_by_one_other_node_at_a_time()
    {
        var asked = Ask(new TenureDecider("n1", isExclusive: true), until: 600, Absent);

        asked.ShouldAllBe(second => second.Count <= 1);
        Tries(asked, "n2").Concat(Tries(asked, "n3")).Order().Zip(Tries(asked, "n2").Concat(Tries(asked, "n3")).Order().Skip(1), (one, next) => next - one)
            .Min().ShouldBeGreaterThanOrEqualTo(6);
    }

    [Fact]
    public void A_recorder_without_any_holder_does_not_wait_for_a_back_off()
    {
        var decider = new TenureDecider("n1", isExclusive: false);
        Ask(decider, until: 60, Absent);

        // The holder is not heard of after 60 s.
        Enumerable.Range(61, 10).Select(second => Answered(decider, second, null)).ShouldContain(asked => asked.Count > 0);
    }

    [Fact]
    public void A_holder_that_is_ready_is_left_alone()
    {
        var asked = Ask(new TenureDecider("n1", isExclusive: false), until: 600, Absent with { IsConfirmed = true, IsStoring = true, IsIdle = true });

        asked.Skip(1).ShouldAllBe(second => second.Count == 0);
    }

    // In between the holder has eight seconds to try by itself: its connection is let go while another node tries.
    [Fact]
    public void Everybody_gets_a_camera_with_one_connection_once_a_round_the_holder_too()
    {
        var asked = Ask(new TenureDecider("n1", isExclusive: true), until: 600, Absent);

        foreach (var node in new[] { "n2", "n3" })
            Tries(asked, node).Zip(Tries(asked, node).Skip(1), (earlier, later) => later - earlier).Max().ShouldBeLessThanOrEqualTo(34);

        var tries = Tries(asked, "n2").Concat(Tries(asked, "n3")).Order().ToList();
        tries.Zip(tries.Skip(1), (one, next) => next - one).Max().ShouldBeGreaterThanOrEqualTo(6 + 8);
    }

    [Fact]
    public void A_node_that_does_not_answer_is_asked_again_soon_for_ever()
    {
        var decider = new TenureDecider("n1", isExclusive: false);
        var asked = Enumerable.Range(0, 600).Select(second => decider.Decide(Nodes, _ => false, TimeSpan.FromSeconds(second))).ToList();

        Tries([.. asked], "n2").Zip(Tries([.. asked], "n2").Skip(1), (earlier, later) => later - earlier).Max().ShouldBeLessThanOrEqualTo(6);
    }

    // A second node was asked because the first one was slow: it would take over from a node that has handed over already.
    [Fact]
    public void When_one_of_those_that_were_asked_stores_the_others_are_not_asked_any_more()
    {
        var decider = new TenureDecider("n1", isExclusive: false);
        Ask(decider, until: 5, Absent);
        decider.Decide(Nodes, _ => false, TimeSpan.FromSeconds(6)).ShouldBe(["n2", "n3"], ignoreOrder: true);
        decider.Hear(new HolderReport(new Tenure(2, "n2", new StartId(1)), IsConfirmed: true, IsStoring: true), TimeSpan.FromSeconds(7));

        decider.Decide(Nodes, _ => false, TimeSpan.FromSeconds(8)).ShouldNotContain("n3");
    }

    // What is asked in each second; everybody answers with a claim, and nobody stores anything.
    private static List<IReadOnlyList<string>> Ask(TenureDecider decider, int until, HolderReport holder) =>
        [.. Enumerable.Range(0, until + 1).Select(second => Answered(decider, second, holder))];

    private static IReadOnlyList<string> Answered(TenureDecider decider, int second, HolderReport? holder)
    {
        var asked = decider.Decide(Nodes, _ => false, TimeSpan.FromSeconds(second));
        if (holder is not null)
            decider.Hear(holder, TimeSpan.FromSeconds(second));

        foreach (var node in asked.Where(node => node != holder?.Tenure.Node))
            decider.Hear(new HolderReport(new Tenure(decider.HighestTerm + 1, node, new StartId(2)), false, false), TimeSpan.FromSeconds(second));

        return asked;
    }

    private static List<int> Tries(List<IReadOnlyList<string>> asked, string node) =>
        [.. Enumerable.Range(0, asked.Count).Where(second => asked[second].Contains(node))];
}
