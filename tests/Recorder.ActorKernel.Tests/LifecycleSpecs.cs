namespace Recorder.ActorKernel.Tests;

public class LifecycleSpecs : EngineSpec
{
    /// <summary>Reports each hook; "instance n" tells the incarnations apart.</summary>
    private sealed class Reporting : ReceiveActor
    {
        private readonly IActorRef _probe;
        private readonly int _instance;

        public Reporting(IActorRef probe, Counter instances)
        {
            _probe = probe;
            _instance = instances.Next();
            _probe.Tell($"created {_instance}");
            Receive<string>(text => text == "fail", _ => throw new BoomException());
            Receive<string>(text => text == "child", _ => Context.ActorOf(Props.Create(() => new Child(probe)), "child"));
            ReceiveAny(message => Sender.Tell($"{message} {_instance}"));
        }

        protected override void PreStart() => _probe.Tell($"pre-start {_instance}");

        protected override void PostStop() => _probe.Tell($"post-stop {_instance}");

        protected override void PreRestart(Exception reason, object message)
        {
            _probe.Tell($"pre-restart {_instance} {reason.Message} {message}");
            base.PreRestart(reason, message);
        }

        protected override void PostRestart(Exception reason)
        {
            _probe.Tell($"post-restart {_instance} {reason.Message}");
            base.PostRestart(reason);
        }
    }

    private sealed class Child : ReceiveActor
    {
        private readonly IActorRef _probe;

        public Child(IActorRef probe) => _probe = probe;

        protected override void PreStart() => _probe.Tell("child pre-start");

        protected override void PostStop() => _probe.Tell("child post-stop");
    }

    public sealed class Counter
    {
        private int _count;

        public int Next() => Interlocked.Increment(ref _count);
    }

    private IActorRef Start(string? name = null)
    {
        var (probe, counter) = (TestActor, new Counter());
        var actor = Sys.ActorOf(Props.Create(() => new Reporting(probe, counter)), name);
        ExpectMsg("created 1");
        ExpectMsg("pre-start 1");
        return actor;
    }

    [Fact]
    public void A_stop_runs_PostStop_and_then_tells_the_watchers()
    {
        var actor = Watch(Start());

        Sys.Stop(actor);

        ExpectMsg("post-stop 1");
        ExpectTerminated(actor);
    }

    [Fact]
    public void A_restart_runs_the_hooks_of_the_old_and_then_of_the_new_instance()
    {
        var actor = Start();

        actor.Tell("fail");

        ExpectMsg("pre-restart 1 boom fail");
        ExpectMsg("post-stop 1");
        ExpectMsg("created 2");
        ExpectMsg("post-restart 2 boom");
        ExpectMsg("pre-start 2");
        actor.Tell("hello");
        ExpectMsg("hello 2");
    }

    [Fact]
    public void A_restart_waits_for_the_children_that_it_stops()
    {
        var actor = Start();
        actor.Tell("child");
        ExpectMsg("child pre-start");

        actor.Tell("fail");

        ExpectMsg("pre-restart 1 boom fail");
        var two = ReceiveN(2);
        two.ShouldBe(["post-stop 1", "child post-stop"], ignoreOrder: true);
        ExpectMsg("created 2");
        ExpectMsg("post-restart 2 boom");
        ExpectMsg("pre-start 2");
    }

    [Fact]
    public void A_stop_waits_for_the_children()
    {
        var actor = Watch(Start());
        actor.Tell("child");
        ExpectMsg("child pre-start");

        Sys.Stop(actor);

        ExpectMsg("child post-stop");
        ExpectMsg("post-stop 1");
        ExpectTerminated(actor);
    }

    [Fact]
    public void A_poison_pill_stops_after_the_messages_before_it()
    {
        var actor = Watch(Start());

        actor.Tell("before");
        actor.Tell(PoisonPill.Instance);

        ExpectMsg("before 1");
        ExpectMsg("post-stop 1");
        ExpectTerminated(actor);
    }

    [Fact]
    public void A_poison_pill_from_outside_of_actors_works_as_well()
    {
        var actor = Watch(Start());

        actor.Tell(PoisonPill.Instance, ActorRefs.NoSender);

        ExpectMsg("post-stop 1");
        ExpectTerminated(actor);
    }

    [Fact]
    public void Kill_fails_the_actor_and_the_default_supervisor_stops_it()
    {
        var actor = Watch(Start());

        EventFilter.Exception<ActorKilledException>().ExpectOne(() => actor.Tell(Kill.Instance));

        ExpectMsg("post-stop 1");
        ExpectTerminated(actor);
    }

    [Fact]
    public void Messages_to_a_stopped_actor_are_dead_letters()
    {
        var actor = Watch(Start());
        Sys.Stop(actor);
        ExpectMsg("post-stop 1");
        ExpectTerminated(actor);
        Sys.EventStream.Subscribe(TestActor, typeof(DeadLetter));

        actor.Tell("late");

        var dead = ExpectMsg<DeadLetter>();
        dead.Message.ShouldBe("late");
        dead.Recipient.ShouldBe(actor);
        dead.Sender.ShouldBe(TestActor);
    }

