namespace Recorder.ActorKernel.Tests.KernelOnly;

/// <summary>An actor's turn ends after a batch, so that a flooded one does not keep the others waiting.</summary>
public class FairnessSpecs : EngineSpec
{
    public FairnessSpecs()
        : base("akka.actor.default-dispatcher.throughput = 10")
    {
    }

    /// <summary>Keeps its own mailbox full for as long as it is not told to end.</summary>
    private sealed class Flooding : ReceiveActor
    {
        private readonly TestLatch _running;
        private bool _ended;

        public Flooding(TestLatch running)
        {
            _running = running;
            Receive<int>(_ =>
            {
                _running.Open();
                if (!_ended)
                    Self.Tell(0);
            });
            Receive<string>(_ => _ended = true);
        }
    }

    private sealed class Echo : ReceiveActor
    {
        public Echo() => ReceiveAny(message => Sender.Tell(message));
    }

    [Fact]
    public void Actors_that_never_run_dry_do_not_starve_another()
    {
        var flooding = Enumerable.Range(0, Environment.ProcessorCount * 4).Select(_ =>
        {
            var running = CreateTestLatch();
            var actor = Sys.ActorOf(Props.Create(() => new Flooding(running)));
            actor.Tell(0);
            return (actor, running);
        }).ToList();
        foreach (var (_, running) in flooding)
            running.Ready();
        var echo = Sys.ActorOf(Props.Create<Echo>());

        foreach (var i in Enumerable.Range(0, 20))
        {
            echo.Tell(i);
            ExpectMsg(i);
        }

        foreach (var (actor, _) in flooding)
            actor.Tell("end");
    }

    [Fact]
    public void A_flooded_actor_hears_the_runtime_at_once()
    {
        var running = CreateTestLatch();
        var actor = Watch(Sys.ActorOf(Props.Create(() => new Flooding(running))));
        foreach (var _ in Enumerable.Range(0, 1_000))
            actor.Tell(0);
        running.Ready();

        Sys.Stop(actor);

        ExpectTerminated(actor);
    }
}
