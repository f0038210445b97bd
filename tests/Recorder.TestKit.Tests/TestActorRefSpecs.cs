namespace Recorder.Testing.Tests;

public class TestActorRefSpecs : KitSpec
{
    private sealed class Counter : ReceiveActor
    {
        private readonly IActorRef? _probe;

        public Counter(IActorRef probe)
            : this() => _probe = probe;

        public Counter()
        {
            Receive<int>(number =>
            {
                Sum += number;
                Thread = Environment.CurrentManagedThreadId;
                LastSender = Sender;
            });
            Receive<Exception>(exception => throw exception);
            Receive<Terminated>(terminated => _probe?.Tell(terminated.ActorRef));
            Receive<string>(text => text == "child", _ => Sender.Tell(Context.ActorOf<Counter>()));
        }

        public int Sum { get; private set; }

        public int Thread { get; private set; }

        public IActorRef? LastSender { get; private set; }

        protected override void PostRestart(Exception reason) => _probe?.Tell("restarted");
    }

    [Fact]
    public void The_actor_can_be_looked_at_and_has_handled_what_was_told()
    {
        var actor = ActorOfAsTestActorRef<Counter>();

        actor.Tell(2);
        actor.Tell(3);

        actor.UnderlyingActor.Sum.ShouldBe(5);
        actor.UnderlyingActor.Thread.ShouldBe(Environment.CurrentManagedThreadId);
        actor.UnderlyingActor.LastSender.ShouldBe(TestActor);
    }

    [Fact]
    public void Without_a_name_it_gets_one_that_starts_with_two_dollars()
    {
        ActorOfAsTestActorRef<Counter>().Path.Name.ShouldStartWith("$$");
        ActorOfAsTestActorRef<Counter>("me").Path.ToStringWithoutAddress().ShouldBe("/user/me");
    }

    [Fact]
    public void It_can_be_made_in_every_form()
    {
        var (probe, parent) = (TestActor, CreateTestProbe());

        ActorOfAsTestActorRef<Counter>(Props.Create<Counter>()).UnderlyingActor.ShouldNotBeNull();
        ActorOfAsTestActorRef(() => new Counter(probe)).UnderlyingActor.ShouldNotBeNull();
        new TestActorRef<Counter>(Sys, Props.Create<Counter>(), parent.Ref, "child").Path.Parent.ShouldBe(parent.Ref.Path);
        ActorOfAsTestActorRef<Counter>(parent.Ref, "other").Path.Parent.ShouldBe(parent.Ref.Path);
    }

    [Fact]
    public void Receive_hands_what_is_thrown_to_the_test()
    {
        var actor = ActorOfAsTestActorRef<Counter>();

        Should.Throw<InvalidOperationException>(() => actor.Receive(new InvalidOperationException("mine")))
            .Message.ShouldBe("mine");

        actor.Receive(1, TestActor);
        actor.UnderlyingActor.Sum.ShouldBe(1);
        actor.UnderlyingActor.LastSender.ShouldBe(TestActor);
    }

    [Fact]
    public void What_is_thrown_while_a_message_is_handled_goes_to_the_supervisor()
    {
        var probe = TestActor;
        var actor = ActorOfAsTestActorRef(() => new Counter(probe));
        var before = actor.UnderlyingActor;

        EventFilter.Exception<InvalidOperationException>().ExpectOne(() => actor.Tell(new InvalidOperationException("mine")));

        ExpectMsg("restarted");
        actor.UnderlyingActor.ShouldNotBeSameAs(before);
    }

    [Fact]
    public void When_it_has_terminated_there_is_no_actor_to_look_at()
    {
        var actor = ActorOfAsTestActorRef<Counter>();
        Watch(actor);

        actor.Tell(PoisonPill.Instance);

        ExpectTerminated(actor);
        AwaitAssert(() => Should.Throw<IllegalActorStateException>(() => actor.UnderlyingActor));
    }

    [Fact]
    public void It_watches_and_its_children_are_ordinary()
    {
        var probe = TestActor;
        var actor = ActorOfAsTestActorRef(() => new Counter(probe));
        var other = Sys.ActorOf<Counter>();

        actor.Watch(other);
        Sys.Stop(other);
        ExpectMsg(other);

        actor.Tell("child");
        ExpectMsg<IActorRef>().ShouldNotBeOfType<TestActorRef<Counter>>();
    }

    [Fact]
    public void It_is_equal_to_the_reference_that_the_actor_knows()
    {
        var actor = ActorOfAsTestActorRef<Counter>();

        actor.Equals(actor.Ref).ShouldBeTrue();
        (actor == actor.Ref).ShouldBeTrue();
        (actor.Ref != actor).ShouldBeFalse();
        actor.GetHashCode().ShouldBe(actor.Ref.GetHashCode());
        actor.ToString().ShouldBe($"TestActor[{actor.Path}]");
    }

    private sealed class Nested : ReceiveActor
    {
        public Nested(IActorRef other)
        {
            Receive<string>(text => text == "start", _ =>
            {
                other.Tell("ping");
                Log.Add("told");
            });
            Receive<string>(text => Log.Add(text));
        }

        public List<string> Log { get; } = [];
    }

    [Fact]
    public void What_comes_while_a_message_is_handled_is_handled_after_it()
    {
        var echo = ActorOfAsTestActorRef<Echo>();
        var actor = ActorOfAsTestActorRef(() => new Nested(echo));

        actor.Tell("start");

        actor.UnderlyingActor.Log.ShouldBe(["told", "ping"]);
    }

    [Fact]
    public void Any_actor_can_run_on_the_thread_that_tells()
    {
        var actor = Sys.ActorOf(Props.Create<Threads>().WithDispatcher(CallingThreadDispatcher.Id));
        actor.Tell(new Identify(1));
        ExpectMsg<ActorIdentity>();

        actor.Tell("which?");

        ExpectMsg(Environment.CurrentManagedThreadId);
    }

    private sealed class Threads : ReceiveActor
    {
        public Threads() => ReceiveAny(_ => Sender.Tell(Environment.CurrentManagedThreadId));
    }

    [Fact]
    public async Task A_barrier_opens_when_all_have_come_and_can_begin_anew()
    {
        var barrier = CreateTestBarrier(2);

        foreach (var _ in Enumerable.Range(0, 2))
        {
            var other = Task.Run(barrier.Await);
            barrier.Await();
            await other;
        }

        barrier.Await(Short);
        barrier.Reset();
    }
}
