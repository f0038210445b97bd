using System.Collections.Concurrent;

namespace Recorder.ActorKernel.Tests;

/// <summary>What a supervisor hears of a child that fails before it lives, and what its decision does then.</summary>
public class CreationFailureSpecs : EngineSpec
{
    private sealed class FailingAtFirst : ReceiveActor
    {
        private readonly ConcurrentQueue<string> _hooks;
        private readonly string _failing;
        private readonly int _failures;

        public FailingAtFirst(ConcurrentQueue<string> hooks, string failing, int failures)
        {
            (_hooks, _failing, _failures) = (hooks, failing, failures);
            Reach("constructor");
            ReceiveAny(message => Sender.Tell(message));
        }

        protected override void PreStart() => Reach("pre-start");

        protected override void PreRestart(Exception reason, object message) => Reach("pre-restart");

        protected override void PostRestart(Exception reason) => Reach("post-restart");

        protected override void PostStop() => Reach("post-stop");

        private void Reach(string hook)
        {
            _hooks.Enqueue(hook);
            if (hook == _failing && _hooks.Count(reached => reached == hook) <= _failures)
                throw new BoomException(hook);
        }
    }

    private sealed class Parent : ReceiveActor
    {
        private readonly Directive _directive;
        private readonly IActorRef _probe;

        public Parent(Directive directive, IActorRef probe)
        {
            (_directive, _probe) = (directive, probe);
            Receive<Props>(props => Sender.Tell(Context.ActorOf(props)));
        }

        protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(exception =>
        {
            _probe.Tell(exception);
            return _directive;
        });
    }

    private readonly ConcurrentQueue<string> _hooks = new();

    private IActorRef Start(Directive directive, string failing, int failures)
    {
        var (probe, hooks) = (TestActor, _hooks);
        var parent = Sys.ActorOf(Props.Create(() => new Parent(directive, probe)));
        parent.Tell(Props.Create(() => new FailingAtFirst(hooks, failing, failures)));
        return ExpectMsg<IActorRef>();
    }

    private void ExpectFailure(IActorRef child, string at)
    {
        var failure = ExpectMsg<ActorInitializationException>();
        failure.Actor.ShouldBe(child);
        var cause = failure.InnerException;
        while (cause is not BoomException && cause?.InnerException is { } deeper)
            cause = deeper;
        cause.ShouldBeOfType<BoomException>().Message.ShouldBe(at);
    }

    [Theory]
    [InlineData(Directive.Restart)]
    [InlineData(Directive.Resume)]
    public void A_child_that_may_try_again_is_made_anew_without_the_hooks_of_a_restart(Directive directive)
    {
        var child = Start(directive, "pre-start", failures: 2);

        child.Tell("alive");

        ExpectFailure(child, "pre-start");
        ExpectFailure(child, "pre-start");
        ExpectMsg("alive");
        _hooks.ShouldBe(["constructor", "pre-start", "constructor", "pre-start", "constructor", "pre-start"]);
    }

    [Fact]
    public void A_constructor_may_try_again_as_well()
    {
        var child = Start(Directive.Restart, "constructor", failures: 1);

        child.Tell("alive");

        ExpectFailure(child, "constructor");
        ExpectMsg("alive");
        _hooks.ShouldBe(["constructor", "constructor", "pre-start"]);
    }

    [Theory]
    [InlineData("constructor")]
    [InlineData("pre-start")]
    public void A_child_that_never_lived_has_no_PostStop(string failing)
    {
        var child = Watch(Start(Directive.Stop, failing, failures: 1));

        FishForMessage<Terminated>(terminated => terminated.ActorRef.Equals(child));
        _hooks.ShouldNotContain("post-stop");
    }

    private sealed class EscalatingParent : ReceiveActor
    {
        public EscalatingParent() => Receive<Props>(props => Sender.Tell(Context.ActorOf(props)));

        protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Escalate);
    }

    [Fact]
    public void A_failure_that_nobody_above_decides_stops_the_whole_branch()
    {
        var hooks = _hooks;
        var middle = Watch(Sys.ActorOf(Props.Create<EscalatingParent>()));
        middle.Tell(Props.Create(() => new FailingAtFirst(hooks, "constructor", 1)));
        ExpectMsg<IActorRef>();

        ExpectTerminated(middle);
    }
}
