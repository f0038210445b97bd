using System.Globalization;
using Xunit.Abstractions;

namespace Recorder.Cluster.Tests.Simulation;

/// <summary>The claim and fencing protocol in thousands of random stories.</summary>
public class ScheduleSpecs(ITestOutputHelper log)
{
    [Fact]
    public void No_schedule_gives_a_token_to_two_nodes_or_takes_a_stale_write()
    {
        var schedules = int.Parse(Environment.GetEnvironmentVariable("RECORDER_SCHEDULES") ?? "2000", CultureInfo.InvariantCulture);
        var first = int.Parse(Environment.GetEnvironmentVariable("RECORDER_SCHEDULE_SEED") ?? "0", CultureInfo.InvariantCulture);
        // What waits goes on where it is woken: on this thread, in the order of the story.
        SynchronizationContext.SetSynchronizationContext(null);
        for (var seed = first; seed < first + schedules; seed++)
        {
            try
            {
                new Schedule(seed).Run();
            }
            catch (InvalidOperationException broken)
            {
                throw new InvalidOperationException($"RECORDER_SCHEDULE_SEED={seed}: {broken.Message}", broken);
            }
        }

        log.WriteLine($"{schedules} schedules from seed {first}");
    }
}
