using System.Buffers.Binary;
using Recorder.Media.Mp4;

namespace Recorder.Media.VirtualFiles;

/// <summary>A run of fragments that begins where decoding can, as a <c>sidx</c> tells of it.</summary>
/// <param name="Bytes">Of all of them.</param>
/// <param name="Duration">In the reference track's timescale.</param>
/// <param name="Key">Whether decoding can begin at its first sample.</param>
internal readonly record struct IndexedRun(long Bytes, long Duration, bool Key);

/// <summary>
/// Writes what stands in front of the fragments of a virtual file: <c>ftyp</c>, a <c>moov</c> that knows the duration, and a
/// <c>sidx</c>, so that a player knows where to seek without reading on.
/// </summary>
internal static class Mp4HeaderWriter
{
    private const int MostReferences = ushort.MaxValue;

    /// <param name="tracks">The tracks.</param>
    /// <param name="skips">What is skipped at the beginning of each track, in its timescale.</param>
    /// <param name="duration">Of the whole.</param>
    /// <param name="runs">What follows; together they are the rest of the file.</param>
    public static byte[] Write(VirtualTracks tracks, ReadOnlySpan<long> skips, TimeSpan duration, IReadOnlyList<IndexedRun> runs)
    {
        var header = tracks.All[0].Header;
        var file = header.Bytes.Span;
        var output = new Mp4Writer();
        output.Raw(file[..header.Moov]);
        Mp4Box.TryRead(file, header.Moov, file.Length, out var moov);
        var at = output.Begin(Mp4Box.Moov);
        for (var (place, hasTracks) = (moov.Body, false); Mp4Box.TryRead(file, place, moov.End, out var box); place = box.End)
        {
            if (box.Type is not (Mp4Box.Trak or Mp4Box.Mvex))
            {
                output.Raw(file[box.Start..box.End]);
            }
            else if (!hasTracks)
            {
                WriteTracks(output, tracks, skips, Mp4Time.ToUnits(duration, header.Timescale));
                hasTracks = true;
            }
        }

        output.End(at);
        WriteIndices(output, tracks, runs);
        return output.ToArray();
    }

    private static void WriteTracks(Mp4Writer output, VirtualTracks tracks, ReadOnlySpan<long> skips, long duration)
    {
        for (var i = 0; i < tracks.All.Count; i++)
        {
            WriteTrack(output, tracks.All[i], (uint)i + 1, skips[i]);
        }

        var at = output.Begin(Mp4Box.Mvex);
        var mehd = output.Begin(Mp4Box.Mehd, 1u << 24);
        output.Number(duration);
        output.End(mehd);
        for (var i = 0; i < tracks.All.Count; i++)
        {
            var source = tracks.All[i].Source;
            var trex = tracks.All[i].Header.Bytes.Span[source.Trex.Start..source.Trex.End].ToArray();
            if (trex.Length > 0)
            {
                BinaryPrimitives.WriteUInt32BigEndian(trex.AsSpan(source.Trex.Body - source.Trex.Start + 4), (uint)i + 1);
                output.Raw(trex);
            }
        }

        output.End(at);
    }

    private static void WriteTrack(Mp4Writer output, VirtualTrack track, uint id, long skip)
    {
        var (from, length) = (track.Source.Trak.Start, track.Source.Trak.End - track.Source.Trak.Start);
        var file = track.Header.Bytes.Span.Slice(from, length).ToArray();
        Mp4Box.TryRead(file, 0, length, out var trak);
        if (track.HasSetsInBand && Mp4Header.EntryOf(file, trak) is { } entry)
        {
            BinaryPrimitives.WriteUInt32BigEndian(file.AsSpan(entry.Start + 4), track.Entry.FormatWithSetsInBand);
        }

        var at = output.Begin(Mp4Box.Trak);
        for (var place = trak.Body; Mp4Box.TryRead(file, place, trak.End, out var box); place = box.End)
        {
            if (box.Type == Mp4Box.Tkhd)
            {
                BinaryPrimitives.WriteUInt32BigEndian(file.AsSpan(box.Body + (file[box.Body] == 1 ? 20 : 12)), id);
            }

            if (box.Type != Mp4Box.Edts)
            {
                output.Raw(file.AsSpan(box.Start..box.End));
            }

            if (box.Type == Mp4Box.Tkhd && skip > 0)
            {
                var edits = output.Begin(Mp4Box.Edts);
                var list = output.Begin(Mp4Box.Elst, 1u << 24);
                output.Number(1u);
                // Of no stated length: to the end of whatever fragments come.
                output.Number(0L);
                output.Number(skip);
                output.Number(0x00010000u);
                output.End(list);
                output.End(edits);
            }
        }

        output.End(at);
    }

