namespace Recorder.ActorKernel.Tests;

public class TimerSpecs : VirtualTimeSpec
{
    private sealed record Do(Action<ITimerScheduler> With);

    private sealed record Block(TestLatch Blocked, TestLatch Go, Action<ITimerScheduler> Then);

    private sealed class Timed : ReceiveActor, IWithTimers
    {
        private readonly IActorRef _probe;

        public Timed(IActorRef probe)
        {
            _probe = probe;
            Receive<Do>(command =>
            {
                command.With(Timers);
                Sender.Tell("done");
            });
            Receive<Block>(block =>
            {
                block.Blocked.Open();
                block.Go.Ready();
                block.Then(Timers);
            });
            Receive<Exception>(exception => throw exception);
            ReceiveAny(message => probe.Tell(message));
        }

        public ITimerScheduler Timers { get; set; } = null!;

        protected override void PostRestart(Exception reason) => _probe.Tell("restarted");
    }

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private IActorRef Start()
    {
        var probe = TestActor;
        return Sys.ActorOf(Props.Create(() => new Timed(probe)));
    }

    private void With(IActorRef actor, Action<ITimerScheduler> action)
    {
        actor.Tell(new Do(action));
        ExpectMsg("done");
    }

    [Fact]
    public void A_single_timer_fires_once_at_its_time()
    {
        With(Start(), timers => timers.StartSingleTimer("key", "tick", Second));

        Pass(999);
        ExpectNoMsg(Soon);
        Pass(1);
        ExpectMsg("tick");
        Pass(5000);

        ExpectNoMsg(Soon);
    }

    [Fact]
    public void A_periodic_timer_fires_again_and_again()
    {
        With(Start(), timers => timers.StartPeriodicTimer("key", "tick", Second));

        foreach (var _ in Enumerable.Range(0, 3))
        {
            Pass(1000);
            ExpectMsg("tick");
        }
    }

    [Fact]
    public void A_periodic_timer_can_have_another_first_delay()
    {
        With(Start(), timers => timers.StartPeriodicTimer("key", "tick", TimeSpan.FromMilliseconds(100), Second));

        Pass(100);
        ExpectMsg("tick");
        Pass(900);
        ExpectNoMsg(Soon);
        Pass(100);
        ExpectMsg("tick");
    }

    [Fact]
    public void A_timer_of_the_same_key_replaces_the_one_before()
    {
        var actor = Start();
        With(actor, timers => timers.StartSingleTimer("key", "old", Second));
        With(actor, timers => timers.StartSingleTimer("key", "new", Second * 2));

        Pass(1000);
        ExpectNoMsg(Soon);
        Pass(1000);

        ExpectMsg("new");
    }

    [Fact]
    public void Timers_of_different_keys_do_not_know_each_other()
    {
        var actor = Start();
        With(actor, timers => timers.StartSingleTimer("a", "a", Second));
        With(actor, timers => timers.StartSingleTimer("b", "b", Second * 2));

        Pass(1000);
        ExpectMsg("a");
        Pass(1000);
        ExpectMsg("b");
    }

    [Fact]
    public void A_cancelled_timer_does_not_fire()
    {
        var actor = Start();
        With(actor, timers => timers.StartPeriodicTimer("key", "tick", Second));
        With(actor, timers => timers.Cancel("key"));

        Pass(5000);

        ExpectNoMsg(Soon);
    }

    [Fact]
    public void CancelAll_cancels_all()
    {
        var actor = Start();
        With(actor, timers => timers.StartPeriodicTimer("a", "a", Second));
        With(actor, timers => timers.StartSingleTimer("b", "b", Second));
        With(actor, timers => timers.CancelAll());

        Pass(5000);

        ExpectNoMsg(Soon);
    }

    [Fact]
    public void A_timer_is_active_until_it_has_fired_or_was_cancelled()
    {
        var actor = Start();
        var (single, periodic) = (new List<bool>(), new List<bool>());
        void Look() => With(actor, timers =>
        {
            single.Add(timers.IsTimerActive("single"));
            periodic.Add(timers.IsTimerActive("periodic"));
        });

        Look();
        With(actor, timers => timers.StartSingleTimer("single", "s", Second));
        With(actor, timers => timers.StartPeriodicTimer("periodic", "p", Second));
        Look();
        Pass(1000);
        ExpectMsgAllOf(["s", "p"]);
        Look();
        With(actor, timers => timers.Cancel("periodic"));
        Look();

        single.ShouldBe([false, true, false, false]);
        periodic.ShouldBe([false, true, true, false]);
    }

    [Fact]
    public void A_message_that_waits_in_the_mailbox_is_dropped_when_its_timer_is_cancelled()
    {
        var (blocked, go, actor) = (CreateTestLatch(), CreateTestLatch(), Start());
        With(actor, timers => timers.StartSingleTimer("key", "tick", Second));
        actor.Tell(new Block(blocked, go, timers => timers.Cancel("key")));
        blocked.Ready();
        Pass(1000);

        go.Open();
        actor.Tell("after");

        ExpectMsg("after");
    }

    [Fact]
    public void A_message_that_waits_in_the_mailbox_is_dropped_when_its_timer_is_replaced()
    {
        var (blocked, go, actor) = (CreateTestLatch(), CreateTestLatch(), Start());
        With(actor, timers => timers.StartSingleTimer("key", "old", Second));
        actor.Tell(new Block(blocked, go, timers => timers.StartSingleTimer("key", "new", Second)));
        blocked.Ready();
        Pass(1000);

        go.Open();
        actor.Tell("after");
        ExpectMsg("after");
        Pass(1000);

        ExpectMsg("new");
    }

    [Fact]
    public void A_restart_cancels_the_timers()
    {
        var actor = Start();
        With(actor, timers => timers.StartPeriodicTimer("key", "tick", Second));

        actor.Tell(new BoomException());
        ExpectMsg("restarted");
        Pass(5000);

        ExpectNoMsg(Soon);
    }

    [Fact]
    public void A_stop_cancels_the_timers()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(DeadLetter));
        var actor = Watch(Start());
        With(actor, timers => timers.StartPeriodicTimer("key", "tick", Second));

        Sys.Stop(actor);
        ExpectTerminated(actor);
        Pass(5000);

        ExpectNoMsg(Soon);
    }

    [Fact]
    public void A_poison_pill_by_timer_stops_the_actor()
    {
        var actor = Watch(Start());
        With(actor, timers => timers.StartSingleTimer("end", PoisonPill.Instance, Second));

        Pass(1000);

        ExpectTerminated(actor);
    }
}
