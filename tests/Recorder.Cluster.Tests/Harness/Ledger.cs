using System.Globalization;

namespace Recorder.Cluster.Tests.Harness;

/// <summary>A part of a recorder's recordings.</summary>
internal sealed record Stored(string Recorder, string Recording, string Node, long Epoch, bool IsLate, DateTimeOffset From, DateTimeOffset To, TimeSpan MediaTime, TimeSpan Duration);

/// <summary>What a cluster recorded, as a node's index says when all has stopped.</summary>
internal sealed class Ledger
{
    // What two nodes' clocks, and a picture at five a second, may make of a seam.
    private static readonly TimeSpan Slack = TimeSpan.FromMilliseconds(450);

    private readonly IReadOnlyList<(string Recorder, DateTimeOffset From, DateTimeOffset To, long Cause)> _gaps;

    private Ledger(IReadOnlyList<Stored> stored, IReadOnlyList<(string Recorder, DateTimeOffset From, DateTimeOffset To, long Cause)> gaps) => (Stored, _gaps) = (stored, gaps);

    public IReadOnlyList<Stored> Stored { get; }

    public static async Task<Ledger> ReadAsync(ClusterUnderTest cluster, int? node = null) => new(
        [
            .. (await cluster.QueryAsync(
                "SELECT recorder, recording, node, epoch, is_late, captured_at, duration, media_time FROM extents ORDER BY recorder, captured_at, epoch", node))
                .Select(row => new Stored(
                    (string)row[0]!, (string)row[1]!, (string)row[2]!, (long)row[3]!, row[4] is not 0L, At(row[5]), At((long)row[5]! + (long)row[6]!),
                    TimeSpan.FromTicks((long)row[7]!), TimeSpan.FromTicks((long)row[6]!))),
        ],
        [.. (await cluster.QueryAsync("SELECT recorder, from_at, to_at, cause FROM gaps", node)).Select(row => ((string)row[0]!, At(row[1]), At(row[2]), (long)row[3]!))]);

    /// <summary>Times of which a recorder has nothing.</summary>
    public IReadOnlyList<(string Recorder, DateTimeOffset From, DateTimeOffset To)> FindHoles()
    {
        var holes = new List<(string, DateTimeOffset, DateTimeOffset)>();
        foreach (var recorder in Stored.GroupBy(it => it.Recorder))
        {
            var until = recorder.First().To;
            foreach (var next in recorder)
            {
                if (next.From - until > Slack)
                    holes.Add((recorder.Key, until, next.From));

                until = next.To > until ? next.To : until;
            }
        }

        return holes;
    }

    /// <summary>Nothing is missing that is not told as a gap.</summary>
    public void HasNoUntoldHole()
    {
        // A gap begins with the last picture that is stored, and a file that was cut off by a kill may have less than was told before.
        var untold = FindHoles().Where(hole => !_gaps.Any(gap =>
            gap.Recorder == hole.Recorder && gap.From <= hole.From + TimeSpan.FromSeconds(1.5) && gap.To >= hole.To - TimeSpan.FromSeconds(1.5))).ToList();
        untold.ShouldBeEmpty($"{string.Join('\n', untold.Select(hole => Describe(hole.Recorder)))}");
    }

    /// <summary>Nothing is missing at all.</summary>
    public void HasNoHole()
    {
        var holes = FindHoles();
        holes.ShouldBeEmpty(string.Join('\n', holes.Select(hole => Describe(hole.Recorder))));
        _gaps.ShouldBeEmpty(string.Join('\n', _gaps.Select(gap => Describe(gap.Recorder)).Distinct()));
    }

    /// <summary>From a time on one node recorded each.</summary>
    public void HasOneOwnerEachFrom(DateTimeOffset time) => Stored.Where(it => it.To > time + TimeSpan.FromSeconds(1)).GroupBy(it => it.Recorder)
        .Where(recorder => recorder.Select(it => it.Node).Distinct().Count() > 1).Select(recorder => Describe(recorder.Key)).ShouldBeEmpty($"from {time:ss.fff} on");

    /// <summary>What two nodes recorded of the same time, beyond what a hand-over takes, is marked.</summary>
    public void HasNoUnmarkedOverlap() => Stored.GroupBy(it => it.Recorder).Where(recorder => recorder.Any(one => !one.IsLate && recorder.Any(other =>
            other != one && !other.IsLate && other.Epoch != one.Epoch && other.From >= one.From && one.To - other.From > TimeSpan.FromSeconds(2.5)
                && other.To - other.From > TimeSpan.FromSeconds(2.5))))
        .Select(recorder => Describe(recorder.Key)).ShouldBeEmpty();

    public void HasOneRecordingEach() =>
        Stored.GroupBy(it => it.Recorder).Where(recorder => recorder.Select(it => it.Recording).Distinct().Count() > 1).Select(recorder => Describe(recorder.Key)).ShouldBeEmpty();

    /// <summary>How often recorders moved, and what is missing, in a line.</summary>
    public string Summarize()
    {
        var moves = Stored.GroupBy(it => it.Recorder).Select(recorder => recorder.Select(it => it.Epoch).Distinct().Count() - 1).ToList();
        var holes = FindHoles().Select(hole => hole.To - hole.From).ToList();
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{moves.Count} recorders; tenures after the first: {moves.Average():0.0} a recorder, {moves.Max()} at most; {holes.Count} holes, the longest of {(holes.Count > 0 ? holes.Max() : default).TotalSeconds:0.0} s; {Stored.Count(it => it.IsLate)} of {Stored.Count} files late");
    }

    private string Describe(string recorder) => string.Join('\n', Stored.Where(it => it.Recorder == recorder).Select(it =>
            $"{it.Recorder} {it.Recording} {it.Node} epoch {it.Epoch} {it.From:HH:mm:ss.fff} to {it.To:HH:mm:ss.fff}{(it.IsLate ? " late" : "")}")
        .Concat(_gaps.Where(gap => gap.Recorder == recorder).Select(gap => $"{gap.Recorder} gap {gap.From:HH:mm:ss.fff} to {gap.To:HH:mm:ss.fff} cause {gap.Cause}"))) + "\n";

    private static DateTimeOffset At(object? ticks) => new((long)ticks!, TimeSpan.Zero);
}