    // One for each track: FFmpeg, and browsers with it, seek in each by itself, and read all that lies between where one of them has none.
    private static void WriteIndices(Mp4Writer output, VirtualTracks tracks, IReadOnlyList<IndexedRun> runs)
    {
        var boxes = new List<byte[]>();
        var (behind, scale) = (0L, tracks.All[tracks.Reference].Timescale);
        runs = Merge(runs);
        // FFmpeg finds nothing behind a gap of days when two indices split it.
        var isSplit = runs.Any(run => tracks.All.Any(track => Mp4Time.Rescale(run.Duration, scale, track.Timescale) > uint.MaxValue));
        foreach (var track in Enumerable.Range(0, tracks.All.Count).OrderByDescending(track => track == tracks.Reference).Take(isSplit ? 1 : tracks.All.Count))
        {
            var box = IndexOf((uint)track + 1, tracks.All[track].Timescale, behind, track == tracks.Reference ? runs : Scale(runs, scale, tracks.All[track].Timescale));
            boxes.Insert(0, box);
            behind += box.Length;
        }

        boxes.ForEach(box => output.Raw(box));
    }

    private static byte[] IndexOf(uint track, uint timescale, long behind, IReadOnlyList<IndexedRun> runs)
    {
        var output = new Mp4Writer();
        var references = Split(runs);
        var at = output.Begin(Mp4Box.Sidx, 1u << 24);
        output.Number(track);
        output.Number(timescale);
        // What comes first is shown at 0, and lies behind the other indices.
        output.Number(0L);
        output.Number(behind);
        output.Number((uint)references.Count);
        foreach (var run in references)
        {
            output.Number((uint)run.Bytes);
            output.Number((uint)run.Duration);
            output.Number(run.Key ? 0x90000000 : 0);
        }

        output.End(at);
        return output.ToArray();
    }

    // Both ends are rounded, not the length: it adds up.
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

    // A duration has 32 bits, in a camera's units 13 hours. The rest of a longer gap stands in references to no bytes: the box could have coarser
    // units, but FFmpeg, and browsers with it, would take them for the track's.
    private static List<IndexedRun> Split(IReadOnlyList<IndexedRun> runs)
    {
        var references = new List<IndexedRun>(runs.Count);
        foreach (var run in runs)
        {
            references.Add(run with { Duration = Math.Min(run.Duration, uint.MaxValue) });
            for (var rest = run.Duration - uint.MaxValue; rest > 0; rest -= uint.MaxValue)
            {
                references.Add(new IndexedRun(0, Math.Min(rest, uint.MaxValue), Key: false));
            }
        }

        return references;
    }

    // A box counts 65,535 of them, of less than 2 GiB each: beyond it, neighbours become one.
    private static IReadOnlyList<IndexedRun> Merge(IReadOnlyList<IndexedRun> runs)
    {
        // What Split adds is at most this many, however they are merged.
        var most = Math.Max(1, MostReferences - (runs.Sum(run => run.Duration) / uint.MaxValue));
        while (runs.Count > most)
        {
            var merged = new List<IndexedRun>((runs.Count + 1) / 2);
            for (var i = 0; i < runs.Count; i += 2)
            {
                merged.Add(i + 1 == runs.Count ? runs[i] : runs[i] with
                {
                    Bytes = runs[i].Bytes + runs[i + 1].Bytes,
                    Duration = runs[i].Duration + runs[i + 1].Duration,
                });
            }

            runs = merged;
        }

        return runs;
    }
}
