using Recorder.Media.Mp4;

namespace Recorder.Media.VirtualFiles;

// A sidx (ISO/IEC 14496-12, 8.16.3) for each track: FFmpeg, and browsers with it, seek in each track by itself, and read all
// media in between for a track without one.
internal static class SegmentIndexWriter
{
    private const int MaxReferences = ushort.MaxValue;

    public static void Write(Mp4Writer output, VirtualTracks tracks, IReadOnlyList<IndexedRun> runs)
    {
        var boxes = new List<byte[]>();
        var (behind, scale) = (0L, tracks.All[tracks.Reference].Timescale);
        runs = Merge(runs);
        // FFmpeg finds nothing behind a gap of days when two indices split it: then only the reference track gets one.
        var longest = runs.Max(run => run.Duration);
        var isSplit = tracks.All.Any(track => Mp4Time.Rescale(longest, scale, track.Timescale) > uint.MaxValue);
        var indexed = Enumerable.Range(0, tracks.All.Count).OrderByDescending(track => track == tracks.Reference);
        foreach (var track in indexed.Take(isSplit ? 1 : tracks.All.Count))
        {
            var timescale = tracks.All[track].Timescale;
            var box = WriteIndex((uint)track + 1, timescale, behind, scale == timescale ? runs : Scale(runs, scale, timescale));
            boxes.Insert(0, box);
            behind += box.Length;
        }

        boxes.ForEach(box => output.Raw(box));
    }

    private static byte[] WriteIndex(uint track, uint timescale, long behind, IReadOnlyList<IndexedRun> runs)
    {
        var output = new Mp4Writer();
        var references = Split(runs);
        var at = output.Begin(Mp4Box.Sidx, 1u << 24);
        output.Numbers(track, timescale);
        // The first media is shown at 0 and lies behind the indices that follow.
        output.Number(0L);
        output.Number(behind);
        output.Number((uint)references.Count);
        foreach (var run in references)
            output.Numbers((uint)run.Bytes, (uint)run.Duration, run.Key ? 0x90000000 : 0);

        output.End(at);
        return output.ToArray();
    }

    // Both ends are rounded instead of the duration, so that the durations add up.
    private static List<IndexedRun> Scale(IReadOnlyList<IndexedRun> runs, uint from, uint to)
    {
        var (scaled, time) = (new List<IndexedRun>(runs.Count), 0L);
        foreach (var run in runs)
        {
            scaled.Add(run with { Duration = Mp4Time.Rescale(time + run.Duration, from, to) - Mp4Time.Rescale(time, from, to) });
            time += run.Duration;
        }

        return scaled;
    }

    // A duration has 32 bits: 13 hours at the usual 90,000 units per second. The rest of a longer gap goes into references to no
    // bytes. Coarser units for the box are no way out, because FFmpeg, and browsers with it, take them for the track's.
    private static List<IndexedRun> Split(IReadOnlyList<IndexedRun> runs)
    {
        var references = new List<IndexedRun>(runs.Count);
        foreach (var run in runs)
        {
            references.Add(run with { Duration = Math.Min(run.Duration, uint.MaxValue) });
            for (var rest = run.Duration - uint.MaxValue; rest > 0; rest -= uint.MaxValue)
                references.Add(new IndexedRun(0, Math.Min(rest, uint.MaxValue), Key: false));
        }

        return references;
    }

    // A box has room for 65,535 references of less than 2 GiB each: with more, neighbours become one.
    private static IReadOnlyList<IndexedRun> Merge(IReadOnlyList<IndexedRun> runs)
    {
        // Split adds at most this many references, however runs are merged.
        var added = runs.Sum(run => run.Duration) / uint.MaxValue;
        while (runs.Count > Math.Max(1, MaxReferences - added))
        {
            runs =
            [
                .. runs.Chunk(2).Select(pair => pair.Length == 1 ? pair[0] : pair[0] with
                {
                    Bytes = pair[0].Bytes + pair[1].Bytes,
                    Duration = pair[0].Duration + pair[1].Duration,
                }),
            ];
        }

        return runs;
    }
}
