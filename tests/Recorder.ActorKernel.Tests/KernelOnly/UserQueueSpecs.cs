using Recorder.ActorKernel.Dispatch;

namespace Recorder.ActorKernel.Tests.KernelOnly;

/// <summary>The queue under every mailbox: what many producers put in comes out once, in each producer's order.</summary>
public class UserQueueSpecs
{
    private const int Producers = 3;
    private const int Queues = 2000;
    private const int Each = 200;

    [Fact]
    public void Nothing_is_lost_or_doubled_while_the_segments_are_used_again()
    {
        // New queues begin with small segments: they append, finish and use segments again far more often than old ones.
        var queues = Enumerable.Range(0, Queues).Select(_ => new UserQueue()).ToArray();
        var failure = "";
        var consumer = new Thread(() => failure = Drain(queues)) { IsBackground = true };
        var producers = Enumerable.Range(0, Producers)
            .Select(producer => new Thread(() => Fill(queues, producer)) { IsBackground = true })
            .ToList();

        consumer.Start();
        producers.ForEach(thread => thread.Start());

        producers.ForEach(thread => thread.Join(TimeSpan.FromSeconds(20)).ShouldBeTrue("a producer is stuck"));
        consumer.Join(TimeSpan.FromSeconds(20)).ShouldBeTrue("messages are missing");
        failure.ShouldBeEmpty();
    }

    private static void Fill(UserQueue[] queues, int producer)
    {
        foreach (var queue in queues)
        {
            for (var i = 0; i < Each; i++)
                queue.Enqueue((producer, i), null);
        }
    }

    private static string Drain(UserQueue[] queues)
    {
        foreach (var queue in queues)
        {
            var next = new int[Producers];
            for (var left = Producers * Each; left > 0;)
            {
                if (!queue.TryDequeue(out var message, out _))
                {
                    Thread.Yield();
                    continue;
                }

                var (producer, i) = ((int, int))message;
                if (next[producer] != i)
                    return $"producer {producer}: {i} came instead of {next[producer]}";
                next[producer]++;
                left--;
            }

            if (!queue.IsEmpty)
                return "a drained queue is not empty";
        }

        return "";
    }
}
