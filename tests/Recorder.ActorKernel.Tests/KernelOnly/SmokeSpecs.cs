namespace Recorder.ActorKernel.Tests;

/// <summary>The kernel by itself, without the TestKit: what must work before the TestKit can.</summary>
public class SmokeSpecs
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task An_actor_answers_stops_and_the_system_terminates()
    {
        var system = ActorSystem.Create("smoke");
        var echo = system.ActorOf(Props.Create(() => new Echo()), "echo");
        (await echo.Ask<string>("hello", Limit)).ShouldBe("hello");
        echo.Path.ToString().ShouldBe("akka://smoke/user/echo");
        (await echo.GracefulStop(Limit)).ShouldBeTrue();
        await system.Terminate().WaitAsync(Limit);
    }

    [Fact]
    public async Task A_child_that_fails_is_restarted_and_keeps_its_reference()
    {
        var system = ActorSystem.Create("smoke");
        var parent = system.ActorOf<Parent>("parent");
        var child = await parent.Ask<IActorRef>("child", Limit);
        (await child.Ask<int>("count", Limit)).ShouldBe(1);
        (await child.Ask<int>("count", Limit)).ShouldBe(2);
        child.Tell("fail");
        (await child.Ask<int>("count", Limit)).ShouldBe(1);
        await system.Terminate().WaitAsync(Limit);
    }

    [Fact]
    public async Task An_asynchronous_handler_keeps_sender_and_order()
    {
        var system = ActorSystem.Create("smoke");
        var actor = system.ActorOf<Slow>();
        var first = actor.Ask<string>("a", Limit);
        var second = actor.Ask<string>("b", Limit);
        (await first).ShouldBe("a1");
        (await second).ShouldBe("b2");
        await system.Terminate().WaitAsync(Limit);
    }

    [Fact]
    public async Task Many_senders_lose_no_message_and_keep_their_order()
    {
        var system = ActorSystem.Create("smoke");
        const int Senders = 4, Each = 200_000;
        var done = new TaskCompletionSource<bool>();
        var counter = system.ActorOf(Props.Create(() => new OrderChecker(Senders, Each, done)));
        await Task.WhenAll(Enumerable.Range(0, Senders).Select(s => Task.Run(() =>
        {
            for (var i = 0; i < Each; i++)
                counter.Tell(new Numbered(s, i));
        })));
        (await done.Task.WaitAsync(TimeSpan.FromSeconds(30))).ShouldBeTrue();
        await system.Terminate().WaitAsync(Limit);
    }

    [Fact]
    public async Task Every_message_is_handled_or_a_dead_letter_when_the_actor_stops_in_between()
    {
        var system = ActorSystem.Create("smoke", "akka.log-dead-letters = off");
        const int Senders = 4, Each = 50_000;
        var counts = new Counts();
        var letters = system.ActorOf(Props.Create(() => new LetterCounter(counts)));
        system.EventStream.Subscribe(letters, typeof(DeadLetter));
        var actor = system.ActorOf(Props.Create(() => new StopsAfter(Senders * Each / 2, counts)));

        await Task.WhenAll(Enumerable.Range(0, Senders).Select(s => Task.Run(() =>
        {
            for (var i = 0; i < Each; i++)
                actor.Tell(new Numbered(s, i), ActorRefs.NoSender);
        })));
        await ((Internal.ActorSystemImpl)system).WhenIdleAsync().WaitAsync(Limit);

        (Volatile.Read(ref counts.Handled) + Volatile.Read(ref counts.Dead)).ShouldBe(Senders * Each);
        await system.Terminate().WaitAsync(Limit);
    }

    [Fact]
    public async Task The_idle_hook_waits_for_handlers_that_await()
    {
        var system = ActorSystem.Create("smoke");
        var gate = new TaskCompletionSource();
        var counts = new Counts();
        var actor = system.ActorOf(Props.Create(() => new Waits(gate.Task, counts)));
        actor.Tell("go", ActorRefs.NoSender);

        var idle = ((Internal.ActorSystemImpl)system).WhenIdleAsync();
        idle.IsCompleted.ShouldBeFalse();
        gate.SetResult();
        await idle.WaitAsync(Limit);

        Volatile.Read(ref counts.Handled).ShouldBe(1);
        await system.Terminate().WaitAsync(Limit);
    }

    private sealed class Counts
    {
        public int Handled;
        public int Dead;
    }

    private sealed class Waits : ReceiveActor
    {
        public Waits(Task gate, Counts counts) => ReceiveAsync<string>(async _ =>
        {
            await gate;
            counts.Handled++;
        });
    }

    private sealed class LetterCounter : ReceiveActor
    {
        public LetterCounter(Counts counts) => Receive<DeadLetter>(l => l.Message is Numbered, _ => counts.Dead++);
    }

    private sealed class StopsAfter : ReceiveActor
    {
        public StopsAfter(int last, Counts counts) => Receive<Numbered>(_ =>
        {
            if (++counts.Handled == last)
                Context.Stop(Self);
        });
    }

    private sealed record Numbered(int Sender, int Number);

    private sealed class OrderChecker : ReceiveActor
    {
        public OrderChecker(int senders, int each, TaskCompletionSource<bool> done)
        {
            var next = new int[senders];
            var left = senders * each;
            Receive<Numbered>(n =>
            {
                if (next[n.Sender]++ != n.Number)
                    done.TrySetResult(false);
                if (--left == 0)
                    done.TrySetResult(true);
            });
        }
    }

    private sealed class Echo : ReceiveActor
    {
        public Echo() => ReceiveAny(message => Sender.Tell(message));
    }

    private sealed class Parent : ReceiveActor
    {
        public Parent()
        {
            var child = Context.ActorOf<Failing>("child");
            Receive<string>(_ => Sender.Tell(child));
        }
    }

    private sealed class Failing : ReceiveActor
    {
        private int _count;

        public Failing()
        {
            Receive<string>(s => s == "count", _ => Sender.Tell(++_count));
            Receive<string>(_ => throw new InvalidOperationException("asked to"));
        }
    }

    private sealed class Slow : ReceiveActor
    {
        private int _count;

        public Slow() => ReceiveAsync<string>(async s =>
        {
            await Task.Yield();
            await Task.Delay(10);
            Sender.Tell(s + ++_count);
        });
    }
}
