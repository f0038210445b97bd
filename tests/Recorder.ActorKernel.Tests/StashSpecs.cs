namespace Recorder.ActorKernel.Tests;

public class StashSpecs : EngineSpec
{
    private sealed class Stashing : ReceiveActor, IWithStash
    {
        public Stashing() => Closed();

        public IStash Stash { get; set; } = null!;

        private void Closed()
        {
            Receive<string>(text => text == "open", _ =>
            {
                Stash.UnstashAll();
                Become(Open);
            });
            Receive<string>(text => text == "one", _ => Stash.Unstash());
            Receive<string>(text => text == "fail", _ => throw new BoomException());
            Receive<string>(text => text == "twice", _ =>
            {
                Stash.Stash();
                try
                {
                    Stash.Stash();
                }
                catch (IllegalActorStateException e)
                {
                    Sender.Tell(e);
                }
            });
            Receive<string>(text => text == "clear", _ => Sender.Tell(Stash.ClearStash().Select(e => e.Message).ToArray()));
            Receive<string>(text => text == "only-b", _ =>
            {
                Stash.UnstashAll(envelope => envelope.Message is "b");
                Become(Open);
            });
            ReceiveAny(_ => Stash.Stash());
        }

        private void Open()
        {
            Receive<string>(text => text == "close", _ => Become(Closed));
            ReceiveAny(message => Sender.Tell(message));
        }
    }

    private IActorRef Start() => Sys.ActorOf(Props.Create<Stashing>());

    private void Tell(IActorRef actor, params string[] messages)
    {
        foreach (var message in messages)
            actor.Tell(message, TestActor);
    }

    [Fact]
    public void What_was_stashed_comes_back_in_order_before_what_waits()
    {
        var actor = Start();

        Tell(actor, "a", "b", "c", "open", "d");

        ReceiveN(4).ShouldBe(["a", "b", "c", "d"]);
    }

    [Fact]
    public void A_stashed_message_keeps_its_sender()
    {
        var (actor, probe) = (Start(), CreateTestProbe());

        probe.Send(actor, "a");
        actor.Tell("open");

        probe.ExpectMsg("a");
    }

    [Fact]
    public void Unstash_brings_back_the_oldest_only()
    {
        var probe = TestActor;
        var actor = Sys.ActorOf(Props.Create(() => new Unstashing(probe)));

        Tell(actor, "a", "b", "next", "next");

        ExpectMsg("stash a");
        ExpectMsg("stash b");
        ExpectMsg("again a");
        ExpectMsg("again b");
    }

    private sealed class Unstashing : ReceiveActor, IWithStash
    {
        private readonly HashSet<string> _seen = [];

        public Unstashing(IActorRef probe)
        {
            Receive<string>(text => text == "next", _ => Stash.Unstash());
            Receive<string>(text =>
            {
                if (_seen.Add(text))
                {
                    Stash.Stash();
                    probe.Tell("stash " + text);
                }
                else
                {
                    probe.Tell("again " + text);
                }
            });
        }

        public IStash Stash { get; set; } = null!;
    }

    [Fact]
    public void A_message_cannot_be_stashed_twice_in_one_turn()
    {
        var actor = Start();

        Tell(actor, "twice");

        ExpectMsg<IllegalActorStateException>();
    }

    [Fact]
    public void ClearStash_hands_the_messages_over_and_forgets_them()
    {
        var actor = Start();

        Tell(actor, "a", "b", "clear", "open", "c");

        ExpectMsg<object[]>().ShouldBe(["a", "b"]);
        ExpectMsg("c");
    }

    [Fact]
    public void UnstashAll_with_a_filter_drops_the_others()
    {
        var actor = Start();

        Tell(actor, "a", "b", "only-b", "c");

        ExpectMsg("b");
        ExpectMsg("c");
    }

    [Fact]
    public void What_was_stashed_survives_a_restart()
    {
        var actor = Start();

        Tell(actor, "a", "b", "fail", "open");

        // The restart puts them before "open"; the new instance stashes them again, and then opens.
        ReceiveN(2).ShouldBe(["a", "b"]);
    }

    [Fact]
    public void What_was_stashed_is_dead_letters_when_the_actor_stops()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(DeadLetter));
        var actor = Watch(Start());

        Tell(actor, "a", "b");
        AwaitHandled(actor);
        Sys.Stop(actor);

        var came = ReceiveN(3);
        came.OfType<DeadLetter>().Select(dead => dead.Message).ShouldBe(["a", "b"]);
        came.OfType<Terminated>().Count().ShouldBe(1);
    }

    [Fact]
    public void Stashing_goes_on_over_many_rounds()
    {
        var actor = Start();

        foreach (var round in Enumerable.Range(0, 10))
        {
            Tell(actor, $"a{round}", $"b{round}", "open", "close");
            ReceiveN(2).ShouldBe([$"a{round}", $"b{round}"]);
        }
    }

    private sealed class Prepending : ReceiveActor, IWithStash
    {
        public Prepending()
        {
            Receive<string>(text => text == "prepend", _ =>
            {
                Stash.Prepend([new Envelope("x", Sender), new Envelope("y", Sender)]);
                Stash.UnstashAll();
                Become(() => ReceiveAny(message => Sender.Tell(message)));
            });
            ReceiveAny(_ => Stash.Stash());
        }

        public IStash Stash { get; set; } = null!;
    }

    [Fact]
    public void Prepended_messages_come_first()
    {
        var actor = Sys.ActorOf(Props.Create<Prepending>());

        Tell(actor, "a", "prepend");

        ReceiveN(3).ShouldBe(["x", "y", "a"]);
    }

    private sealed class Bounded : ReceiveActor, IWithStash
    {
        public Bounded() => ReceiveAny(message =>
        {
            Sender.Tell(Try(message is "twice" ? 2 : 1) ?? (object)(Stash.Count, Stash.IsFull, Stash.Capacity));
        });

        public IStash Stash { get; set; } = null!;

        private string? Try(int times)
        {
            string? last = null;
            foreach (var _ in Enumerable.Range(0, times))
            {
                try
                {
                    Stash.Stash();
                }
                catch (AkkaException e)
                {
                    last = (last is null ? "" : last + ", ") + e.GetType().Name;
                }
            }

            return last;
        }
    }

    private IActorRef StartBounded(int capacity) => Sys.ActorOf(Props.Create<Bounded>().WithStashCapacity(capacity));

    [Fact]
    public void A_full_stash_overflows_and_the_message_counts_as_stashed()
    {
        var actor = StartBounded(1);

        Tell(actor, "a", "twice");

        ExpectMsg((1, true, 1));
        ExpectMsg(nameof(StashOverflowException) + ", " + nameof(IllegalActorStateException));
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(-1, false)]
    public void A_capacity_that_is_not_positive_is_no_limit(int capacity, bool alwaysFull)
    {
        var actor = StartBounded(capacity);

        Tell(actor, "a", "b");

        ExpectMsg((1, alwaysFull, capacity));
        ExpectMsg((2, alwaysFull, capacity));
    }
}
