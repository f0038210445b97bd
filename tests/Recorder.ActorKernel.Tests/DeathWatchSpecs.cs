namespace Recorder.ActorKernel.Tests;

public class DeathWatchSpecs : EngineSpec
{
    private sealed class Idle : ReceiveActor;

    private sealed record WatchIt(IActorRef Who);

    private sealed record WatchItWith(IActorRef Who, object Message);

    private sealed record UnwatchIt(IActorRef Who);

    // Told to somebody else, a Terminated is dropped: only who watches gets one. So what the watcher got is told in a message.
    private sealed record Gone(IActorRef Who, bool ExistenceConfirmed, IActorRef Watcher);

    private sealed class Watcher : ReceiveActor
    {
        public Watcher(IActorRef probe)
        {
            Receive<WatchIt>(watch =>
            {
                Context.Watch(watch.Who);
                Sender.Tell("done");
            });
            Receive<WatchItWith>(watch =>
            {
                Context.WatchWith(watch.Who, watch.Message);
                Sender.Tell("done");
            });
            Receive<UnwatchIt>(watch =>
            {
                Context.Unwatch(watch.Who);
                Sender.Tell("done");
            });
            Receive<Terminated>(end => probe.Tell(new Gone(end.ActorRef, end.ExistenceConfirmed, Self)));
            ReceiveAny(message => probe.Tell(message));
        }
    }

    private IActorRef StartIdle() => Sys.ActorOf(Props.Create<Idle>());

    private IActorRef StartWatcher()
    {
        var probe = TestActor;
        return Sys.ActorOf(Props.Create(() => new Watcher(probe)));
    }

    private void Do(IActorRef watcher, object command)
    {
        watcher.Tell(command);
        ExpectMsg("done");
    }

    [Fact]
    public void A_watcher_is_told_once()
    {
        var (watcher, subject) = (StartWatcher(), StartIdle());
        Do(watcher, new WatchIt(subject));
        Do(watcher, new WatchIt(subject));

        subject.Tell(PoisonPill.Instance);

        ExpectMsg(new Gone(subject, true, watcher));
        AwaitHandled(watcher);
        ExpectNoMsg(Soon);
    }

    [Fact]
    public void Every_watcher_is_told()
    {
        var subject = StartIdle();
        foreach (var _ in Enumerable.Range(0, 3))
            Do(StartWatcher(), new WatchIt(subject));

        Sys.Stop(subject);

        ReceiveN(3).Cast<Gone>().ShouldAllBe(gone => gone.Who.Equals(subject));
    }

    [Fact]
    public void Who_unwatched_is_not_told()
    {
        var (watcher, other, subject) = (StartWatcher(), StartWatcher(), StartIdle());
        Do(watcher, new WatchIt(subject));
        Do(other, new WatchIt(subject));
        Do(watcher, new UnwatchIt(subject));

        Sys.Stop(subject);

        ExpectMsg(new Gone(subject, true, other));
        AwaitHandled(watcher);
        ExpectNoMsg(Soon);
    }

    [Fact]
    public void Watching_an_actor_that_has_stopped_tells_at_once()
    {
        var subject = Watch(StartIdle());
        Sys.Stop(subject);
        ExpectTerminated(subject);

        Do(StartWatcher(), new WatchIt(subject));

        ExpectMsg<Gone>().Who.ShouldBe(subject);
    }

    [Fact]
    public void Terminated_comes_after_everything_the_subject_sent()
    {
        var probe = TestActor;
        var subject = Watch(Sys.ActorOf(Props.Create(() => new Talking(probe))));

        subject.Tell("stop");

        ExpectMsg("one");
        ExpectMsg("two");
        ExpectMsg("last words");
        ExpectTerminated(subject);
    }

    private sealed class Talking : ReceiveActor
    {
        private readonly IActorRef _probe;

        public Talking(IActorRef probe)
        {
            _probe = probe;
            ReceiveAny(_ =>
            {
                probe.Tell("one");
                Context.Stop(Self);
                probe.Tell("two");
            });
        }

        protected override void PostStop() => _probe.Tell("last words");
    }

    [Fact]
    public void A_restart_is_no_termination()
    {
        var subject = Sys.ActorOf(Props.Create<Failing>());
        Do(StartWatcher(), new WatchIt(subject));

        subject.Tell("fail");
        subject.Tell("hello");

        ExpectMsg("hello");
        Sys.Stop(subject);
        ExpectMsg<Gone>();
    }

