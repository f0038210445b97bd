using Recorder.Cluster.Events;
using Recorder.Cluster.Tests.Harness;
using Recorder.Contracts;

namespace Recorder.Cluster.Tests;

/// <summary>Events of one recorder that several nodes tell of.</summary>
public class EventOrderSpecs
{
    private static readonly RecorderId Camera = new("camera");

    private readonly SpecClock _clock = new();
    private readonly EventOrder<long> _order;

    public EventOrderSpecs() => _order = new EventOrder<long>(TimeSpan.FromSeconds(2), _clock);

    [Fact]
    public void What_comes_in_order_goes_on_at_once() => Offer((1, "a"), (2, "a"), (3, "b")).ShouldBe([1, 2, 3]);

    [Fact]
    public void What_came_already_is_dropped() => Offer((1, "a"), (2, "a"), (2, "a"), (1, "b"), (3, "a")).ShouldBe([1, 2, 3]);

    [Fact]
    public void What_the_next_node_tells_waits_for_what_the_last_one_still_tells() => Offer((1, "a"), (3, "b"), (4, "b"), (2, "a")).ShouldBe([1, 2, 3, 4]);

    [Fact]
    public void What_waits_too_long_goes_on_without()
    {
        Offer((1, "a"), (3, "b")).ShouldBe([1]);
        _clock.Advance(TimeSpan.FromSeconds(2));
        var ready = new List<long>();
        _order.Expire(ready);
        ready.ShouldBe([3]);
        Offer((2, "a")).ShouldBeEmpty("it is late");
    }

    [Fact]
    public void What_waits_for_a_node_that_cannot_be_heard_waits_until_it_can()
    {
        var isCutOff = true;
        _order.IsCutOff = node => isCutOff && node == "a";
        Offer((1, "a"), (3, "b")).ShouldBe([1]);
        _clock.Advance(TimeSpan.FromSeconds(60));
        var ready = new List<long>();
        _order.Expire(ready);
        ready.ShouldBeEmpty();
        Offer((2, "a")).ShouldBe([2, 3]);
        Offer((5, "b")).ShouldBe([5]);
        Offer((7, "c")).ShouldBeEmpty();
        isCutOff = false;
        _clock.Advance(TimeSpan.FromSeconds(2));
        _order.Expire(ready);
        ready.ShouldBe([7]);
    }

    [Fact]
    public void A_recorder_whose_node_died_goes_on_at_once_and_its_old_node_is_not_heard_any_more() =>
        Offer((1, "a"), (1_000_001, "b"), (2, "a"), (1_000_002, "b")).ShouldBe([1, 1_000_001, 1_000_002]);

    [Fact]
    public void What_one_node_leaves_out_is_not_waited_for() => Offer((1, "a"), (5, "a")).ShouldBe([1, 5]);

    [Fact]
    public void Who_begins_later_is_not_told_what_was_before()
    {
        _order.Seen(Camera, 7, "a");
        Offer((6, "b"), (7, "a"), (8, "a")).ShouldBe([8]);
    }

    private List<long> Offer(params (long Sequence, string Node)[] events)
    {
        var ready = new List<long>();
        foreach (var (sequence, node) in events)
            _order.Offer(Camera, sequence, node, sequence, ready);

        return ready;
    }
}
