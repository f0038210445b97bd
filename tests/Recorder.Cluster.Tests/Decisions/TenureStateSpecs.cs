using Recorder.Cluster.Tenures;

namespace Recorder.Cluster.Tests.Decisions;

/// <summary>Who records, as one node decides it.</summary>
public class TenureStateSpecs
{
    private static readonly StartId Start = new(1);
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
    public void A_claim_without_a_fragment_lapses_after_five_seconds()
    {
        var state = new TenureState("n1", Start, isExclusive: false);
        var tenure = state.Claim(0, Seconds(0)).Begin;

        state.Tick(Seconds(4.9)).ShouldBe(default);
        state.Tick(Seconds(5)).End.ShouldBe(tenure);
        state.Held.ShouldBeNull();
    }

    [Fact]
    public void A_holder_goes_on_until_its_successor_stores_media()
    {
        var state = Holder(isExclusive: false);

        state.Learn(new TenureReport(Other, TenureStatus.Confirmed));
        state.Hear(new HolderReport(Other, IsConfirmed: false, IsStoring: false), Seconds(2)).ShouldBe(default);
        state.Hear(new HolderReport(Other, IsConfirmed: true, IsStoring: true), Seconds(2)).End.ShouldBe(new Tenure(1, "n1", Start));
    }

    [Fact]
    public void A_holder_does_not_end_for_a_lower_tenure()
    {
        var state = Holder(isExclusive: false);

        state.Hear(new HolderReport(new Tenure(0, "n2", Start), IsConfirmed: true, IsStoring: true), Seconds(2)).ShouldBe(default);
    }

    [Fact]
    public void A_camera_with_one_connection_is_released_for_a_claim() =>
        Holder(isExclusive: true).Hear(new HolderReport(Other, IsConfirmed: false, IsStoring: false), Seconds(2)).End.ShouldNotBeNull();

    [Fact]
    public void A_holder_below_a_tenure_that_was_confirmed_claims_anew_and_goes_on()
    {
        var state = Holder(isExclusive: false);
        state.Learn(new TenureReport(Other, TenureStatus.Confirmed));

        var decision = state.Claim(Other.Term, Seconds(2));

        decision.Begin.ShouldBe(new Tenure(8, "n1", Start));
        decision.End.ShouldBe(new Tenure(1, "n1", Start));
    }

    [Fact]
    public void A_holder_that_stores_nothing_for_three_seconds_says_so()
    {
        var state = Holder(isExclusive: false);

        state.Describe(Seconds(3.9))!.IsStoring.ShouldBeTrue();
        state.Describe(Seconds(4))!.IsStoring.ShouldBeFalse();
    }

    private static TenureState Holder(bool isExclusive)
    {
        var state = new TenureState("n1", Start, isExclusive);
        state.StoreFragment(state.Claim(0, Seconds(0)).Begin!.Value, Seconds(1));
        return state;
    }

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);
}
