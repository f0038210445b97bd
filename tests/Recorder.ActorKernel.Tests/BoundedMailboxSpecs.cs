namespace Recorder.ActorKernel.Tests;

public class BoundedMailboxSpecs : EngineSpec
{
    public BoundedMailboxSpecs()
        : base(
            """
            small-mailbox {
              mailbox-type = "Akka.Dispatch.BoundedMailbox, Akka"
              mailbox-capacity = 3
              mailbox-push-timeout-time = 0s
            }
            waiting-mailbox {
              mailbox-type = "Akka.Dispatch.BoundedMailbox, Akka"
              mailbox-capacity = 1
              mailbox-push-timeout-time = 20s
            }
            """)
    {
    }

    private sealed class Blocked : ReceiveActor
    {
        public Blocked(TestLatch inside, TestLatch go, IActorRef probe)
        {
            Receive<string>(text => text == "block", _ =>
            {
                inside.Open();
                go.Ready();
            });
            ReceiveAny(message => probe.Tell(message));
        }
    }

    private (IActorRef Actor, TestLatch Go) StartBlocked(string mailbox)
    {
        var (inside, go, probe) = (CreateTestLatch(), CreateTestLatch(), TestActor);
        var actor = Sys.ActorOf(Props.Create(() => new Blocked(inside, go, probe)).WithMailbox(mailbox));
        actor.Tell("block");
        inside.Ready();
        return (actor, go);
    }

    [Fact]
    public void What_does_not_fit_is_a_dead_letter_and_what_fits_is_handled_in_order()
    {
        var (actor, go) = StartBlocked("small-mailbox");
        var dead = CreateTestProbe();
        Sys.EventStream.Subscribe(dead.Ref, typeof(DeadLetter));

        foreach (var i in Enumerable.Range(1, 5))
            actor.Tell(i);

        dead.ExpectMsg<DeadLetter>(letter =>
        {
            letter.Message.ShouldBe(4);
            letter.Recipient.ShouldBe(actor);
            letter.Sender.ShouldBe(TestActor);
        });
        dead.ExpectMsg<DeadLetter>().Message.ShouldBe(5);
        go.Open();
        ReceiveN(3).ShouldBe([1, 2, 3]);
    }

    [Fact]
    public void There_is_room_again_when_messages_were_handled()
    {
        var (actor, go) = StartBlocked("small-mailbox");
        go.Open();

        foreach (var i in Enumerable.Range(1, 50))
        {
            actor.Tell(i);
            ExpectMsg(i);
        }
    }

    [Fact]
    public void Messages_of_the_runtime_need_no_room()
    {
        var (actor, go) = StartBlocked("small-mailbox");
        foreach (var i in Enumerable.Range(1, 3))
            actor.Tell(i);
        Watch(actor);

        Sys.Stop(actor);
        go.Open();

        FishForMessage<Terminated>(terminated => terminated.ActorRef.Equals(actor));
    }

    [Fact]
    public async Task With_a_push_timeout_the_sender_waits_for_room()
    {
        var (actor, go) = StartBlocked("waiting-mailbox");
        actor.Tell(1, ActorRefs.NoSender);

        var sending = Task.Run(() => actor.Tell(2, ActorRefs.NoSender));
        go.Open();
        await sending.WaitAsync(TimeSpan.FromSeconds(5));

        await ExpectMsgAsync(1);
        await ExpectMsgAsync(2);
    }
}
