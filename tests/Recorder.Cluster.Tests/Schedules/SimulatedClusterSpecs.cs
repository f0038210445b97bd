using System.Globalization;
using Xunit.Abstractions;

namespace Recorder.Cluster.Tests.Schedules;

/// <summary>
/// Thousands of stories of two to five nodes in virtual time: crashes, pauses, partitions, lost and doubled messages, cameras and disks that fail, restarts
/// with the folder of before, with an older one and with none. RECORDER_CLUSTER_SCHEDULES=10000 tells more of them, from RECORDER_CLUSTER_SEED on.
/// </summary>
public class SimulatedClusterSpecs(ITestOutputHelper log)
{
    private const int MostFailures = 10;

    private static readonly TimeSpan Trouble = TimeSpan.FromSeconds(180);

    [Fact]
    public void In_every_schedule_the_predicates_of_the_cluster_hold()
    {
        var (schedules, first) = (Number("RECORDER_CLUSTER_SCHEDULES", 100), Number("RECORDER_CLUSTER_SEED", 0));
        var longest = TimeSpan.Zero;
        var taken = 0;
        var failures = new List<string>();
        for (var seed = first; seed < first + schedules && failures.Count < MostFailures; seed++)
        {
            var world = new World(seed, Flaw.None);
            try
            {
                world.Run(Trouble);
            }
            catch (BrokenPredicateException broken)
            {
                failures.Add($"RECORDER_CLUSTER_SEED={seed} RECORDER_CLUSTER_SCHEDULES=1: {broken.Message}");
            }

            taken = Math.Max(taken, world.MostTakenInAMinute);
            longest = world.LongestGap > longest ? world.LongestGap : longest;
        }

        if (failures.Count > 0)
            Assert.Fail(string.Join("\n\n", failures));

        log.WriteLine($"{schedules} schedules from seed {first}; the longest time without a holder was {longest.TotalSeconds:0.0} s; a camera was taken {taken} times in a minute at most");
    }

    [Theory]
    [InlineData((int)Flaw.Term)]
    [InlineData((int)Flaw.Confirmation)]
    [InlineData((int)Flaw.StartId)]
    [InlineData((int)Flaw.Merge)]
    [InlineData((int)Flaw.JournalPosition)]
    public void A_planted_flaw_is_found(int flaw)
    {
        for (var seed = 0; seed < 500; seed++)
        {
            try
            {
                new World(seed, (Flaw)flaw).Run(Trouble);
            }
            catch (BrokenPredicateException broken)
            {
                log.WriteLine($"{(Flaw)flaw}, seed {seed}: {broken.Message}");
                return;
            }
        }

        Assert.Fail($"{(Flaw)flaw} was not found in 500 schedules.");
    }

    private static int Number(string name, int otherwise) =>
        Environment.GetEnvironmentVariable(name) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
