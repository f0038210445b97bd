namespace Recorder.ActorKernel.Tests;

public class ReceiveActorSpecs : EngineSpec
{
    private interface IAnimal;

    private class Dog : IAnimal;

    private sealed class Puppy : Dog;

    private sealed class ByType : ReceiveActor
    {
        public ByType()
        {
            Receive<string>(text => Sender.Tell("string:" + text));
            Receive<int>(number => Sender.Tell("int:" + number));
            Receive<Dog>(_ => Sender.Tell("dog"));
            Receive<IAnimal>(_ => Sender.Tell("animal"));
        }
    }

    [Fact]
    public void A_message_goes_to_the_handler_of_its_type()
    {
        var actor = Sys.ActorOf(Props.Create<ByType>());

        actor.Tell("a");
        actor.Tell(1);

        ExpectMsg("string:a");
        ExpectMsg("int:1");
    }

    [Fact]
    public void A_handler_of_a_base_class_gets_its_heirs()
    {
        var actor = Sys.ActorOf(Props.Create<ByType>());

        actor.Tell(new Puppy());

        ExpectMsg("dog");
    }

    private sealed class Cat : IAnimal;

    [Fact]
    public void A_handler_of_an_interface_gets_what_implements_it()
    {
        var actor = Sys.ActorOf(Props.Create<ByType>());

        actor.Tell(new Cat());

        ExpectMsg("animal");
    }

    private sealed class InOrder : ReceiveActor
    {
        public InOrder()
        {
            Receive<int>(number => number > 100, _ => Sender.Tell("big"));
            Receive<int>(_ => Sender.Tell("medium"), number => number > 10);
            Receive<int>(_ => Sender.Tell("small"));
            Receive<int>(_ => Sender.Tell("never"));
        }
    }

    [Fact]
    public void The_first_handler_whose_predicate_accepts_wins()
    {
        var actor = Sys.ActorOf(Props.Create<InOrder>());

        actor.Tell(1000);
        actor.Tell(50);
        actor.Tell(1);

        ExpectMsg("big");
        ExpectMsg("medium");
        ExpectMsg("small");
    }

    private sealed class Declining : ReceiveActor
    {
        public Declining()
        {
            Receive<int>(number =>
            {
                if (number == 0)
                    return false;
                Sender.Tell("first");
                return true;
            });
            Receive<int>(_ => Sender.Tell("second"));
        }
    }

    [Fact]
    public void A_handler_that_returns_false_passes_the_message_to_the_next()
    {
        var actor = Sys.ActorOf(Props.Create<Declining>());

        actor.Tell(0);
        actor.Tell(1);

        ExpectMsg("second");
        ExpectMsg("first");
    }

    private sealed class ByRuntimeType : ReceiveActor
    {
        public ByRuntimeType()
        {
            Receive(typeof(string), message => Sender.Tell("text " + message));
            Receive(typeof(int), message => Sender.Tell("even " + message), message => (int)message % 2 == 0);
            ReceiveAny(message => Sender.Tell("other " + message));
        }
    }

    [Fact]
    public void Types_can_be_given_at_run_time_and_ReceiveAny_takes_the_rest()
    {
        var actor = Sys.ActorOf(Props.Create<ByRuntimeType>());

        actor.Tell("a");
        actor.Tell(2);
        actor.Tell(3);
        actor.Tell(4.5);

        ExpectMsg("text a");
        ExpectMsg("even 2");
        ExpectMsg("other 3");
        ExpectMsg("other 4.5");
    }

    private sealed class AfterAny : ReceiveActor
    {
        public AfterAny(IActorRef probe)
        {
            ReceiveAny(_ => { });
            try
            {
                Receive<string>(_ => { });
            }
            catch (InvalidOperationException e)
            {
                probe.Tell(e);
            }
        }
    }

    [Fact]
    public void No_handler_can_follow_ReceiveAny()
    {
        var probe = TestActor;
        Sys.ActorOf(Props.Create(() => new AfterAny(probe)));

        ExpectMsg<InvalidOperationException>();
    }

    private sealed class LateHandler : ReceiveActor
    {
        public LateHandler()
        {
            Receive<string>(_ =>
            {
                try
                {
                    Receive<int>(_ => { });
                }
                catch (InvalidOperationException e)
                {
                    Sender.Tell(e);
                }
            });
        }
    }

    [Fact]
    public void Handlers_are_stated_only_in_the_constructor_and_in_Become()
    {
        var actor = Sys.ActorOf(Props.Create<LateHandler>());

        actor.Tell("now");

        ExpectMsg<InvalidOperationException>();
    }

    [Fact]
    public void What_no_handler_takes_is_published_as_unhandled()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(UnhandledMessage));
        var actor = Sys.ActorOf(Props.Create<ByType>());

        actor.Tell(4.5);

        var unhandled = ExpectMsg<UnhandledMessage>();
        unhandled.Message.ShouldBe(4.5);
        unhandled.Sender.ShouldBe(TestActor);
        unhandled.Recipient.ShouldBe(actor);
    }

    private sealed class OwnUnhandled : ReceiveActor
    {
        protected override void Unhandled(object message) => Sender.Tell("unhandled " + message);
    }

    [Fact]
    public void An_actor_can_decide_what_happens_to_the_unhandled()
    {
        var actor = Sys.ActorOf(Props.Create<OwnUnhandled>());

        actor.Tell("x");

        ExpectMsg("unhandled x");
    }

    private sealed class Untyped : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            switch (message)
            {
                case string:
                    Sender.Tell("got " + message);
                    break;
                default:
                    Unhandled(message);
                    break;
            }
        }
    }

    [Fact]
    public void An_untyped_actor_says_itself_what_it_does_not_handle()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(UnhandledMessage));
        var actor = Sys.ActorOf(Props.Create<Untyped>());

        actor.Tell("a");
        actor.Tell(1);

        ExpectMsg("got a");
        ExpectMsg<UnhandledMessage>().Message.ShouldBe(1);
    }

    [Fact]
    public void A_null_message_is_refused_where_it_is_sent()
    {
        var actor = Sys.ActorOf(Props.Create<ByType>());
        AwaitHandled(actor); // until an actor has started, Akka.NET looks at no message

        Should.Throw<ArgumentNullException>(() => actor.Tell(null!));
        Should.Throw<InvalidMessageException>(() => Sys.DeadLetters.Tell(null!));
        ActorRefs.Nobody.Tell(null!);
    }
}
