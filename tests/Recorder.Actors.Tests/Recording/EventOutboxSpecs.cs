using Recorder.Actors.Recording;
using Recorder.Contracts;

namespace Recorder.Actors.Tests.Recording;

public class EventOutboxSpecs
{
    private static readonly RecorderId Id = new("r");
    private static readonly EventTenure First = new(1, "n1", "00000000000000a1");
    private static readonly EventTenure Second = new(2, "n2", "00000000000000b2");
    private static readonly EventTenure Third = new(3, "n1", "00000000000000a1");

    private readonly EventOutbox _outbox = new();

    [Fact]
    public void Invariant_2_events_leave_in_order_with_consecutive_numbers()
    {
        Raise();
        Raise();
        Raise();

        TakeAll().ShouldBe([1, 2, 3]);
    }

    [Fact]
    public void An_event_that_waits_for_the_disk_delays_later_events()
    {
        Raise();
        var blob = _outbox.Reserve();
        Raise();

        TakeAll().ShouldBe([1]);
        _outbox.Fill(blob, (number, at) => new RecorderProtocol.Resumed(Id, number, at));
        TakeAll().ShouldBe([2, 3]);
    }

    [Fact]
    public void A_released_place_leaves_no_hole_in_the_numbers()
    {
        var blob = _outbox.Reserve();
        Raise();
        _outbox.Release(blob);

        TakeAll().ShouldBe([1]);
    }

    [Fact]
    public void In_a_cluster_events_wait_until_the_tenure_begins_and_its_first_event_names_the_one_before()
    {
        _outbox.ContinueFrom(new RecorderHistory(2_000_000, 0) { Tenure = Second, IsClaim = true });
        Raise();
        Raise();
        TakeAll().ShouldBeEmpty("nobody hears of a claim");

        _outbox.BeginTenure(Second, new EventBefore(First, 7, IsCertain: true), floor: 2_000_000);
        var events = Take();
        events.Select(raised => raised.Sequence).ShouldBe([2_000_001, 2_000_002]);
        events.ShouldAllBe(raised => raised.Tenure == Second);
        events.Select(raised => raised.Before).ShouldBe([new EventBefore(First, 7, true), null]);
    }

    [Fact]
    public void What_a_claim_raised_that_ends_is_discarded()
    {
        _outbox.ContinueFrom(new RecorderHistory(2_000_000, 0) { Tenure = Second, IsClaim = true });
        Raise();
        var blob = _outbox.Reserve();
        _outbox.End();

        TakeAll().ShouldBeEmpty();
        _outbox.Waiting.ShouldBe(1, "the recorder waits for its disk");
        _outbox.Release(blob);
        TakeAll().ShouldBeEmpty();
        _outbox.Waiting.ShouldBe(0);
    }

    [Fact]
    public void A_holder_that_claims_anew_goes_on_above_its_own_events()
    {
        _outbox.ContinueFrom(new RecorderHistory(5, 0) { Tenure = First });
        Raise();
        TakeAll().ShouldBe([6]);

        _outbox.BeginTenure(Third, before: null, floor: 3_000_000);
        Raise();
        var raised = Take().ShouldHaveSingleItem();
        (raised.Sequence, raised.Tenure, raised.Before).ShouldBe((3_000_001, Third, new EventBefore(First, 6, true)));

        _outbox.BeginTenure(Third, new EventBefore(Second, 1, false), floor: 3_000_000);
        Raise();
        Take().ShouldHaveSingleItem().Before.ShouldBeNull("it has begun");
    }

    [Fact]
    public void A_tenure_that_raised_no_event_is_not_named_as_the_one_before()
    {
        var before = new EventBefore(First, 7, IsCertain: true);
        _outbox.ContinueFrom(new RecorderHistory(2_000_000, 0) { Tenure = Second, IsClaim = true });
        _outbox.BeginTenure(Second, before, floor: 2_000_000);

        _outbox.BeginTenure(Third, before: null, floor: 3_000_000);

        Raise();
        var raised = Take().ShouldHaveSingleItem();
        (raised.Sequence, raised.Tenure, raised.Before).ShouldBe((3_000_001, Third, before));
    }

    [Fact]
    public void What_others_raised_since_the_event_before_a_tenure_that_raised_none_is_not_passed_over()
    {
        _outbox.ContinueFrom(new RecorderHistory(3_000_000, 0) { Tenure = Third, IsClaim = true });
        _outbox.BeginTenure(Third, new EventBefore(First, 7, IsCertain: true), floor: 3_000_000);
        var fourth = new EventTenure(4, "n1", "00000000000000a1");

        _outbox.BeginTenure(fourth, new EventBefore(Second, 2, IsCertain: false), floor: 4_000_000);

        Raise();
        Take().ShouldHaveSingleItem().Before.ShouldBe(new EventBefore(Second, 2, IsCertain: false));
    }

    [Fact]
    public void A_claim_under_which_what_was_left_has_ended_has_raised_its_first_event()
    {
        _outbox.ContinueFrom(new RecorderHistory(2_000_001, 0) { Tenure = Second, IsClaim = true, Last = new EventBefore(Second, 2_000_001, IsCertain: true) });

        _outbox.BeginTenure(Second, new EventBefore(First, 7, IsCertain: true), floor: 2_000_000);

        Raise();
        var raised = Take().ShouldHaveSingleItem();
        (raised.Sequence, raised.Before).ShouldBe((2_000_002, null));
    }

    [Fact]
    public void A_recorder_that_is_created_again_under_its_tenure_names_the_event_before_once()
    {
        var before = new EventBefore(First, 7, IsCertain: true);
        _outbox.ContinueFrom(new RecorderHistory(7, 0) { Tenure = Second, Last = before });
        Raise();
        Raise();
        Take().Select(raised => raised.Before).ShouldBe([before, null]);

        _outbox.ContinueFrom(new RecorderHistory(9, 0) { Tenure = Second, Last = new EventBefore(Second, 9, IsCertain: true) });
        Raise();
        Take().ShouldHaveSingleItem().Before.ShouldBeNull();
    }

    private void Raise() => _outbox.Raise((number, at) => new RecorderProtocol.Paused(Id, number, at));

    private List<long> TakeAll() => [.. Take().Select(raised => raised.Sequence)];

    private List<RecorderProtocol.Paused> Take()
    {
        var events = new List<RecorderProtocol.IEvent>();
        while (_outbox.TakeNext(DateTimeOffset.UnixEpoch) is { } raised)
            events.Add(raised);

        return [.. events.Select(raised => raised as RecorderProtocol.Paused ?? new RecorderProtocol.Paused(Id, raised.Sequence, raised.At))];
    }
}
