using Recorder.Cluster.Tenures;

namespace Recorder.Cluster.Tests.Decisions;

/// <summary>Who records, as one node decides it.</summary>
public class TenureStateSpecs
{
    private static readonly StartId Start = new(1);
    private static readonly Tenure First = new(1, "n1", Start);
    private static readonly Tenure Lower = new(0, "n2", new StartId(2));
    private static readonly Tenure Other = new(7, "n2", new StartId(2));

    [Fact]
    public void A_claim_is_one_above_the_highest_known_term()
    {
        var state = new TenureState("n1", Start, isExclusive: false);
        state.Learn(new TenureReport(Other, TenureStatus.Ended));

        state.Claim(highestTerm: 5, Seconds(0)).Begin.ShouldBe(new Tenure(8, "n1", Start));
    }

    [Fact]
    public void A_second_request_claims_nothing_while_the_first_stands()
    {
        var state = new TenureState("n1", Start, isExclusive: false);
        state.Claim(0, Seconds(0));

        state.Claim(0, Seconds(1)).ShouldBe(default);
    }

    [Fact]
    public void The_first_stored_fragment_confirms()
    {
        var state = new TenureState("n1", Start, isExclusive: false);
        var tenure = state.Claim(0, Seconds(0)).Begin!.Value;

        state.StoreFragment(tenure, Seconds(1)).Report.ShouldBe(new TenureReport(tenure, TenureStatus.Confirmed));
        state.StoreFragment(tenure, Seconds(2)).ShouldBe(default);
    }

    [Fact]
    public void A_claim_that_stores_nothing_goes_on_trying_while_nobody_else_lives()
    {
        var state = Claimant(isExclusive: false);

        state.Tick(Hours(5)).ShouldBe(default);
        state.Describe(Hours(5)).ShouldBe(new HolderReport(First, IsConfirmed: false, IsStoring: false));
    }

    [Fact]
    public void A_claim_lapses_after_five_seconds_if_another_living_holder_stores()
    {
        var state = Claimant(isExclusive: false);
        state.Hear(new HolderReport(Lower, IsConfirmed: true, IsStoring: true), Seconds(4)).ShouldBe(default);

        state.Tick(Seconds(4.9)).ShouldBe(default);
        state.Tick(Seconds(5)).End.ShouldBe(First);
        state.Held.ShouldBeNull();
    }

    [Fact]
    public void A_claim_does_not_lapse_for_a_holder_that_is_not_heard_any_more()
    {
        var state = Claimant(isExclusive: false);
        state.Hear(new HolderReport(Lower, IsConfirmed: true, IsStoring: true), Seconds(4));

        state.Tick(Seconds(7)).ShouldBe(default);
    }

    [Fact]
    public void A_claim_does_not_lapse_for_a_holder_that_has_ended()
    {
        var state = Claimant(isExclusive: false);
        state.Hear(new HolderReport(Lower, IsConfirmed: true, IsStoring: true), Seconds(4));
        state.Learn(new TenureReport(Lower, TenureStatus.Ended, LastEvent: 3));

        state.Tick(Seconds(5)).ShouldBe(default);
    }

    // The others are tried now and then, with a higher term each time; the holder stays where it is.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Of_claims_that_store_nothing_the_lowest_goes_on(bool isExclusive)
    {
        var (lower, higher) = (new HolderReport(Lower, IsConfirmed: false, IsStoring: false), new HolderReport(Other, IsConfirmed: false, IsStoring: false));

        Tick(Claimant(isExclusive), lower).End.ShouldBe(First);
        Tick(Claimant(isExclusive), higher).ShouldBe(default);
    }

    [Fact]
    public void Of_blind_holders_the_highest_goes_on_and_claims_come_after_them()
    {
        var (lower, higher) = (new HolderReport(Lower, IsConfirmed: true, IsStoring: false), new HolderReport(Other, IsConfirmed: true, IsStoring: false));

        Tick(Holder(isExclusive: false), lower).ShouldBe(default);
        Tick(Holder(isExclusive: false), higher).End.ShouldBe(First);
        Tick(Holder(isExclusive: false), higher with { IsConfirmed = false }).ShouldBe(default);
    }

    [Fact]
    public void A_blind_holder_ends_while_a_lower_one_stores() =>
        Tick(Holder(isExclusive: false), new HolderReport(Lower, IsConfirmed: true, IsStoring: true)).End.ShouldBe(First);

    [Fact]
    public void A_blind_holder_on_a_node_that_drains_ends_for_any_other()
    {
        var state = Holder(isExclusive: false);
        state.IsLeaving = true;

        state.Tick(Seconds(60)).ShouldBe(default);
        Tick(state, new HolderReport(Other, IsConfirmed: false, IsStoring: false)).End.ShouldBe(First);
    }