    private sealed class Failing : ReceiveActor
    {
        public Failing()
        {
            Receive<string>(text => text == "fail", _ => throw new BoomException());
            ReceiveAny(message => Sender.Tell(message));
        }
    }

    private sealed class Careless : ReceiveActor
    {
        public Careless(IActorRef subject)
        {
            Context.Watch(subject);
            Receive<string>(text => Sender.Tell(text));
        }
    }

    [Fact]
    public void A_watcher_that_does_not_handle_Terminated_dies_with_its_subject()
    {
        var subject = StartIdle();
        var careless = Watch(Sys.ActorOf(Props.Create(() => new Careless(subject))));
        careless.Tell("up");
        ExpectMsg("up");

        EventFilter.Exception<DeathPactException>().ExpectOne(() => Sys.Stop(subject));

        ExpectTerminated(careless);
    }

    [Fact]
    public void WatchWith_tells_the_message_given()
    {
        var (watcher, subject) = (StartWatcher(), StartIdle());
        Do(watcher, new WatchItWith(subject, "he is gone"));

        Sys.Stop(subject);

        ExpectMsg("he is gone");
    }

    [Fact]
    public void The_first_watch_of_a_subject_decides_what_comes()
    {
        var (watcher, subject) = (StartWatcher(), StartIdle());
        Do(watcher, new WatchIt(subject));
        Do(watcher, new WatchItWith(subject, "not this"));

        Sys.Stop(subject);

        ExpectMsg<Gone>();
        AwaitHandled(watcher);
        ExpectNoMsg(Soon);
    }

    [Fact]
    public void After_Unwatch_WatchWith_can_take_another_message()
    {
        var (watcher, subject) = (StartWatcher(), StartIdle());
        Do(watcher, new WatchItWith(subject, "first"));
        Do(watcher, new UnwatchIt(subject));
        Do(watcher, new WatchItWith(subject, "second"));

        Sys.Stop(subject);

        ExpectMsg("second");
    }

    private sealed class BlockedWatcher : ReceiveActor
    {
        public BlockedWatcher(IActorRef subject, TestLatch blocked, TestLatch go)
        {
            Context.Watch(subject);
            Receive<string>(text => text == "block", _ =>
            {
                blocked.Open();
                go.Ready();
                Context.Unwatch(subject);
            });
            ReceiveAny(message => Sender.Tell(message));
        }
    }

    [Fact]
    public void A_Terminated_that_waits_already_is_dropped_by_Unwatch()
    {
        var (blocked, go, subject) = (CreateTestLatch(), CreateTestLatch(), Watch(StartIdle()));
        var watcher = Sys.ActorOf(Props.Create(() => new BlockedWatcher(subject, blocked, go)));
        watcher.Tell("block");
        blocked.Ready();
        Sys.Stop(subject);
        ExpectTerminated(subject);

        go.Open();
        watcher.Tell("still alive");

        ExpectMsg("still alive");
        AwaitHandled(watcher);
    }

    private sealed class Parent : ReceiveActor
    {
        public Parent()
        {
            Receive<string>(text => text == "make", _ => Context.Watch(Context.ActorOf(Props.Create<Idle>(), "child")));
            Receive<string>(text => text == "stop", _ => Context.Stop(Context.Child("child")));
            Receive<Terminated>(terminated =>
            {
                Context.Watch(Context.ActorOf(Props.Create<Idle>(), terminated.ActorRef.Path.Name));
                Context.System.EventStream.Publish("made again");
            });
        }
    }

    [Fact]
    public void A_parent_that_is_told_of_a_child_can_use_its_name_again()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(string));
        var parent = Sys.ActorOf(Props.Create<Parent>());

        parent.Tell("make");
        parent.Tell("stop");
        ExpectMsg("made again");
        parent.Tell("stop");

        ExpectMsg("made again");
    }

    [Fact]
    public void A_watcher_that_stops_leaves_the_subject_alone()
    {
        var (watcher, subject) = (Watch(StartWatcher()), Sys.ActorOf(Props.Create<Failing>()));
        Do(watcher, new WatchIt(subject));

        Sys.Stop(watcher);
        ExpectTerminated(watcher);
        subject.Tell("alive");

        ExpectMsg("alive");
    }

    [Fact]
    public void Two_that_watch_each_other_can_both_stop()
    {
        var (a, b) = (StartWatcher(), StartWatcher());
        Do(a, new WatchIt(b));
        Do(b, new WatchIt(a));
        Watch(b);

        Sys.Stop(a);
        ExpectMsg(new Gone(a, true, b));
        Sys.Stop(b);

        ExpectTerminated(b);
    }
}
