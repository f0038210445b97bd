using System.Collections.Concurrent;

namespace Recorder.Integration.Tests.Harness;

/// <summary>Compares a recording made by stream copy with its source.</summary>
public static class StreamCopy
{
    // A file of the zoo is the source of many recordings, and never changes.
    private static readonly ConcurrentDictionary<string, Task<MediaProbe>> Sources = new();

    /// <summary>
    /// Every packet of every picture and sound stream is there, with the payload, the spacing and the offset between streams that
    /// it has in the source, and the durations agree to a frame.
    /// </summary>
    public static async Task IsCompleteAsync(string sourcePath, MediaProbe recorded)
    {
        var source = await Sources.GetOrAdd(sourcePath, MediaProbe.OfAsync);
        var pairs = Pair(source, recorded);
        var shifts = new List<double>();
        foreach (var (original, copy) in pairs)
        {
            var what = $"{original.Kind} {original.Index} of {sourcePath} in {recorded.Path}";
            copy.Codec.ShouldBe(original.Codec, what);
            var (expected, actual) = (await source.PayloadsAsync(original), await recorded.PayloadsAsync(copy));
            actual.Count.ShouldBe(expected.Count, $"packets of {what}");
            actual.SequenceEqual(expected).ShouldBeTrue($"payloads of {what}");

            var frame = source.FrameOf(original);
            recorded.Span(copy).ShouldBe(source.Span(original), frame + 0.001, $"duration of {what}");

            var (before, after) = (Times(source, original), Times(recorded, copy));
            var shift = after[0] - before[0];
            shifts.Add(shift);
            var resolution = source.Format == "avi" ? frame : 0.0021;
            after.Zip(before, (a, b) => Math.Abs(a - b - shift)).Max().ShouldBeLessThanOrEqualTo(resolution, $"times of {what}");
        }

        (shifts.Max() - shifts.Min()).ShouldBeLessThanOrEqualTo(source.Format == "avi" ? 0.04 : 0.003, $"offsets between the streams of {recorded.Path}");
    }

    /// <summary>The streams that can be recorded, in order, each with its copy.</summary>
    public static IReadOnlyList<(ProbedStream Original, ProbedStream Copy)> Pair(MediaProbe source, MediaProbe recorded)
    {
        var originals = source.Streams.Where(s => s.Kind is "video" or "audio" && !s.AttachedPicture).OrderBy(s => s.Kind).ToList();
        var copies = recorded.Streams.OrderBy(s => s.Kind).ToList();
        copies.Select(s => s.Kind).ShouldBe(originals.Select(s => s.Kind), $"tracks of {recorded.Path}");
        return [.. originals.Zip(copies)];
    }

    /// <summary>Presentation times, in order, unwrapped where a transport stream's 33-bit clock wraps.</summary>
    private static List<double> Times(MediaProbe probe, ProbedStream stream)
    {
        const double Wrap = 8589934592.0 / 90000;
        var times = probe.PacketsOf(stream).Select(p => p.Time).ToList();
        for (var i = 1; i < times.Count; i++)
            times[i] += times[i] < times[i - 1] - (Wrap / 2) ? Wrap : 0;

        times.Sort();
        return times;
    }
}
