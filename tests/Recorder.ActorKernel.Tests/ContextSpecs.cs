namespace Recorder.ActorKernel.Tests;

public class ContextSpecs : EngineSpec
{
    private sealed class Idle : ReceiveActor
    {
        public Idle() => ReceiveAny(_ => { });
    }

    private sealed record Run(Action<IActorContext> Action);

    private sealed class Running : ReceiveActor
    {
        public Running()
        {
            Receive<Run>(run =>
            {
                run.Action(Context);
                Sender.Tell("ran");
            });
            Receive<string>(text => text == "relay", _ => Context.ActorOf(Props.Create<Echo>()).Forward("x"));
            Receive<string>(text => text == "tell", _ => Context.ActorOf(Props.Create<Echo>()).Tell("x"));
            ReceiveAny(message => Context.System.EventStream.Publish($"back: {message}"));
        }
    }

    private sealed class Echo : ReceiveActor
    {
        public Echo() => ReceiveAny(message => Sender.Tell("echo " + message));
    }

    private IActorRef Start(string? name = null) => Sys.ActorOf(Props.Create<Running>(), name);

    private void In(IActorRef actor, Action<IActorContext> action)
    {
        Exception? failure = null;
        actor.Tell(new Run(context =>
        {
            try
            {
                action(context);
            }
            catch (Exception e)
            {
                failure = e;
            }
        }));
        ExpectMsg("ran");
        if (failure is not null)
            throw failure;
    }

    [Fact]
    public void An_actor_knows_itself_its_parent_its_system_and_its_props() => In(Start("me"), context =>
    {
        context.Self.Path.ToStringWithoutAddress().ShouldBe("/user/me");
        context.Parent.Path.ToStringWithoutAddress().ShouldBe("/user");
        context.System.ShouldBeSameAs(Sys);
        context.Props.Type.ShouldBe(typeof(Running));
    });

    [Fact]
    public void Children_are_found_by_name_and_listed()
    {
        var actor = Start();

        In(actor, context =>
        {
            var a = context.ActorOf(Props.Create<Idle>(), "a");
            var b = context.ActorOf(Props.Create<Idle>(), "b");
            context.Child("a").ShouldBe(a);
            context.Child("b").ShouldBe(b);
            context.Child("c").IsNobody().ShouldBeTrue();
            context.GetChildren().ShouldBe([a, b], ignoreOrder: true);
            a.Path.Parent.ShouldBe(context.Self.Path);
        });
    }

    [Fact]
    public void A_stopped_child_is_a_child_no_more()
    {
        var actor = Start();
        IActorRef child = null!;
        In(actor, context => child = context.ActorOf(Props.Create<Idle>(), "child"));
        Watch(child);

        In(actor, context => context.Stop(child));
        ExpectTerminated(child);

        AwaitAssert(
            () => In(actor, context =>
            {
                context.GetChildren().ShouldBeEmpty();
                context.Child("child").IsNobody().ShouldBeTrue();
            }),
            interval: TimeSpan.FromMilliseconds(10));
    }

    [Fact]
    public void Forward_keeps_the_first_sender()
    {
        Start().Tell("relay");

        ExpectMsg("echo x");
    }

    [Fact]
    public void Tell_inside_of_an_actor_has_that_actor_as_its_sender()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(string));

        Start().Tell("tell");

        ExpectMsg("back: echo x");
    }

    [Fact]
    public void An_actor_can_stop_a_stranger()
    {
        var stranger = Watch(Sys.ActorOf(Props.Create<Idle>()));

        In(Start(), context => context.Stop(stranger));

        ExpectTerminated(stranger);
    }

    [Fact]
    public void Context_has_no_meaning_outside_of_an_actor()
    {
        Exception? failure = null;
        var outside = new Thread(() => failure = Record.Exception(Leak.Use));

        outside.Start();
        outside.Join();

        failure.ShouldBeOfType<NotSupportedException>();
    }

    private sealed class Leak : ReceiveActor
    {
        public static void Use() => Context.Stop(Context.Self);
    }

    [Fact]
    public void One_actor_never_handles_two_messages_at_once()
    {
        var actor = Sys.ActorOf(Props.Create<Counting>());

        Parallel.For(0, 8, _ =>
        {
            for (var i = 0; i < 1000; i++)
                actor.Tell("add", ActorRefs.NoSender);
        });
        actor.Tell("get");

        ExpectMsg((8000, 0));
    }

    private sealed class Counting : ReceiveActor
    {
        private int _count;
        private int _inside;
        private int _overlaps;

        public Counting()
        {
            Receive<string>(text => text == "add", _ =>
            {
                if (Interlocked.Increment(ref _inside) != 1)
                    _overlaps++;
                _count++;
                Interlocked.Decrement(ref _inside);
            });
            Receive<string>(_ => Sender.Tell((_count, _overlaps)));
        }
    }

    [Fact]
    public void Messages_of_one_sender_arrive_in_their_order()
    {
        var actor = Sys.ActorOf(Props.Create<Echo>());

        foreach (var i in Enumerable.Range(0, 1000))
            actor.Tell(i);

        ReceiveN(1000).ShouldBe(Enumerable.Range(0, 1000).Select(i => (object)$"echo {i}"));
    }
}
