namespace Recorder.ActorKernel.Tests;

/// <summary>The scheduler that the engine has when nothing else is configured, in real time.</summary>
public class SchedulerSpecs : EngineSpec
{
    private static readonly TimeSpan Brief = TimeSpan.FromMilliseconds(30);

    [Fact]
    public void A_message_comes_once_and_not_too_early()
    {
        var start = System.Diagnostics.Stopwatch.GetTimestamp();

        Sys.Scheduler.ScheduleTellOnce(TimeSpan.FromMilliseconds(100), TestActor, "once", ActorRefs.NoSender);

        ExpectMsg("once");
        System.Diagnostics.Stopwatch.GetElapsedTime(start).ShouldBeGreaterThan(TimeSpan.FromMilliseconds(90));
        ExpectNoMsg(150);
    }

    [Fact]
    public void The_sender_is_the_one_given()
    {
        var probe = CreateTestProbe();

        Sys.Scheduler.ScheduleTellOnce(Brief, TestActor, "hello", probe.Ref);

        ExpectMsgFrom(probe.Ref, "hello");
    }

    [Fact]
    public void A_repeated_message_comes_until_it_is_cancelled()
    {
        var cancelable = Sys.Scheduler.ScheduleTellRepeatedlyCancelable(Brief, Brief, TestActor, "tick", ActorRefs.NoSender);
        foreach (var _ in Enumerable.Range(0, 3))
            ExpectMsg("tick");

        cancelable.Cancel();

        // Some may have come already; then there is silence.
        ReceiveWhile<string>(_ => true, idle: Brief * 5);
        ExpectNoMsg(Brief * 5);
    }

    [Fact]
    public void A_cancelled_message_does_not_come()
    {
        var cancelable = Sys.Scheduler.ScheduleTellOnceCancelable(Brief * 10, TestActor, "never", ActorRefs.NoSender);

        cancelable.Cancel();
        Sys.Scheduler.ScheduleTellOnce(Brief * 15, TestActor, "after", ActorRefs.NoSender);

        ExpectMsg("after");
    }

    [Fact]
    public void Actions_run_once_or_again_and_again()
    {
        var testActor = TestActor;
        using var cancelable = new Cancelable(Sys.Scheduler);

        Sys.Scheduler.Advanced.ScheduleOnce(Brief, () => testActor.Tell("once", ActorRefs.NoSender));
        ExpectMsg("once");
        Sys.Scheduler.Advanced.ScheduleRepeatedly(Brief, Brief, () => testActor.Tell("tick", ActorRefs.NoSender), cancelable);
        ExpectMsg("tick");
        ExpectMsg("tick");
        cancelable.Cancel();
    }

    [Fact]
    public void Shorter_delays_come_first()
    {
        foreach (var delay in new[] { 500, 50, 250 })
            Sys.Scheduler.ScheduleTellOnce(TimeSpan.FromMilliseconds(delay), TestActor, delay, ActorRefs.NoSender);

        ReceiveN(3).ShouldBe([50, 250, 500]);
    }

    [Fact]
    public void An_action_that_throws_leaves_the_others_alone()
    {
        Sys.Scheduler.Advanced.ScheduleOnce(Brief, () => throw new BoomException());
        Sys.Scheduler.ScheduleTellOnce(Brief * 2, TestActor, "alive", ActorRefs.NoSender);

        ExpectMsg("alive");
    }

    [Fact]
    public void A_delay_of_zero_is_at_once()
    {
        Sys.Scheduler.ScheduleTellOnce(TimeSpan.Zero, TestActor, "now", ActorRefs.NoSender);

        ExpectMsg("now");
    }

    [Fact]
    public void A_negative_delay_is_refused() =>
        Should.Throw<ArgumentOutOfRangeException>(
            () => Sys.Scheduler.ScheduleTellOnce(TimeSpan.FromMilliseconds(-1), TestActor, "x", ActorRefs.NoSender));

    [Fact]
    public void A_cancelable_says_that_it_was_cancelled_and_cancels_its_token()
    {
        using var cancelable = new Cancelable(Sys.Scheduler);
        cancelable.IsCancellationRequested.ShouldBeFalse();

        cancelable.Cancel();

        cancelable.IsCancellationRequested.ShouldBeTrue();
        cancelable.Token.IsCancellationRequested.ShouldBeTrue();
    }

    [Fact]
    public void A_cancelable_can_cancel_itself_after_a_time()
    {
        using var cancelable = new Cancelable(Sys.Scheduler);

        cancelable.CancelAfter(Brief);

        AwaitCondition(() => cancelable.IsCancellationRequested, null, TimeSpan.FromMilliseconds(10));
    }
}
