using Recorder.Actors.Storage;

namespace Recorder.Actors.Tests.Storage;

public class JobQueueSpecs
{
    [Fact]
    public void All_jobs_of_many_threads_are_taken_and_those_of_one_thread_in_order()
    {
        const int Posters = 8, Jobs = 5_000;
        var queue = new JobQueue();
        var done = new List<int>[Posters];
        var taker = new Thread(() =>
        {
            while (queue.Take() is { } job)
                job();
        });
        taker.Start();
        Parallel.For(0, Posters, poster =>
        {
            done[poster] = [];
            for (var i = 0; i < Jobs; i++)
            {
                var number = i;
                queue.TryAdd(() => done[poster].Add(number)).ShouldBeTrue();
            }
        });
        queue.Complete();
        taker.Join(TimeSpan.FromSeconds(30)).ShouldBeTrue("its thread sleeps although there are jobs, or none any more");

        done.ShouldAllBe(numbers => numbers.SequenceEqual(Enumerable.Range(0, Jobs)));
        queue.Count.ShouldBe(0);
    }

    [Fact]
    public void What_was_queued_before_the_end_is_still_taken_and_nothing_is_accepted_after_it()
    {
        var queue = new JobQueue();
        queue.TryAdd(() => { });
        queue.Complete();

        queue.TryAdd(() => { }).ShouldBeFalse();
        queue.Take().ShouldNotBeNull();
        queue.Take().ShouldBeNull();
    }
}
