namespace Recorder.ActorKernel.Tests;

public class StoppingSpecs : EngineSpec
{
    private sealed class Idle : ReceiveActor
    {
        public Idle() => ReceiveAny(_ => { });
    }

    private sealed class Goodbye : ReceiveActor
    {
        public Goodbye() => Receive<string>(text => text == "please stop", _ => Context.Stop(Self));
    }

    [Fact]
    public async Task GracefulStop_is_true_when_the_actor_has_terminated()
    {
        var actor = Watch(Sys.ActorOf(Props.Create<Idle>()));

        (await actor.GracefulStop(TimeSpan.FromSeconds(5))).ShouldBeTrue();

        ExpectTerminated(actor);
    }

    [Fact]
    public async Task GracefulStop_of_a_stopped_actor_is_true_at_once()
    {
        var actor = Watch(Sys.ActorOf(Props.Create<Idle>()));
        Sys.Stop(actor);
        ExpectTerminated(actor);

        (await actor.GracefulStop(TimeSpan.FromSeconds(5))).ShouldBeTrue();
    }

    [Fact]
    public async Task GracefulStop_can_ask_with_a_message()
    {
        var actor = Sys.ActorOf(Props.Create<Goodbye>());

        (await actor.GracefulStop(TimeSpan.FromSeconds(5), "please stop")).ShouldBeTrue();
    }

    [Fact]
    public async Task GracefulStop_of_an_actor_that_does_not_stop_in_time_is_false()
    {
        var actor = Sys.ActorOf(Props.Create<Idle>());

        (await actor.GracefulStop(TimeSpan.FromMilliseconds(20), "ignored")).ShouldBeFalse();
    }

    [Fact]
    public async Task GracefulStop_leaves_no_dead_letter()
    {
        var actor = Sys.ActorOf(Props.Create<Idle>());
        Sys.EventStream.Subscribe(TestActor, typeof(DeadLetter));

        (await actor.GracefulStop(TimeSpan.FromSeconds(5))).ShouldBeTrue();

        Sys.DeadLetters.Tell("nothing before this");
        ExpectMsg<DeadLetter>().Message.ShouldBe("nothing before this");
    }

    [Fact]
    public async Task WatchAsync_is_true_when_the_actor_stops_or_has_stopped_and_false_when_the_wait_is_cancelled()
    {
        var actor = Sys.ActorOf(Props.Create<Idle>());
        using var source = new CancellationTokenSource();
        var cancelled = actor.WatchAsync(source.Token);
        source.Cancel();
        (await cancelled).ShouldBeFalse();

        var stopped = actor.WatchAsync();
        Sys.Stop(actor);

        (await stopped.WaitAsync(TimeSpan.FromSeconds(5))).ShouldBeTrue();
        (await actor.WatchAsync().WaitAsync(TimeSpan.FromSeconds(5))).ShouldBeTrue();
    }

    private sealed class Leaving : ReceiveActor
    {
        private readonly IActorRef _probe;

        public Leaving(IActorRef probe, int depth)
        {
            _probe = probe;
            if (depth > 0)
                Context.ActorOf(Props.Create(() => new Leaving(probe, depth - 1)), "child");
        }

        protected override void PostStop() => _probe.Tell(Self.Path.ToStringWithoutAddress());
    }

    [Fact]
    public void Terminating_the_system_stops_every_actor_children_first()
    {
        using var other = ActorSystem.Create("other");
        var probe = TestActor;
        other.ActorOf(Props.Create(() => new Leaving(probe, 2)), "top");

        var ended = other.Terminate();

        ExpectMsg("/user/top/child/child");
        ExpectMsg("/user/top/child");
        ExpectMsg("/user/top");
        AwaitCondition(() => ended.IsCompletedSuccessfully, null, TimeSpan.FromMilliseconds(10));
        other.WhenTerminated.IsCompletedSuccessfully.ShouldBeTrue();
    }

    [Fact]
    public async Task Terminating_twice_is_terminating_once()
    {
        using var other = ActorSystem.Create("other");

        await Task.WhenAll(other.Terminate(), other.Terminate()).WaitAsync(TimeSpan.FromSeconds(5));

        await other.WhenTerminated.WaitAsync(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task Registered_code_runs_when_the_system_has_terminated()
    {
        using var other = ActorSystem.Create("other");
        var ran = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        other.RegisterOnTermination(ran.SetResult);

        await other.Terminate().WaitAsync(TimeSpan.FromSeconds(5));

        await ran.Task.WaitAsync(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task A_terminated_system_makes_no_more_actors()
    {
        using var other = ActorSystem.Create("other");
        await other.Terminate().WaitAsync(TimeSpan.FromSeconds(5));

        Should.Throw<Exception>(() => other.ActorOf(Props.Create<Idle>()));
    }

    [Fact]
    public async Task Coordinated_shutdown_runs_the_phases_in_order_and_each_task_once()
    {
        using var other = ActorSystem.Create("other");
        var log = new System.Collections.Concurrent.ConcurrentQueue<string>();
        var shutdown = CoordinatedShutdown.Get(other);
        foreach (var phase in new[]
        {
            CoordinatedShutdown.PhaseBeforeActorSystemTerminate,
            CoordinatedShutdown.PhaseServiceStop,
            CoordinatedShutdown.PhaseBeforeServiceUnbind,
        })
        {
            shutdown.AddTask(phase, "note", async () =>
            {
                await Task.Yield();
                log.Enqueue(phase);
                return Done.Instance;
            });
        }

        var first = shutdown.Run(CoordinatedShutdown.ClrExitReason.Instance);
        var second = shutdown.Run(CoordinatedShutdown.ClrExitReason.Instance);
        await Task.WhenAll(first, second).WaitAsync(TimeSpan.FromSeconds(10));

        log.ShouldBe(
        [
            CoordinatedShutdown.PhaseBeforeServiceUnbind,
            CoordinatedShutdown.PhaseServiceStop,
            CoordinatedShutdown.PhaseBeforeActorSystemTerminate,
        ]);
        await other.WhenTerminated.WaitAsync(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task A_failing_task_does_not_keep_a_coordinated_shutdown_from_its_end()
    {
        using var other = ActorSystem.Create("other");
        var shutdown = CoordinatedShutdown.Get(other);
        shutdown.AddTask(CoordinatedShutdown.PhaseServiceStop, "bad", () => Task.FromException<Done>(new BoomException()));

        await shutdown.Run(CoordinatedShutdown.ClrExitReason.Instance).WaitAsync(TimeSpan.FromSeconds(10));

        await other.WhenTerminated.WaitAsync(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task Terminating_the_system_runs_the_coordinated_shutdown()
    {
        using var other = ActorSystem.Create("other");
        var ran = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        CoordinatedShutdown.Get(other).AddTask(CoordinatedShutdown.PhaseBeforeServiceUnbind, "note", () =>
        {
            ran.SetResult();
            return Task.FromResult(Done.Instance);
        });

        await other.Terminate().WaitAsync(TimeSpan.FromSeconds(10));

        ran.Task.IsCompleted.ShouldBeTrue();
    }
}
