namespace Recorder.ActorKernel.Tests;

public class ReceiveAsyncSpecs : EngineSpec
{
    private sealed class Sequential : ReceiveActor
    {
        public Sequential(Task gate)
        {
            ReceiveAsync<string>(async text =>
            {
                Sender.Tell("begin " + text);
                await gate;
                Sender.Tell("end " + text);
            });
            Receive<int>(number => Sender.Tell(number));
        }
    }

    [Fact]
    public void The_next_message_waits_until_the_asynchronous_handler_has_ended()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var task = gate.Task;
        var actor = Sys.ActorOf(Props.Create(() => new Sequential(task)));

        actor.Tell("a");
        actor.Tell(1);
        ExpectMsg("begin a");
        ExpectNoMsg(Soon);
        gate.SetResult();

        ExpectMsg("end a");
        ExpectMsg(1);
    }

    private sealed class Keeping : ReceiveActor
    {
        private int _state;

        public Keeping()
        {
            ReceiveAsync<int>(async number =>
            {
                var (sender, self, context) = (Sender, Self, Context);
                await Task.Yield();
                _state += number;
                await Task.Run(() => { });
                Sender.Tell((_state, sender.Equals(Sender), self.Equals(Self), ReferenceEquals(context, Context)));
            });
        }
    }

    [Fact]
    public void Sender_Self_and_Context_are_the_same_after_an_await()
    {
        var actor = Sys.ActorOf(Props.Create<Keeping>());

        actor.Tell(1);
        actor.Tell(2);

        ExpectMsg((1, true, true, true));
        ExpectMsg((3, true, true, true));
    }

    private sealed class Failing : ReceiveActor
    {
        public Failing()
        {
            ReceiveAsync<string>(async text =>
            {
                await Task.Yield();
                throw new BoomException(text);
            });
            Receive<int>(number => Sender.Tell(number));
        }

        protected override void PreRestart(Exception reason, object message)
        {
            Sender.Tell((reason.Message, message));
            base.PreRestart(reason, message);
        }
    }

    [Fact]
    public void An_exception_after_an_await_goes_to_the_supervisor()
    {
        var actor = Sys.ActorOf(Props.Create<Failing>());

        actor.Tell("bad");
        actor.Tell(1);

        ExpectMsg(((string, object))("bad", "bad"));
        ExpectMsg(1);
    }

    private sealed class Predicates : ReceiveActor
    {
        public Predicates()
        {
            ReceiveAsync<int>(number => number > 10, async _ =>
            {
                await Task.Yield();
                Sender.Tell("big");
            });
            ReceiveAsync<int>(
                async _ =>
                {
                    await Task.Yield();
                    Sender.Tell("medium");
                },
                number => number > 5);
            ReceiveAnyAsync(async message =>
            {
                await Task.Yield();
                Sender.Tell("any " + message);
            });
        }
    }

    [Fact]
    public void Asynchronous_handlers_have_predicates_and_a_rest_as_the_others_do()
    {
        var actor = Sys.ActorOf(Props.Create<Predicates>());

        actor.Tell(11);
        actor.Tell(6);
        actor.Tell(1);

        ExpectMsg("big");
        ExpectMsg("medium");
        ExpectMsg("any 1");
    }

    private sealed class StoppingItself : ReceiveActor
    {
        public StoppingItself() => ReceiveAsync<string>(async _ =>
        {
            await Task.Yield();
            Context.Stop(Self);
            await Task.Yield();
            Sender.Tell("still here");
        });
    }

    [Fact]
    public void An_actor_that_stops_itself_finishes_its_handler_first()
    {
        var actor = Watch(Sys.ActorOf(Props.Create<StoppingItself>()));

        actor.Tell("x");

        ExpectMsg("still here");
        ExpectTerminated(actor);
    }

    private sealed class BecomingAfterAwait : ReceiveActor
    {
        public BecomingAfterAwait() => ReceiveAsync<string>(async _ =>
        {
            await Task.Yield();
            Become(() => Receive<string>(text => Sender.Tell("then " + text)));
        });
    }

    [Fact]
    public void A_behaviour_changed_after_an_await_applies_to_the_next_message()
    {
        var actor = Sys.ActorOf(Props.Create<BecomingAfterAwait>());

        actor.Tell("a");
        actor.Tell("b");

        ExpectMsg("then b");
    }

    private sealed class Untyped : UntypedActor
    {
        protected override void OnReceive(object message) => RunTask(async () =>
        {
            await Task.Yield();
            Sender.Tell(message);
        });
    }

    [Fact]
    public void RunTask_makes_any_actor_wait_for_a_task()
    {
        var actor = Sys.ActorOf(Props.Create<Untyped>());

        foreach (var number in Enumerable.Range(0, 20))
            actor.Tell(number);

        ReceiveN(20).ShouldBe(Enumerable.Range(0, 20).Cast<object>());
    }

    private sealed class TimingOut : ReceiveActor
    {
        public TimingOut(IActorRef probe)
        {
            ReceiveAsync<string>(async _ =>
            {
                Context.SetReceiveTimeout(null);
                await Task.Yield();
                Context.SetReceiveTimeout(Soon);
            });
            Receive<ReceiveTimeout>(probe.Tell);
        }
    }

    [Fact]
    public void A_receive_timeout_can_be_set_after_an_await()
    {
        var probe = TestActor;
        var actor = Sys.ActorOf(Props.Create(() => new TimingOut(probe)));

        actor.Tell("go");

        ExpectMsg<ReceiveTimeout>();
    }

    private sealed class Piping : ReceiveActor
    {
        public Piping(TestLatch other) => ReceiveAsync<string>(async text =>
        {
            var task = Task.Run(() => text + " piped");
            await task.PipeTo(Sender, Self);
            other.Ready();
            Sender.Tell("end");
        });
    }

    [Fact]
    public void A_pipe_inside_of_an_asynchronous_handler_does_not_wait_for_its_end()
    {
        var latch = CreateTestLatch();
        var actor = Sys.ActorOf(Props.Create(() => new Piping(latch)));

        actor.Tell("x");

        ExpectMsg("x piped");
        latch.Open();
        ExpectMsg("end");
    }
}
