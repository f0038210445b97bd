using Akka.Event;
using Microsoft.Extensions.Time.Testing;

namespace Recorder.Actors.Tests.Hosting;

public sealed class DueTimeSchedulerSpecs : IDisposable
{
    private static readonly TimeSpan Slot = DueTimeScheduler.Slot;

    private readonly FakeTimeProvider _time = new(DateTimeOffset.MinValue.AddDays(1));
    private readonly DueTimeScheduler _scheduler;
    private readonly List<string> _done = [];

    public DueTimeSchedulerSpecs() => _scheduler = new DueTimeScheduler(Config.Empty, NoLogger.Instance, _time);

    private IActionScheduler Actions => _scheduler;

    public void Dispose() => _scheduler.Dispose();

    [Fact]
    public void What_is_due_once_is_done_once_and_not_early()
    {
        Actions.ScheduleOnce(3 * Slot, () => _done.Add("once"));

        _time.Advance((3 * Slot) - TimeSpan.FromMilliseconds(1));
        _done.ShouldBeEmpty();
        _time.Advance(TimeSpan.FromMilliseconds(1));
        _done.ShouldBe(["once"]);
        _time.Advance(TimeSpan.FromHours(1));
        _done.ShouldBe(["once"]);
    }

    [Fact]
    public void What_is_due_at_once_is_not_put_off()
    {
        _time.Advance(Slot / 3);
        Actions.ScheduleOnce(TimeSpan.Zero, () => _done.Add("now"));

        _time.Advance(TimeSpan.FromMilliseconds(1));
        _done.ShouldBe(["now"]);
    }

    [Fact]
    public void What_is_due_within_a_slot_is_done_at_its_end()
    {
        Actions.ScheduleOnce(Slot / 5, () => _done.Add("first"));
        Actions.ScheduleOnce(Slot / 2, () => _done.Add("second"));
        Actions.ScheduleOnce(Slot + (Slot / 5), () => _done.Add("next slot"));

        _time.Advance(Slot - TimeSpan.FromMilliseconds(1));
        _done.ShouldBeEmpty();
        _time.Advance(TimeSpan.FromMilliseconds(1));
        _done.ShouldBe(["first", "second"], ignoreOrder: true);
        _time.Advance(Slot);
        _done.ShouldContain("next slot");
    }

    [Fact]
    public void Repetition_keeps_its_rate()
    {
        Actions.ScheduleRepeatedly(2 * Slot, 2 * Slot, () => _done.Add("again"));

        for (var i = 0; i < 20; i++)
            _time.Advance(Slot);

        _done.Count.ShouldBe(10);
    }

    [Fact]
    public void Repetition_does_not_make_up_for_what_it_missed()
    {
        // The action takes longer than its interval.
        Actions.ScheduleRepeatedly(Slot, Slot, () =>
        {
            _done.Add("slow");
            if (_done.Count == 1)
                _time.Advance(3 * Slot);
        });

        _time.Advance(Slot);
        _done.Count.ShouldBe(1);
        _time.Advance(Slot);
        _done.Count.ShouldBe(2);
    }

    [Fact]
    public void What_is_cancelled_is_not_done_and_not_kept()
    {
        var once = new Cancelable(Actions);
        Actions.ScheduleOnce(TimeSpan.FromHours(1), () => _done.Add("once"), once);
        var again = new Cancelable(Actions);
        Actions.ScheduleRepeatedly(Slot, Slot, () => _done.Add("again"), again);
        _time.Advance(Slot);
        _scheduler.Count.ShouldBe(2);

        once.Cancel();
        again.Cancel();
        _scheduler.Count.ShouldBe(0);
        _time.Advance(TimeSpan.FromHours(2));
        _done.ShouldBe(["again"]);
    }

    [Fact]
    public void Repetition_can_cancel_itself()
    {
        var cancelable = new Cancelable(Actions);
        Actions.ScheduleRepeatedly(Slot, Slot, () =>
        {
            _done.Add("again");
            cancelable.Cancel();
        }, cancelable);

        _time.Advance(10 * Slot);
        _done.ShouldBe(["again"]);
        _scheduler.Count.ShouldBe(0);
    }

    [Fact]
    public void What_is_cancelled_already_is_not_scheduled()
    {
        Actions.ScheduleOnce(Slot, () => _done.Add("once"), Cancelable.CreateCanceled());

        _scheduler.Count.ShouldBe(0);
        _time.Advance(2 * Slot);
        _done.ShouldBeEmpty();
    }

    [Fact]
    public void An_action_that_fails_stops_neither_itself_nor_others()
    {
        Actions.ScheduleRepeatedly(Slot, Slot, () =>
        {
            _done.Add("fails");
            throw new InvalidOperationException("as it does in this spec");
        });
        Actions.ScheduleRepeatedly(Slot, Slot, () => _done.Add("works"));

        _time.Advance(Slot);
        _time.Advance(Slot);
        _done.Order().ShouldBe(["fails", "fails", "works", "works"]);
    }

    [Fact]
    public void A_wait_may_be_longer_than_a_timer_holds()
    {
        Actions.ScheduleOnce(TimeSpan.FromDays(100), () => _done.Add("late"));

        _time.Advance(TimeSpan.FromDays(99));
        _done.ShouldBeEmpty();
        _time.Advance(TimeSpan.FromDays(1));
        _done.ShouldBe(["late"]);
    }

    [Fact]
    public void Nothing_is_done_or_scheduled_after_the_end()
    {
        Actions.ScheduleRepeatedly(Slot, Slot, () => _done.Add("again"));
        _scheduler.Dispose();

        _time.Advance(10 * Slot);
        _done.ShouldBeEmpty();
        Should.Throw<SchedulerException>(() => Actions.ScheduleOnce(Slot, () => { }));
    }

    [Fact]
    public async Task It_is_the_scheduler_of_the_systems_that_Recorder_creates_and_lends_no_context_to_actions()
    {
        using var system = ActorSystem.Create("due", SystemConfiguration.Own);
        system.Scheduler.ShouldBeOfType<DueTimeScheduler>();
        var context = new AsyncLocal<string?> { Value = "that of whoever schedules" };
        var done = new TaskCompletionSource<string?>();
        system.Scheduler.Advanced.ScheduleOnce(Slot, () => done.SetResult(context.Value));
        (await done.Task.WaitAsync(TimeSpan.FromSeconds(10))).ShouldBeNull();
        await system.Terminate();
    }
}
