using Recorder.Actors.Timing;


namespace Recorder.Actors.Tests.Capture;

public sealed class RetryBackoffSpecs
{
    [Fact]
    public void Waits_double_up_to_the_longest_and_are_random()
    {
        var backoff = new RetryBackoff(TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(30), new Random(7));
        var waits = Enumerable.Range(0, 40).Select(_ => backoff.Next().TotalSeconds).ToList();
        for (var n = 0; n < waits.Count; n++)
        {
            var whole = Math.Min(30, 0.5 * Math.Pow(2, n));
            waits[n].ShouldBeInRange(whole / 2, whole);
        }

        waits.Skip(10).Distinct().Count().ShouldBeGreaterThan(10);
    }

    [Fact]
    public void Success_makes_the_next_wait_short_again()
    {
        var backoff = new RetryBackoff(TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(30), new Random(7));
        for (var n = 0; n < 10; n++)
            backoff.Next();

        backoff.Reset();
        backoff.Next().ShouldBeLessThanOrEqualTo(TimeSpan.FromSeconds(0.5));
    }
}