    [Fact]
    public void A_storing_holder_on_a_node_that_drains_goes_on_until_another_stores()
    {
        var state = Holder(isExclusive: false);
        state.IsLeaving = true;
        state.Hear(new HolderReport(Other, IsConfirmed: false, IsStoring: false), Seconds(2));

        state.Tick(Seconds(3)).ShouldBe(default);
    }

    [Fact]
    public void A_recorder_that_is_not_to_record_has_a_holder_that_is_ready()
    {
        var state = Claimant(isExclusive: false);

        state.ConfirmReady(First, Seconds(1)).Report.ShouldBe(new TenureReport(First, TenureStatus.Confirmed));
        state.ConfirmReady(First, Seconds(2)).ShouldBe(default);
        state.Describe(Seconds(2)).ShouldBe(new HolderReport(First, IsConfirmed: true, IsStoring: true, IsIdle: true));
    }

    // Its node has not heard of the start yet.
    [Fact]
    public void A_holder_that_records_does_not_end_for_one_that_is_merely_ready()
    {
        var ready = new HolderReport(Other, IsConfirmed: true, IsStoring: true, IsIdle: true);
        var stopped = Holder(isExclusive: false);
        stopped.ConfirmReady(First, Seconds(2));

        Holder(isExclusive: false).Hear(ready, Seconds(2)).ShouldBe(default);
        stopped.Hear(ready, Seconds(2)).End.ShouldBe(First);
    }

    [Fact]
    public void A_holder_goes_on_until_its_successor_stores_media()
    {
        var state = Holder(isExclusive: false);

        state.Learn(new TenureReport(Other, TenureStatus.Confirmed));
        state.Hear(new HolderReport(Other, IsConfirmed: false, IsStoring: false), Seconds(2)).ShouldBe(default);
        state.Hear(new HolderReport(Other, IsConfirmed: true, IsStoring: true), Seconds(2)).End.ShouldBe(First);
    }

    [Fact]
    public void A_holder_does_not_end_for_a_lower_tenure()
    {
        var state = Holder(isExclusive: false);

        state.Hear(new HolderReport(new Tenure(0, "n2", Start), IsConfirmed: true, IsStoring: true), Seconds(2)).ShouldBe(default);
    }

    [Fact]
    public void A_camera_with_one_connection_is_let_go_while_a_higher_claim_tries()
    {
        var state = Holder(isExclusive: true);

        state.MayConnect(Seconds(1)).ShouldBeTrue();
        state.Hear(new HolderReport(Other, IsConfirmed: false, IsStoring: false), Seconds(2)).ShouldBe(default);
        state.MayConnect(Seconds(2)).ShouldBeFalse();
        state.Learn(new TenureReport(Other, TenureStatus.Ended, LastEvent: 0));
        state.MayConnect(Seconds(3)).ShouldBeTrue();
    }

    [Fact]
    public void A_camera_with_one_connection_is_not_let_go_for_a_higher_holder_that_is_blind()
    {
        var state = Holder(isExclusive: true);
        state.Hear(new HolderReport(Other, IsConfirmed: true, IsStoring: false), Seconds(2));

        state.MayConnect(Seconds(2)).ShouldBeTrue();
    }

    // Seed 4499: its disk hangs, and the node that could record cannot tell it.
    [Fact]
    public void A_holder_that_stores_nothing_lets_the_only_connection_go_for_longer_each_time()
    {
        var state = Holder(isExclusive: true);
        var connects = Enumerable.Range(1, 60).Select(second => Step(state, second)).ToList();

        Lengths(connects).ShouldBe([5, -5, 5, -10, 5, -20, 5, -5]);
        state.StoreFragment(First, Seconds(70));
        Step(state, 71).ShouldBeTrue();
        state.Held.ShouldBe(First);
    }

    // The camera serves the latest comer, so that two nodes take it from each other.
    [Fact]
    public void A_holder_whose_connection_is_taken_away_now_and_then_lets_it_go_too()
    {
        var state = Holder(isExclusive: true);
        for (var second = 2; second <= 8; second++)
            state.Tick(Seconds(second), isConnected: second % 2 == 0);

        state.MayConnect(Seconds(8)).ShouldBeFalse();
    }

    // The other node is on the other side of a partition; both store something each time.
    [Fact]
    public void A_holder_whose_connection_is_taken_away_again_lets_it_go_for_longer_each_time_though_it_stores()
    {
        var state = Holder(isExclusive: true);
        state.HasUnheard = true;
        var connects = new List<bool>();
        for (var second = 2; second <= 60; second++)
        {
            connects.Add(state.MayConnect(Seconds(second)));
            if (!connects[^1])
                continue;

            state.StoreFragment(First, Seconds(second));
            if (second % 3 == 0)
                state.LoseConnection(Seconds(second));
        }

        Lengths(connects).ShouldBe([5, -4, 2, -9, 3, -19, 2, -15]);
    }

