namespace Recorder.Testing.Tests;

public class TestSchedulerSpecs : KitSpec
{
    public TestSchedulerSpecs()
        : base("akka.scheduler.implementation = \"Akka.TestKit.TestScheduler, Akka.TestKit\"")
    {
    }

    private TestScheduler Scheduler => (TestScheduler)Sys.Scheduler;

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);

    private void Tell(double after, object message) =>
        Scheduler.ScheduleTellOnce(Seconds(after), TestActor, message, ActorRefs.NoSender);

    [Fact]
    public void Nothing_comes_until_its_time_has_come()
    {
        Tell(1, "x");

        Scheduler.Advance(Seconds(0.999));
        ExpectNoMsg(Short);
        Scheduler.Advance(Seconds(0.001));

        ExpectMsg("x");
    }

    [Fact]
    public void What_is_due_comes_in_the_order_of_its_time()
    {
        Tell(3, "c");
        Tell(1, "a");
        Tell(2, "b1");
        Tell(2, "b2");

        Scheduler.Advance(Seconds(10));

        ReceiveN(4).ShouldBe(["a", "b1", "b2", "c"]);
    }

    [Fact]
    public void Time_moves_by_and_to()
    {
        var start = Scheduler.Now;

        Scheduler.Advance(Seconds(5));
        Scheduler.Now.ShouldBe(start + Seconds(5));
        Scheduler.AdvanceTo(start + Seconds(8));

        Scheduler.Now.ShouldBe(start + Seconds(8));
        Should.Throw<InvalidOperationException>(() => Scheduler.AdvanceTo(start));
    }

    [Fact]
    public void A_repeated_message_comes_once_a_move_and_starts_again_from_there()
    {
        Scheduler.ScheduleTellRepeatedly(Seconds(1), Seconds(2), TestActor, "tick", ActorRefs.NoSender);

        Scheduler.Advance(Seconds(1));
        ExpectMsg("tick");
        Scheduler.Advance(Seconds(1));
        ExpectNoMsg(Short);
        Scheduler.Advance(Seconds(1));
        ExpectMsg("tick");
        Scheduler.Advance(Seconds(100));
        ExpectMsg("tick");
        ExpectNoMsg(Short);
    }

    [Fact]
    public void What_was_cancelled_does_not_come()
    {
        using var cancelable = new Cancelable(Sys.Scheduler);
        Scheduler.ScheduleTellOnce(Seconds(1), TestActor, "once", ActorRefs.NoSender, cancelable);
        Scheduler.ScheduleTellRepeatedly(Seconds(1), Seconds(1), TestActor, "tick", ActorRefs.NoSender, cancelable);

        cancelable.Cancel();
        Scheduler.Advance(Seconds(5));

        ExpectNoMsg(Short);
    }

    [Fact]
    public void Actions_run_on_the_tests_thread()
    {
        var ran = new List<int>();
        Scheduler.Advanced.ScheduleOnce(Seconds(1), () => ran.Add(Environment.CurrentManagedThreadId));
        Scheduler.Advanced.ScheduleRepeatedly(Seconds(1), Seconds(1), () => ran.Add(Environment.CurrentManagedThreadId));

        Scheduler.Advance(Seconds(1));
        Scheduler.Advance(Seconds(1));

        ran.ShouldBe([Environment.CurrentManagedThreadId, Environment.CurrentManagedThreadId, Environment.CurrentManagedThreadId]);
    }

    [Fact]
    public void What_an_action_schedules_waits_for_the_next_move()
    {
        var inner = 0;
        Scheduler.Advanced.ScheduleOnce(Seconds(1), () => Scheduler.Advanced.ScheduleOnce(TimeSpan.Zero, () => inner++));

        Scheduler.Advance(Seconds(5));
        inner.ShouldBe(0);
        Scheduler.Advance(TimeSpan.Zero);

        inner.ShouldBe(1);
    }

    [Fact]
    public void Expectations_wait_in_real_time()
    {
        var start = System.Diagnostics.Stopwatch.GetTimestamp();

        FailureOf(() => ExpectMsg<string>(Short));

        System.Diagnostics.Stopwatch.GetElapsedTime(start).ShouldBeGreaterThan(Short * 0.5);
    }

    private sealed class Timed : ReceiveActor, IWithTimers
    {
        public Timed() => Receive<string>(_ =>
        {
            Timers.StartPeriodicTimer("tick", 1, Seconds(1));
            Sender.Tell("started");
            Become(() => Receive<int>(number => Context.System.EventStream.Publish(number)));
        });

        public ITimerScheduler Timers { get; set; } = null!;
    }

    [Fact]
    public void Timers_of_actors_go_by_virtual_time()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(int));
        Sys.ActorOf(Props.Create<Timed>()).Tell("start");
        ExpectMsg("started");

        Scheduler.Advance(Seconds(1));

        ExpectMsg(1);
    }
}
