namespace Recorder.ActorKernel.Tests;

public class SupervisionSpecs : EngineSpec
{
    private sealed class Parent : ReceiveActor
    {
        private readonly SupervisorStrategy _strategy;

        public Parent(SupervisorStrategy strategy)
        {
            _strategy = strategy;
            Receive<Props>(props => Sender.Tell(Context.ActorOf(props)));
            Receive<string>(name => Sender.Tell(Context.GetChildren().Count() + name));
        }

        protected override SupervisorStrategy SupervisorStrategy() => _strategy;
    }

    private sealed class Worker : ReceiveActor
    {
        private readonly IActorRef _probe;
        private readonly string _name;
        private int _sum;

        public Worker(IActorRef probe, string name)
        {
            _probe = probe;
            _name = name;
            Receive<int>(number =>
            {
                _sum += number;
                Sender.Tell(_sum);
            });
            Receive<Exception>(exception => throw exception);
        }

        protected override void PostStop() => _probe.Tell("stopped " + _name);

        protected override void PreRestart(Exception reason, object message) => _probe.Tell("restarting " + _name);
    }

    private IActorRef StartParent(SupervisorStrategy strategy) => Sys.ActorOf(Props.Create(() => new Parent(strategy)));

    private IActorRef StartWorker(IActorRef parent, string name = "worker")
    {
        var probe = TestActor;
        parent.Tell(Props.Create(() => new Worker(probe, name)));
        return ExpectMsg<IActorRef>();
    }

    private static OneForOneStrategy Always(Directive directive) => new(_ => directive);

    [Fact]
    public void Resume_keeps_the_state_and_drops_the_message()
    {
        var worker = StartWorker(StartParent(Always(Directive.Resume)));

        worker.Tell(1);
        worker.Tell(new BoomException());
        worker.Tell(2);

        ExpectMsg(1);
        ExpectMsg(3);
    }

    [Fact]
    public void Restart_loses_the_state_and_drops_the_message()
    {
        var worker = StartWorker(StartParent(Always(Directive.Restart)));

        worker.Tell(1);
        worker.Tell(new BoomException());
        worker.Tell(2);

        ExpectMsg(1);
        ExpectMsg("restarting worker");
        ExpectMsg(2);
    }

    [Fact]
    public void Stop_stops()
    {
        var parent = StartParent(Always(Directive.Stop));
        var worker = Watch(StartWorker(parent));

        worker.Tell(new BoomException());

        ExpectMsg("stopped worker");
        ExpectTerminated(worker);
        parent.Tell(" children");
        ExpectMsg("0 children");
    }

    private sealed class Grandparent : ReceiveActor
    {
        private readonly IActorRef _probe;

        public Grandparent(IActorRef probe)
        {
            _probe = probe;
            Receive<Props>(props => Context.ActorOf(props).Forward(props));
        }

        protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(exception =>
        {
            _probe.Tell(exception);
            return Directive.Stop;
        });
    }

    private sealed class Escalating : ReceiveActor
    {
        private readonly IActorRef _probe;

        public Escalating(IActorRef probe)
        {
            _probe = probe;
            Receive<Props>(_ => Sender.Tell(Context.ActorOf(Props.Create(() => new Worker(probe, "deep")))));
        }

        protected override void PostStop() => _probe.Tell("stopped middle");

        protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Escalate);
    }

    [Fact]
    public void Escalate_fails_the_parent_with_the_same_exception()
    {
        var probe = TestActor;
        var grandparent = Sys.ActorOf(Props.Create(() => new Grandparent(probe)));
        grandparent.Tell(Props.Create(() => new Escalating(probe)));
        var worker = ExpectMsg<IActorRef>();

        worker.Tell(new BoomException("deep trouble"));

        ExpectMsg<BoomException>().Message.ShouldBe("deep trouble");
        ExpectMsg("stopped deep");
        ExpectMsg("stopped middle");
    }

    [Fact]
    public void One_for_one_leaves_the_siblings_alone()
    {
        var parent = StartParent(Always(Directive.Restart));
        var (a, b) = (StartWorker(parent, "a"), StartWorker(parent, "b"));
        b.Tell(5);
        ExpectMsg(5);

        a.Tell(new BoomException());
        ExpectMsg("restarting a");
        b.Tell(1);

        ExpectMsg(6);
    }

    [Fact]
    public void All_for_one_restarts_the_siblings_too()
    {
        var parent = StartParent(new AllForOneStrategy(_ => Directive.Restart));
        var (a, b) = (StartWorker(parent, "a"), StartWorker(parent, "b"));
        b.Tell(5);
        ExpectMsg(5);

        a.Tell(new BoomException());
        ExpectMsgAllOf(["restarting a", "restarting b"]);
        b.Tell(1);

        ExpectMsg(1);
    }

    [Fact]
    public void All_for_one_stops_the_siblings_too()
    {
        var parent = StartParent(new AllForOneStrategy(_ => Directive.Stop));
        var a = StartWorker(parent, "a");
        StartWorker(parent, "b");

        a.Tell(new BoomException());

        ExpectMsgAllOf(["stopped a", "stopped b"]);
    }

    [Fact]
    public void A_child_that_fails_more_often_than_allowed_is_stopped()
    {
        var parent = StartParent(new OneForOneStrategy(2, TimeSpan.FromMinutes(1), _ => Directive.Restart));
        var worker = Watch(StartWorker(parent));

        worker.Tell(new BoomException());
        ExpectMsg("restarting worker");
        worker.Tell(new BoomException());
        ExpectMsg("restarting worker");
        worker.Tell(new BoomException());

        ExpectMsg("stopped worker");
        ExpectTerminated(worker);
    }

    [Fact]
    public void With_no_retry_allowed_the_first_failure_stops()
    {
        var parent = StartParent(new OneForOneStrategy(0, TimeSpan.FromMinutes(1), _ => Directive.Restart));
        var worker = Watch(StartWorker(parent));

        worker.Tell(new BoomException());

        ExpectMsg("stopped worker");
        ExpectTerminated(worker);
    }

    [Fact]
    public void Without_a_limit_a_child_restarts_for_ever()
    {
        var parent = StartParent(new OneForOneStrategy(-1, Timeout.InfiniteTimeSpan, _ => Directive.Restart));
        var worker = StartWorker(parent);

        foreach (var _ in Enumerable.Range(0, 50))
            worker.Tell(new BoomException());
        worker.Tell(1);

        ReceiveN(50).ShouldAllBe(message => message.Equals("restarting worker"));
        ExpectMsg(1);
    }

    [Fact]
    public void The_limit_of_one_for_one_counts_each_child_by_itself()
    {
        var parent = StartParent(new OneForOneStrategy(1, TimeSpan.FromMinutes(1), _ => Directive.Restart));
        var (a, b) = (StartWorker(parent, "a"), StartWorker(parent, "b"));

        a.Tell(new BoomException());
        ExpectMsg("restarting a");
        b.Tell(new BoomException());
        ExpectMsg("restarting b");
    }

    [Fact]
    public void The_decider_sees_the_exception()
    {
        var parent = StartParent(new OneForOneStrategy(exception => exception switch
        {
            ArithmeticException => Directive.Resume,
            BoomException => Directive.Restart,
            _ => Directive.Stop,
        }));
        var worker = Watch(StartWorker(parent));

        worker.Tell(4);
        worker.Tell(new ArithmeticException());
        worker.Tell(1);
        ExpectMsg(4);
        ExpectMsg(5);
        worker.Tell(new BoomException());
        worker.Tell(1);
        ExpectMsg("restarting worker");
        ExpectMsg(1);
        worker.Tell(new InvalidOperationException());
        ExpectMsg("stopped worker");
        ExpectTerminated(worker);
    }

    private sealed class DefaultParent : ReceiveActor
    {
        public DefaultParent() => Receive<Props>(props => Sender.Tell(Context.ActorOf(props)));
    }

    [Fact]
    public void By_default_an_exception_restarts()
    {
        var worker = StartWorker(Sys.ActorOf(Props.Create<DefaultParent>()));

        worker.Tell(new BoomException());
        worker.Tell(2);

        ExpectMsg("restarting worker");
        ExpectMsg(2);
    }

    [Fact]
    public void The_strategy_can_come_with_the_props()
    {
        var props = Props.Create<DefaultParent>().WithSupervisorStrategy(Always(Directive.Stop));
        var worker = Watch(StartWorker(Sys.ActorOf(props)));

        worker.Tell(new BoomException());

        ExpectMsg("stopped worker");
        ExpectTerminated(worker);
    }

    [Fact]
    public void The_stopping_strategy_stops_whatever_the_exception_is()
    {
        var worker = Watch(StartWorker(StartParent(SupervisorStrategy.StoppingStrategy)));

        worker.Tell(new BoomException());

        ExpectMsg("stopped worker");
        ExpectTerminated(worker);
    }

    [Fact]
    public void A_failure_is_logged_with_its_cause_and_the_childs_path()
    {
        var worker = StartWorker(StartParent(Always(Directive.Restart)));

        EventFilter.Exception<BoomException>("seen", source: worker.Path.ToString())
            .ExpectOne(() => worker.Tell(new BoomException("seen")));
    }

    [Fact]
    public void A_strategy_can_keep_failures_out_of_the_log()
    {
        var strategy = new OneForOneStrategy(3, 60_000, Decider.From(_ => Directive.Restart), loggingEnabled: false);
        var worker = StartWorker(StartParent(strategy));

        EventFilter.Exception<BoomException>().Expect(0, Soon, () =>
        {
            worker.Tell(new BoomException());
            ExpectMsg("restarting worker");
        });
    }

    private sealed class FailingAgain : ReceiveActor
    {
        private readonly IActorRef _probe;

        public FailingAgain(IActorRef probe)
        {
            _probe = probe;
            ReceiveAny(_ => throw new BoomException());
        }

        protected override void PostRestart(Exception reason)
        {
            _probe.Tell("post-restart");
            throw new BoomException("again");
        }

        protected override void PostStop() => _probe.Tell("post-stop");
    }

    [Fact]
    public void A_failure_while_restarting_counts_as_one_more_failure()
    {
        var probe = TestActor;
        var parent = StartParent(new OneForOneStrategy(1, TimeSpan.FromMinutes(1), _ => Directive.Restart));
        parent.Tell(Props.Create(() => new FailingAgain(probe)));
        var child = Watch(ExpectMsg<IActorRef>());

        child.Tell("go");

        ExpectMsg("post-stop");
        ExpectMsg("post-restart");
        FishForMessage<Terminated>(terminated => terminated.ActorRef.Equals(child));
    }

    [Fact]
    public void Messages_that_wait_while_the_supervisor_decides_are_handled_afterwards_in_order()
    {
        var deciding = CreateTestLatch();
        var decide = CreateTestLatch();
        var worker = StartWorker(StartParent(new OneForOneStrategy(_ =>
        {
            deciding.Open();
            decide.Ready();
            return Directive.Resume;
        })));

        worker.Tell(new BoomException());
        deciding.Ready();
        worker.Tell(1);
        worker.Tell(2);
        ExpectNoMsg(Soon);
        decide.Open();

        ExpectMsg(1);
        ExpectMsg(3);
    }

    private sealed class SenderInDecider : ReceiveActor
    {
        private readonly IActorRef _probe;

        public SenderInDecider(IActorRef probe)
        {
            _probe = probe;
            Receive<Props>(props => Sender.Tell(Context.ActorOf(props)));
        }

        protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ =>
        {
            _probe.Tell(Sender);
            return Directive.Stop;
        });
    }

    [Fact]
    public void The_decider_runs_in_the_parent_with_the_child_as_Sender()
    {
        var probe = TestActor;
        var worker = StartWorker(Sys.ActorOf(Props.Create(() => new SenderInDecider(probe))));

        worker.Tell(new BoomException());

        ExpectMsg(worker);
    }
}
