namespace Recorder.ActorKernel.Tests;

public class DeadLetterSpecs : EngineSpec
{
    private sealed class Idle : ReceiveActor
    {
        public Idle() => ReceiveAny(_ => { });
    }

    private sealed record Unimportant(string Text) : IDeadLetterSuppression;

    private IActorRef StartAndStop()
    {
        var actor = Watch(Sys.ActorOf(Props.Create<Idle>()));
        Sys.Stop(actor);
        ExpectTerminated(actor);
        return actor;
    }

    [Fact]
    public void What_is_told_to_DeadLetters_is_published()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(DeadLetter));

        Sys.DeadLetters.Tell("lost");

        ExpectMsg<DeadLetter>(dead =>
        {
            dead.Message.ShouldBe("lost");
            dead.Sender.ShouldBe(TestActor);
            dead.Recipient.ShouldBe(Sys.DeadLetters);
        });
    }

    [Fact]
    public void The_sender_of_a_message_without_a_sender_is_DeadLetters()
    {
        var probe = CreateTestProbe();

        probe.Ref.Tell("x", ActorRefs.NoSender);

        probe.ExpectMsg("x");
        probe.Sender.ShouldBe(Sys.DeadLetters);
    }

    [Fact]
    public void A_dead_letter_filter_sees_what_a_stopped_actor_is_told()
    {
        var actor = StartAndStop();

        EventFilter.DeadLetter<string>(text => text == "late", source: actor.Path.ToString())
            .ExpectOne(() => actor.Tell("late"));
    }

    [Fact]
    public void Messages_that_ask_for_it_are_published_as_suppressed()
    {
        var actor = StartAndStop();
        Sys.EventStream.Subscribe(TestActor, typeof(AllDeadLetters));

        actor.Tell(new Unimportant("a"));
        actor.Tell("b");

        var suppressed = ExpectMsg<SuppressedDeadLetter>();
        suppressed.Message.ShouldBe(new Unimportant("a"));
        suppressed.Sender.ShouldBe(TestActor);
        suppressed.Recipient.ShouldBe(Sys.DeadLetters);
        var dead = ExpectMsg<DeadLetter>();
        dead.Message.ShouldBe("b");
        dead.Sender.ShouldBe(TestActor);
        dead.Recipient.ShouldBe(actor);
    }

    [Fact]
    public void Stopping_a_stopped_actor_is_no_dead_letter()
    {
        var actor = StartAndStop();
        Sys.EventStream.Subscribe(TestActor, typeof(DeadLetter));

        Sys.Stop(actor);
        actor.Tell(PoisonPill.Instance);
        Sys.DeadLetters.Tell("after");

        FishForMessage<DeadLetter>(dead => dead.Message is "after");
    }
}
