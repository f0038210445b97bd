namespace Recorder.ActorKernel.Tests.KernelOnly;

/// <summary>What a message costs the collector. The figures are those of Akka.NET that the kernel is to beat.</summary>
[Collection(nameof(AllocationSpecs))]
public class AllocationSpecs : EngineSpec
{
    private sealed class Counting : ReceiveActor
    {
        private int _left;

        public Counting(int count, TestLatch done)
        {
            _left = count;
            Receive<string>(_ =>
            {
                if (--_left == 0)
                    done.Open();
            });
        }
    }

    [Fact]
    public void Telling_allocates_less_than_25_bytes_a_message()
    {
        const int Count = 200_000;
        Run(Count);

        var bytes = Run(Count);

        (bytes / (double)Count).ShouldBeLessThan(25);
    }

    private long Run(int count)
    {
        var done = CreateTestLatch();
        var actor = Sys.ActorOf(Props.Create(() => new Counting(count, done)));
        AwaitHandled(actor);
        var before = GC.GetTotalAllocatedBytes();
        for (var i = 0; i < count; i++)
            actor.Tell("message", ActorRefs.NoSender);
        done.Ready();
        return GC.GetTotalAllocatedBytes() - before;
    }
}

[CollectionDefinition(nameof(AllocationSpecs), DisableParallelization = true)]
public sealed class AllocationSpecsCollection;
