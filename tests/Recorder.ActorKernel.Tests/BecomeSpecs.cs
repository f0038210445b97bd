namespace Recorder.ActorKernel.Tests;

public class BecomeSpecs : EngineSpec
{
    private sealed class Switching : ReceiveActor
    {
        public Switching() => First();

        private void First()
        {
            Receive<string>(text => text == "become", _ => Become(Second));
            Receive<string>(text => text == "push", _ => BecomeStacked(Second));
            Receive<string>(text => text == "pop", _ => UnbecomeStacked());
            Receive<string>(text => text == "fail", _ => throw new BoomException());
            ReceiveAny(message => Sender.Tell("first " + message));
        }

        private void Second()
        {
            Receive<string>(text => text == "push", _ => BecomeStacked(Third));
            Receive<string>(text => text == "pop", _ => UnbecomeStacked());
            Receive<string>(text => text == "fail", _ => throw new BoomException());
            Receive<string>(message => Sender.Tell("second " + message));
        }

        private void Third()
        {
            Receive<string>(text => text == "pop", _ => UnbecomeStacked());
            Receive<string>(message => Sender.Tell("third " + message));
        }
    }

    private IActorRef Make() => Sys.ActorOf(Props.Create<Switching>());

    private void Say(IActorRef actor, params string[] words)
    {
        foreach (var word in words)
            actor.Tell(word);
    }

    [Fact]
    public void Become_replaces_every_handler()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(UnhandledMessage));
        var actor = Make();

        Say(actor, "x", "become", "x");
        actor.Tell(1);

        ExpectMsg("first x");
        ExpectMsg("second x");
        ExpectMsg<UnhandledMessage>().Message.ShouldBe(1);
    }

    [Fact]
    public void Stacked_behaviours_come_back_one_by_one()
    {
        var actor = Make();

        Say(actor, "push", "push", "x", "pop", "x", "pop", "x");

        ExpectMsg("third x");
        ExpectMsg("second x");
        ExpectMsg("first x");
    }

    [Fact]
    public void Unbecome_leaves_the_last_behaviour_in_place()
    {
        var actor = Make();

        Say(actor, "pop", "pop", "x");

        ExpectMsg("first x");
    }

    [Fact]
    public void Become_drops_only_the_behaviour_on_top()
    {
        var actor = Sys.ActorOf(Props.Create<TopReplacing>());

        Say(actor, "push", "replace", "pop", "x");

        ExpectMsg("bottom x");
    }

    private sealed class TopReplacing : ReceiveActor
    {
        public TopReplacing()
        {
            Receive<string>(text => text == "push", _ => BecomeStacked(Middle));
            Receive<string>(text => Sender.Tell("bottom " + text));
        }

        private void Middle()
        {
            Receive<string>(text => text == "replace", _ => Become(Top));
            Receive<string>(text => Sender.Tell("middle " + text));
        }

        private void Top()
        {
            Receive<string>(text => text == "pop", _ => UnbecomeStacked());
            Receive<string>(text => Sender.Tell("top " + text));
        }
    }

    [Fact]
    public void The_first_behaviour_is_never_dropped()
    {
        var actor = Make();

        Say(actor, "become", "x", "pop", "x");

        ExpectMsg("second x");
        ExpectMsg("first x");
    }

    [Fact]
    public void A_restart_brings_the_first_behaviour_back()
    {
        var actor = Make();

        Say(actor, "become", "x", "fail", "x");

        ExpectMsg("second x");
        ExpectMsg("first x");
    }

    private sealed class UntypedSwitching : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            if (message is "become")
                Become(Other);
            else if (message is "push")
                BecomeStacked(Other);
            else
                Sender.Tell("one " + message);
        }

        private void Other(object message)
        {
            if (message is "pop")
                UnbecomeStacked();
            else
                Sender.Tell("other " + message);
        }
    }

    [Fact]
    public void An_untyped_actor_becomes_and_unbecomes_as_well()
    {
        var actor = Sys.ActorOf(Props.Create<UntypedSwitching>());

        Say(actor, "x", "push", "x", "pop", "x", "become", "x", "pop", "x");

        ExpectMsg("one x");
        ExpectMsg("other x");
        ExpectMsg("one x");
        ExpectMsg("other x");
        ExpectMsg("one x");
    }

    private sealed class SwitchingAtOnce : ReceiveActor
    {
        public SwitchingAtOnce(bool stacked)
        {
            Receive<string>(text => Sender.Tell("constructor " + text));
            if (stacked)
                BecomeStacked(Second);
            else
                Become(Second);
            Receive<int>(number => Sender.Tell(number));
        }

        private void Second()
        {
            Receive<string>(text => text == "pop", _ => UnbecomeStacked());
            Receive<string>(text => Sender.Tell("second " + text));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_constructor_can_become_another_and_go_on_with_its_handlers(bool stacked)
    {
        var actor = Sys.ActorOf(Props.Create(() => new SwitchingAtOnce(stacked)));

        Say(actor, "x", "pop", "x");

        ExpectMsg("second x");
        ExpectMsg("constructor x");
    }

    private sealed class Nesting : ReceiveActor
    {
        public Nesting() => Receive<string>(text => text == "become", _ => Become(() =>
        {
            Receive<int>(number => Sender.Tell(number));
            Become(() => Receive<string>(text => Sender.Tell("inner " + text)));
            Receive<double>(number => Sender.Tell(number));
        }));
    }

    [Fact]
    public void Of_a_Become_inside_of_another_only_one_set_of_handlers_counts()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(UnhandledMessage));
        var actor = Sys.ActorOf(Props.Create<Nesting>());

        Say(actor, "become", "x");
        actor.Tell(1);
        actor.Tell(1.5);

        var came = ReceiveN(3).Select(message => message is UnhandledMessage ? "unhandled" : message);
        came.ShouldBe(["unhandled", 1, 1.5]);
    }

    private sealed class BareSwitching : ActorBase
    {
        protected override bool Receive(object message)
        {
            if (message is "push")
                BecomeStacked(Narrow);
            else
                Sender.Tell("wide " + message);
            return true;
        }

        private bool Narrow(object message)
        {
            if (message is "pop")
                UnbecomeStacked();
            else if (message is "fail")
                throw new BoomException();
            else if (message is "a")
                Sender.Tell("narrow a");
            else
                return false;
            return true;
        }
    }

    [Fact]
    public void What_the_behaviour_on_top_refuses_is_unhandled_and_a_failure_drops_the_stack()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(UnhandledMessage));
        var actor = Sys.ActorOf(Props.Create<BareSwitching>());

        Say(actor, "push", "a", "b", "fail", "b");

        ExpectMsg("narrow a");
        ExpectMsg<UnhandledMessage>().Message.ShouldBe("b");
        ExpectMsg("wide b");
    }
}