    [Fact]
    public void Messages_left_in_the_mailbox_of_a_stopped_actor_are_dead_letters()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(DeadLetter));
        var actor = Watch(Sys.ActorOf(Props.Create<StopsOnFirst>()));

        actor.Tell("first");
        actor.Tell("second");
        actor.Tell("third");

        var came = ReceiveN(3);
        came.OfType<DeadLetter>().Select(dead => dead.Message).ShouldBe(["second", "third"]);
        came.OfType<Terminated>().Single().ActorRef.ShouldBe(actor);
    }

    private sealed class StopsOnFirst : ReceiveActor
    {
        public StopsOnFirst() => ReceiveAny(_ => Context.Stop(Self));
    }

    private sealed class FailingConstructor : ReceiveActor
    {
        public FailingConstructor() => throw new BoomException();
    }

    [Fact]
    public void An_actor_whose_constructor_throws_is_stopped()
    {
        EventFilter.Exception<ActorInitializationException>().ExpectOne(() =>
        {
            var actor = Watch(Sys.ActorOf(Props.Create<FailingConstructor>()));
            ExpectTerminated(actor);
        });
    }

    private sealed class FailingStart : ReceiveActor
    {
        protected override void PreStart() => throw new BoomException();
    }

    [Fact]
    public void An_actor_whose_PreStart_throws_is_stopped()
    {
        EventFilter.Exception<ActorInitializationException>().ExpectOne(() =>
        {
            var actor = Watch(Sys.ActorOf(Props.Create<FailingStart>()));
            ExpectTerminated(actor);
        });
    }

    private sealed class FailingStop : ReceiveActor
    {
        protected override void PostStop() => throw new BoomException();
    }

    [Fact]
    public void An_actor_whose_PostStop_throws_terminates_all_the_same()
    {
        var actor = Watch(Sys.ActorOf(Props.Create<FailingStop>()));

        EventFilter.Error().ExpectOne(() => Sys.Stop(actor));

        ExpectTerminated(actor);
    }

    private sealed class StartingOnce : ReceiveActor
    {
        private readonly IActorRef _probe;

        public StartingOnce(IActorRef probe)
        {
            _probe = probe;
            Receive<string>(text => text == "fail", _ => throw new BoomException());
        }

        protected override void PreStart() => _probe.Tell("pre-start");

        // Without the default, neither the children are stopped nor PostStop runs nor PreStart runs again.
        protected override void PreRestart(Exception reason, object message) => _probe.Tell("pre-restart");

        protected override void PostRestart(Exception reason) => _probe.Tell("post-restart");

        protected override void PostStop() => _probe.Tell("post-stop");
    }

    [Fact]
    public void Overridden_restart_hooks_replace_what_a_restart_does()
    {
        var probe = TestActor;
        var actor = Sys.ActorOf(Props.Create(() => new StartingOnce(probe)));
        ExpectMsg("pre-start");

        actor.Tell("fail");

        ExpectMsg("pre-restart");
        ExpectMsg("post-restart");
        Sys.Stop(actor);
        ExpectMsg("post-stop");
    }

    private sealed class KeepingChild : ReceiveActor
    {
        public KeepingChild()
        {
            Receive<string>(text => text == "fail", _ => throw new BoomException());
            Receive<string>(text => text == "make", _ => Sender.Tell(Context.ActorOf(Props.Create<Idle>(), "kept")));
            Receive<string>(text => text == "get", _ => Sender.Tell(Context.Child("kept")));
        }

        protected override void PreRestart(Exception reason, object message)
        {
        }
    }

    private sealed class Idle : ReceiveActor;

    [Fact]
    public void Children_that_PreRestart_does_not_stop_survive_the_restart()
    {
        var actor = Sys.ActorOf(Props.Create<KeepingChild>());
        actor.Tell("make");
        var child = ExpectMsg<IActorRef>();

        actor.Tell("fail");
        actor.Tell("get");

        ExpectMsg(child);
    }

    [Fact]
    public void The_mailbox_and_the_reference_survive_a_restart()
    {
        var actor = Start("same");

        actor.Tell("fail");
        actor.Tell("a");
        actor.Tell("b");

        FishForMessage(message => message is "a 2");
        ExpectMsg("b 2");
        Sys.ActorSelection("/user/same").Tell(new Identify("who"));
        ExpectMsg<ActorIdentity>().Subject.ShouldBe(actor);
    }

    [Fact]
    public void A_name_is_free_again_when_its_actor_has_terminated()
    {
        var first = Watch(Start("reused"));
        Sys.Stop(first);
        ExpectMsg("post-stop 1");
        ExpectTerminated(first);

        AwaitAssert(() => Sys.ActorOf(Props.Create<Idle>(), "reused").Path.Uid.ShouldNotBe(first.Path.Uid), interval: Soon);
    }

    private sealed class SenderInHooks : ReceiveActor
    {
        public SenderInHooks() => ReceiveAny(_ => throw new BoomException());

        protected override void PreRestart(Exception reason, object message) => Sender.Tell("failed by " + message);
    }

    [Fact]
    public void PreRestart_sees_the_sender_of_the_message_that_failed()
    {
        var actor = Sys.ActorOf(Props.Create<SenderInHooks>());

        actor.Tell("bad");

        ExpectMsg("failed by bad");
    }
}