    [Fact]
    public void A_connection_that_breaks_once_is_opened_again_at_once()
    {
        var state = Holder(isExclusive: true);
        state.HasUnheard = true;
        foreach (var second in new[] { 2, 40, 80 })
        {
            state.LoseConnection(Seconds(second));
            state.MayConnect(Seconds(second)).ShouldBeTrue();
        }
    }

    [Fact]
    public void A_connection_that_breaks_again_and_again_is_opened_at_once_while_all_nodes_are_heard()
    {
        var state = Holder(isExclusive: true);
        state.HasUnheard = true;
        for (var second = 2; second < 6; second++)
            state.LoseConnection(Seconds(second));

        state.MayConnect(Seconds(6)).ShouldBeFalse();
        state.HasUnheard = false;
        state.MayConnect(Seconds(6)).ShouldBeTrue();
        state.LoseConnection(Seconds(60));
        state.LoseConnection(Seconds(61));
        state.MayConnect(Seconds(61)).ShouldBeTrue();
    }

    [Fact]
    public void A_holder_that_the_camera_does_not_answer_has_no_connection_to_let_go()
    {
        var state = Holder(isExclusive: true);
        state.Tick(Hours(1), isConnected: false);
        state.Tick(Hours(2), isConnected: true);

        state.MayConnect(Hours(2)).ShouldBeTrue();
    }

    [Fact]
    public void A_camera_with_many_connections_is_never_let_go()
    {
        var state = Holder(isExclusive: false);
        state.Tick(Seconds(10), isConnected: true);
        state.Tick(Seconds(20), isConnected: true);

        state.MayConnect(Seconds(20)).ShouldBeTrue();
    }

    [Fact]
    public void A_tenure_that_ended_without_an_event_is_forgotten_but_its_term_is_not()
    {
        var state = new TenureState("n1", Start, isExclusive: false);
        state.Learn(new TenureReport(Other, TenureStatus.Claimed));
        state.Learn(new TenureReport(Other, TenureStatus.Ended, LastEvent: 0));

        state.Find(Other).ShouldBeNull();
        state.HighestTerm.ShouldBe(Other.Term);
    }

    [Fact]
    public void A_holder_below_a_tenure_that_was_confirmed_claims_anew_and_goes_on()
    {
        var state = Holder(isExclusive: false);
        state.Learn(new TenureReport(Other, TenureStatus.Confirmed));

        var decision = state.Claim(Other.Term, Seconds(2));

        decision.Begin.ShouldBe(new Tenure(8, "n1", Start));
        decision.End.ShouldBe(First);
    }

    // Seed 8977: it ended before anybody heard that it was confirmed, and its events come after those of the holder.
    [Fact]
    public void A_tenure_that_is_heard_of_when_it_has_ended_was_confirmed_if_it_has_events()
    {
        var state = Holder(isExclusive: false);

        state.Learn(new TenureReport(Other, TenureStatus.Ended, LastEvent: 0));
        state.HighestConfirmed.ShouldBe(First);
        state.Learn(new TenureReport(Other, TenureStatus.Ended, LastEvent: 19));
        state.HighestConfirmed.ShouldBe(Other);
    }

    [Fact]
    public void A_holder_that_stores_nothing_for_three_seconds_says_so()
    {
        var state = Holder(isExclusive: false);

        state.Describe(Seconds(3.9))!.IsStoring.ShouldBeTrue();
        state.Describe(Seconds(4))!.IsStoring.ShouldBeFalse();
    }

    private static TenureState Claimant(bool isExclusive)
    {
        var state = new TenureState("n1", Start, isExclusive);
        state.Claim(0, Seconds(0));
        return state;
    }

    private static TenureState Holder(bool isExclusive)
    {
        var state = Claimant(isExclusive);
        state.StoreFragment(First, Seconds(1));
        return state;
    }

    // Hears of another living holder long after anything was stored here.
    private static TenureDecision Tick(TenureState state, HolderReport other)
    {
        state.Hear(other, Seconds(60)).ShouldBe(default);
        return state.Tick(Seconds(60));
    }

    // The camera serves whoever connects.
    private static bool Step(TenureState state, double second)
    {
        state.Tick(Seconds(second), state.MayConnect(Seconds(second)));
        return state.MayConnect(Seconds(second));
    }

    // How many steps in a row were connected; negative where they were not.
    private static List<int> Lengths(List<bool> connects)
    {
        List<int> lengths = [];
        for (var index = 0; index < connects.Count; index++)
        {
            if (index == 0 || connects[index] != connects[index - 1])
                lengths.Add(0);

            lengths[^1] += connects[index] ? 1 : -1;
        }

        return lengths;
    }

    private static TimeSpan Hours(double hours) => TimeSpan.FromHours(hours);

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);
}
