using System.Buffers.Binary;

namespace Recorder.Actors.Playback;

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

    /// <param name="header">An extent's header.</param>
    /// <param name="skips">What is skipped at the beginning of each track, in its timescale.</param>
    /// <param name="duration">Of the whole.</param>
    /// <param name="earliest">When the first sample of the reference track is shown, in its timescale.</param>
    /// <param name="runs">What follows; together they are the rest of the file.</param>
    public static byte[] Write(
        Mp4Header header, ReadOnlySpan<long> skips, TimeSpan duration, long earliest, IReadOnlyList<IndexedRun> runs)
    {
        var file = header.Bytes.Span;
        var output = new Mp4Writer();
        output.Raw(file[..header.Moov]);
        Mp4Box.TryRead(file, header.Moov, file.Length, out var moov);
        var at = output.Begin(Mp4Box.Moov);
        var track = 0;
        for (var place = moov.Body; Mp4Box.TryRead(file, place, moov.End, out var box); place = box.End)
        {
            switch (box.Type)
            {
                case Mp4Box.Trak:
                    WriteTrack(output, file, box, skips[track++]);
                    break;
                case Mp4Box.Mvex:
                    WriteExtends(output, file, box, Mp4Timeline.ToUnits(duration, header.Timescale));
                    break;
                default:
                    output.Raw(file[box.Start..box.End]);
                    break;
            }
        }

        output.End(at);
        WriteIndex(output, header.Tracks[header.Reference], earliest, runs);
        return output.ToArray();
    }

    private static void WriteTrack(Mp4Writer output, ReadOnlySpan<byte> file, Mp4Box trak, long skip)
    {
        var at = output.Begin(Mp4Box.Trak);
        for (var place = trak.Body; Mp4Box.TryRead(file, place, trak.End, out var box); place = box.End)
        {
            if (box.Type != Mp4Box.Edts)
            {
                output.Raw(file[box.Start..box.End]);
            }

            if (box.Type == Mp4Box.Tkhd && skip > 0)
            {
                var edits = output.Begin(Mp4Box.Edts);
                var list = output.Begin(Mp4Box.Elst);
                output.Number(1u << 24);
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

    private static void WriteExtends(Mp4Writer output, ReadOnlySpan<byte> file, Mp4Box mvex, long duration)
    {
        var at = output.Begin(Mp4Box.Mvex);
        var mehd = output.Begin(Mp4Box.Mehd);
        output.Number(1u << 24);
        output.Number(duration);
        output.End(mehd);
        for (var place = mvex.Body; Mp4Box.TryRead(file, place, mvex.End, out var box); place = box.End)
        {
            if (box.Type != Mp4Box.Mehd)
            {
                output.Raw(file[box.Start..box.End]);
            }
        }

        output.End(at);
    }

    private static void WriteIndex(Mp4Writer output, Mp4Track reference, long earliest, IReadOnlyList<IndexedRun> runs)
    {
        var references = Split(Merge(runs));
        var at = output.Begin(Mp4Box.Sidx);
        output.Number(1u << 24);
        output.Number(reference.Id);
        output.Number(reference.Timescale);
        output.Number(earliest);
        output.Number(0L);
        output.Number((uint)references.Count);
        foreach (var run in references)
        {
            output.Number((uint)run.Bytes);
            output.Number((uint)run.Duration);
            output.Number(run.Key ? 0x90000000 : 0);
        }

        output.End(at);
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

    /// <summary>Boxes one behind another.</summary>
    private sealed class Mp4Writer
    {
        private readonly MemoryStream _bytes = new();

        public void Raw(ReadOnlySpan<byte> bytes) => _bytes.Write(bytes);

        public long Begin(uint type)
        {
            var at = _bytes.Position;
            Number(0u);
            Number(type);
            return at;
        }

        public void End(long at) =>
            BinaryPrimitives.WriteUInt32BigEndian(_bytes.GetBuffer().AsSpan((int)at), (uint)(_bytes.Position - at));

        public void Number(uint value)
        {
            Span<byte> bytes = stackalloc byte[4];
            BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
            _bytes.Write(bytes);
        }

        public void Number(long value)
        {
            Span<byte> bytes = stackalloc byte[8];
            BinaryPrimitives.WriteInt64BigEndian(bytes, value);
            _bytes.Write(bytes);
        }

        public byte[] ToArray() => _bytes.ToArray();
    }
}
