using Recorder.Cluster.Events;
using Recorder.Cluster.Tenures;
using Recorder.Cluster.Tests.Harness;
using Recorder.Contracts;

namespace Recorder.Cluster.Tests.Decisions;

/// <summary>When the events of one recorder, which come from the journals of several nodes, are told to subscribers.</summary>
public class LiveOrderSpecs
{
    private static readonly RecorderId Camera = new("camera");
    private static readonly Tenure First = new(1, "n1", new StartId(1));
    private static readonly Tenure Second = new(2, "n2", new StartId(2));
    private static readonly Tenure Other = new(2, "n1", new StartId(1));

    private readonly SpecClock _clock = new();
    private readonly LiveOrder _order;
    private bool _mayStillCome = true;

    public LiveOrderSpecs() => _order = new LiveOrder(_ => _mayStillCome, _clock);

    [Fact]
    public void What_comes_in_order_is_told_at_once() => Offer((First, 1), (First, 2), (First, 3)).ShouldBe(["1/n1#1", "1/n1#2", "1/n1#3"]);

    [Fact]
    public void What_was_told_is_not_told_again() => Offer((First, 1), (First, 2), (First, 2), (First, 1)).ShouldBe(["1/n1#1", "1/n1#2"]);

    [Fact]
    public void A_tenures_first_event_waits_for_the_one_before_it()
    {
        Offer((First, 1)).ShouldBe(["1/n1#1"]);
        Offer(Begin(Second, 4, new EventNumber(First, 3))).ShouldBeEmpty();
        Offer((Second, 5), (First, 2)).ShouldBeEmpty();
        Offer((First, 3)).ShouldBe(["1/n1#2", "1/n1#3", "2/n2#4", "2/n2#5"]);
    }

    [Fact]
    public void It_waits_longer_for_a_node_that_lives_but_not_for_ever()
    {
        Offer((First, 1)).ShouldBe(["1/n1#1"]);
        Offer(Begin(Second, 4, new EventNumber(First, 3))).ShouldBeEmpty();
        _clock.Advance(LiveOrder.ShortPatience);
        Expire().ShouldBeEmpty();
        _clock.Advance(LiveOrder.LongPatience - LiveOrder.ShortPatience);
        Expire().ShouldBe(["2/n2#4"]);
        Offer((First, 2), (First, 3)).ShouldBeEmpty("they are below what was told");
    }

    [Fact]
    public void It_waits_only_a_moment_for_a_node_that_is_dead()
    {
        _mayStillCome = false;
        Offer((First, 1), (First, 2)).Count.ShouldBe(2);
        Offer(Begin(Second, 4, new EventNumber(First, 3))).ShouldBeEmpty();
        _clock.Advance(LiveOrder.ShortPatience);
        Expire().ShouldBe(["2/n2#4"]);
    }

    [Fact]
    public void What_a_superseded_holder_raised_is_never_told_as_live()
    {
        Offer((First, 1), (First, 2)).Count.ShouldBe(2);
        Offer(Begin(Second, 2_000_001, new EventNumber(First, 2))).ShouldBe(["2/n2#2000001"]);
        Offer((First, 3), (First, 4)).ShouldBeEmpty();
        _order.OrderOf(Camera).FindLate().ShouldBe([new EventRange(First, 3, 4)]);
    }

    [Fact]
    public void Two_sides_that_use_the_same_numbers_are_two_tenures()
    {
        Offer((First, 1)).Count.ShouldBe(1);
        Offer(Begin(Other, 2_000_001, new EventNumber(First, 1))).ShouldBe(["2/n1#2000001"]);
        Offer(Begin(Second, 2_000_001, new EventNumber(First, 1))).ShouldBe(["2/n2#2000001"]);
        Offer((Other, 2_000_002)).ShouldBeEmpty();
        _order.OrderOf(Camera).FindLate().ShouldBe([new EventRange(Other, 2_000_001, 2_000_002)]);
    }

    [Fact]
    public void Who_begins_in_the_middle_of_a_tenure_waits_for_nothing() => Offer((Second, 7), (Second, 8)).Count.ShouldBe(2);

    private static (Tenure Tenure, long Number, EventNumber? After) Begin(Tenure tenure, long number, EventNumber after) => (tenure, number, after);

    private List<string> Offer(params (Tenure Tenure, long Number)[] events) =>
        Offer([.. events.Select(raised => (raised.Tenure, raised.Number, default(EventNumber?)))]);

    private List<string> Offer(params (Tenure Tenure, long Number, EventNumber? After)[] events) =>
    [
        .. events.SelectMany(raised => _order.Offer(new LoggedEvent(
            raised.Tenure.Node, raised.Number, Camera, new EventNumber(raised.Tenure, raised.Number), raised.After, "pause", _clock.GetUtcNow(), [])))
            .Select(Text),
    ];

    private List<string> Expire() => [.. _order.Expire().Select(Text)];

    private static string Text(LoggedEvent raised) => $"{raised.Number.Tenure.Term}/{raised.Number.Tenure.Node}#{raised.Number.Number}";
}
