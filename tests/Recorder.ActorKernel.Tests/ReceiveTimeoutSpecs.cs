namespace Recorder.ActorKernel.Tests;

public class ReceiveTimeoutSpecs : VirtualTimeSpec
{
    private sealed record Quiet(string Text) : INotInfluenceReceiveTimeout;

    private sealed record SetTo(int? Milliseconds);

    private sealed class Waiting : ReceiveActor
    {
        public Waiting(IActorRef probe)
        {
            Receive<SetTo>(set =>
            {
                Context.SetReceiveTimeout(set.Milliseconds is { } ms ? TimeSpan.FromMilliseconds(ms) : null);
                Sender.Tell("set");
            });
            Receive<ReceiveTimeout>(_ => probe.Tell("timeout"));
            ReceiveAny(message => Sender.Tell(message));
        }
    }

    private IActorRef StartWith(int milliseconds)
    {
        var probe = TestActor;
        var actor = Sys.ActorOf(Props.Create(() => new Waiting(probe)).WithDispatcher(CallingThreadDispatcher.Id));
        Do(actor, new SetTo(milliseconds), "set");
        return actor;
    }

    // The reply is sent before the timeout is armed anew. That is over when Tell returns, because the actor runs on this thread;
    // only its first messages may be handled on the thread that has made it.
    private void Do(IActorRef actor, object command, object reply)
    {
        actor.Tell(command);
        ExpectMsg(reply);
        actor.Tell(new Quiet("sync"));
        ExpectMsg(new Quiet("sync"));
    }

    [Fact]
    public void Silence_for_the_time_set_sends_ReceiveTimeout()
    {
        StartWith(1000);

        Pass(999);
        ExpectNoMsg(Soon);
        Pass(1);

        ExpectMsg("timeout");
    }

    [Fact]
    public void Every_message_starts_the_time_anew()
    {
        var actor = StartWith(1000);

        Pass(900);
        Do(actor, "hello", "hello");
        Pass(900);
        ExpectNoMsg(Soon);
        Pass(100);

        ExpectMsg("timeout");
    }

    [Fact]
    public void A_message_that_says_so_does_not_start_it_anew()
    {
        var actor = StartWith(1000);

        Pass(900);
        Do(actor, new Quiet("x"), new Quiet("x"));
        Pass(100);

        ExpectMsg("timeout");
    }

    [Fact]
    public void It_comes_again_as_long_as_there_is_silence()
    {
        var actor = StartWith(1000);

        foreach (var _ in Enumerable.Range(0, 3))
        {
            Pass(1000);
            ExpectMsg("timeout");
            Do(actor, new Quiet("x"), new Quiet("x"));
        }
    }

    [Fact]
    public void Null_ends_it()
    {
        var actor = StartWith(1000);

        Do(actor, new SetTo(null), "set");
        Pass(10_000);

        ExpectNoMsg(Soon);
    }

    [Fact]
    public void A_stopped_actor_gets_none()
    {
        var actor = Watch(StartWith(1000));
        Sys.EventStream.Subscribe(TestActor, typeof(DeadLetter));
        Sys.Stop(actor);
        ExpectTerminated(actor);

        Pass(10_000);

        ExpectNoMsg(Soon);
    }
}
