namespace Recorder.Testing.Tests;

public class TestProbeSpecs : KitSpec
{
    [Fact]
    public void A_probe_sends_and_replies_in_its_own_name()
    {
        var (a, b) = (CreateTestProbe(), CreateTestProbe());

        a.Send(b, "question");
        b.ExpectMsg("question");
        b.Sender.ShouldBe(a.Ref);
        b.LastSender.ShouldBe(a.Ref);
        b.Reply("answer");

        a.ExpectMsgFrom(b.Ref, "answer");
        HasMessages.ShouldBeFalse();
    }

    [Fact]
    public void A_probe_forwards_in_the_senders_name()
    {
        var (a, b, c) = (CreateTestProbe(), CreateTestProbe(), CreateTestProbe());
        a.Send(b, "x");
        b.ExpectMsg("x");

        b.Forward(c);
        b.Forward(c, "y");

        c.ExpectMsgFrom(a.Ref, "x");
        c.ExpectMsgFrom(a.Ref, "y");
    }

    [Fact]
    public void A_probe_can_be_handed_out_as_a_reference()
    {
        var probe = CreateTestProbe("named");
        IActorRef reference = probe;

        reference.Tell("x", TestActor);

        probe.ExpectMsg("x");
        reference.Path.Name.ShouldBe("named");
        reference.Equals(probe.Ref).ShouldBeTrue();
        probe.Ref.Equals(reference).ShouldBeTrue();
        probe.GetHashCode().ShouldBe(probe.Ref.GetHashCode());
    }

    [Fact]
    public void A_probe_as_the_sender_gets_the_reply()
    {
        var probe = CreateTestProbe();

        Sys.ActorOf(Props.Create<Echo>()).Tell("x", probe);

        probe.ExpectMsg("x");
    }

    [Fact]
    public void A_probe_can_watch_and_be_watched()
    {
        var (watching, watched) = (CreateTestProbe(), CreateTestProbe());
        watching.Watch(watched);
        Watch(watched);

        Sys.Stop(watched);

        watching.ExpectTerminated(watched.Ref);
        ExpectTerminated(watched.Ref);
    }

    [Fact]
    public void Probes_have_queues_of_their_own()
    {
        var probe = CreateTestProbe();

        probe.Ref.Tell("for the probe");
        TestActor.Tell("for the kit");

        ExpectMsg("for the kit");
        probe.ExpectMsg("for the probe");
    }

    [Fact]
    public void An_auto_pilot_answers_and_the_messages_still_come()
    {
        var probe = CreateTestProbe();
        probe.SetAutoPilot(new DelegateAutoPilot((sender, message) =>
        {
            sender.Tell("auto " + message, ActorRefs.NoSender);
            return AutoPilot.KeepRunning;
        }));

        probe.Ref.Tell(1);
        probe.Ref.Tell(2);

        ExpectMsg("auto 1");
        ExpectMsg("auto 2");
        probe.ExpectMsg(1);
        probe.ExpectMsg(2);
    }

    [Fact]
    public void An_auto_pilot_can_hand_over_or_leave()
    {
        var probe = CreateTestProbe();
        probe.SetAutoPilot(new DelegateAutoPilot((first, _) =>
        {
            first.Tell("first", ActorRefs.NoSender);
            return new DelegateAutoPilot((second, _) =>
            {
                second.Tell("second", ActorRefs.NoSender);
                return AutoPilot.NoAutoPilot;
            });
        }));

        foreach (var i in Enumerable.Range(0, 3))
            probe.Ref.Tell(i);
        probe.ReceiveN(3);

        ExpectMsg("first");
        ExpectMsg("second");
        HasMessages.ShouldBeFalse();
    }

    [Fact]
    public void An_ask_is_answered_by_the_probe()
    {
        var probe = CreateTestProbe();
        var answer = probe.Ref.Ask<string>("question", TimeSpan.FromSeconds(5));

        probe.ExpectMsg("question");
        probe.Reply("answer");

        AwaitAssert(() => answer.IsCompletedSuccessfully.ShouldBeTrue(), interval: TimeSpan.FromMilliseconds(5));
    }

    private sealed class Failing : ReceiveActor
    {
        public Failing()
        {
            Receive<Exception>(exception => throw exception);
            ReceiveAny(message => Context.Parent.Tell(message));
        }
    }

    [Fact]
    public void A_child_of_the_test_actor_has_it_as_its_parent()
    {
        var child = ChildActorOf(Props.Create<Failing>(), "child");

        child.Tell("to the parent");

        ExpectMsgFrom(child, "to the parent");
        child.Path.Parent.ShouldBe(TestActor.Path);
    }

    [Fact]
    public void A_child_of_the_test_actor_fails_as_its_strategy_says()
    {
        var resumed = ChildActorOf(Props.Create<Failing>(), new OneForOneStrategy(_ => Directive.Resume));
        var stopped = Watch(ChildActorOf(Props.Create<Failing>(), new OneForOneStrategy(_ => Directive.Stop)));

        resumed.Tell(new InvalidOperationException("resume"));
        resumed.Tell("alive");
        ExpectMsg("alive");
        stopped.Tell(new InvalidOperationException("stop"));

        ExpectTerminated(stopped);
    }
}
