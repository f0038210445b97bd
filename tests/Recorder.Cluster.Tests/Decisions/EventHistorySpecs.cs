using Recorder.Cluster.Events;
using Recorder.Cluster.Tenures;
using Recorder.Cluster.Tests.Schedules;

namespace Recorder.Cluster.Tests.Decisions;

/// <summary>The one order of a recorder's events, and what a subscriber is told of it.</summary>
public class EventHistorySpecs
{
    private static readonly Tenure First = new(1, "n1", new StartId(1));
    private static readonly Tenure Second = new(2, "n2", new StartId(2));
    private static readonly Tenure Third = new(3, "n3", new StartId(3));

    [Fact]
    public void What_a_holder_raised_after_its_successor_began_has_no_place()
    {
        var history = Build(Events(First, 4, null), Events(Second, 2, new EventNumber(First, 3)));

        history.Read().Select(raised => raised.Number).ShouldBe(
            [new(First, 1), new(First, 2), new(First, 3), new(Second, 1), new(Second, 2)]);
        history.FindLate().ShouldBe([new EventRange(First, 4, 4)]);
    }

    [Fact]
    public void There_is_no_order_while_an_event_is_missing_that_it_needs()
    {
        var history = Build(Events(First, 2, null), Events(Second, 1, new EventNumber(First, 3)));

        history.Read().ShouldBeEmpty();
        history.Add(new OrderedEvent(new EventNumber(First, 3), ""));
        history.Read().Count().ShouldBe(4);
    }

    [Fact]
    public void A_subscriber_of_the_side_that_does_not_count_is_told_what_it_missed()
    {
        var history = Build(
            Events(First, 5, null), Events(Second, 2, new EventNumber(First, 3)), Events(Third, 1, new EventNumber(First, 5)));

        var step = history.FindNext(new EventNumber(Second, 2));

        step.Event!.Number.ShouldBe(new EventNumber(Third, 1));
        step.Missed.ShouldBe([new EventRange(First, 4, 5)]);
        history.FindLate().ShouldBe([new EventRange(Second, 1, 2)]);
    }

    [Fact]
    public void A_subscriber_whose_last_event_is_lost_learns_it()
    {
        var history = Build(Events(First, 2, null));

        history.FindNext(new EventNumber(Second, 6)).IsLost.ShouldBeTrue();
        history.FindNext(new EventNumber(First, 2)).IsLost.ShouldBeFalse();
    }

    [Fact]
    public void A_tenures_first_event_waits_for_the_last_one_of_the_holder_before()
    {
        var history = Build(Events(First, 2, null));
        var raiser = new EventRaiser(Second, TimeSpan.Zero);
        raiser.Raise("started");

        raiser.TakeNext(history, _ => null, mayWait: true, TimeSpan.FromSeconds(1)).ShouldBeNull();
        history.Add(new OrderedEvent(new EventNumber(First, 3), ""));
        var raised = raiser.TakeNext(history, tenure => new TenureReport(tenure, TenureStatus.Ended, LastEvent: 3), mayWait: true, TimeSpan.FromSeconds(1));

        raised!.After.ShouldBe(new EventNumber(First, 3));
        raised.IsCertain.ShouldBeTrue();
    }

    [Fact]
    public void A_tenures_first_event_does_not_wait_for_a_holder_that_died()
    {
        var raiser = new EventRaiser(Second, TimeSpan.Zero);
        raiser.Raise("started");

        var raised = raiser.TakeNext(Build(Events(First, 2, null)), _ => null, mayWait: false, TimeSpan.Zero);

        raised!.After.ShouldBe(new EventNumber(First, 2));
        raised.IsCertain.ShouldBeFalse();
    }

    private static EventHistory Build(params IEnumerable<OrderedEvent>[] tenures)
    {
        var history = new EventHistory();
        foreach (var raised in tenures.SelectMany(events => events).Reverse())
            history.Add(raised);

        return history;
    }

    private static IEnumerable<OrderedEvent> Events(Tenure tenure, int count, EventNumber? after) =>
        Enumerable.Range(1, count).Select(number => new OrderedEvent(new EventNumber(tenure, number), "", number == 1 ? after : null));
}
