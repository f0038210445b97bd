using System.Collections.Concurrent;

namespace Recorder.ActorKernel.Tests;

public sealed class DispatcherSpecs()
    : EngineSpec("few { type = ForkJoinDispatcher, throughput = 1, dedicated-thread-pool { thread-count = 2, threadtype = background } }")
{
    [Fact]
    public void A_fork_join_dispatcher_runs_many_actors_on_its_own_few_threads()
    {
        var threads = new ConcurrentDictionary<Thread, bool>();
        var actors = Enumerable.Range(0, 20).Select(_ => Sys.ActorOf(Props.Create(() => new Reporter(threads)).WithDispatcher("few"))).ToList();
        for (var round = 0; round < 20; round++)
        {
            actors.ForEach(actor => actor.Tell("go", TestActor));
            ReceiveN(actors.Count);
        }

        threads.Count.ShouldBeInRange(1, 2);
        threads.Keys.ShouldAllBe(thread => !thread.IsThreadPoolThread);
    }

    [Fact]
    public void Actors_that_block_a_fork_join_dispatcher_leave_the_others_alone()
    {
        using var gate = new ManualResetEventSlim();
        var blocked = Enumerable.Range(0, 3).Select(_ => Sys.ActorOf(Props.Create(() => new Blocker(gate)).WithDispatcher("few"))).ToList();
        blocked.ForEach(actor => actor.Tell("wait", TestActor));
        var free = Sys.ActorOf(Props.Create(() => new Reporter(new ConcurrentDictionary<Thread, bool>())));
        free.Tell("go", TestActor);
        ExpectMsg("go");
        gate.Set();
        ReceiveN(3);
    }

    private sealed class Reporter : ReceiveActor
    {
        public Reporter(ConcurrentDictionary<Thread, bool> threads) => ReceiveAny(message =>
        {
            threads[Thread.CurrentThread] = true;
            Sender.Tell(message);
        });
    }

    private sealed class Blocker : ReceiveActor
    {
        public Blocker(ManualResetEventSlim gate) => ReceiveAny(message =>
        {
            gate.Wait(TimeSpan.FromSeconds(10));
            Sender.Tell(message);
        });
    }
}
