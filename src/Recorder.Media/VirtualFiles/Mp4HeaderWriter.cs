using System.Buffers.Binary;
using Recorder.Media.Mp4;

namespace Recorder.Media.VirtualFiles;

/// <summary>
/// Writes what stands before the fragments of a virtual file: <c>ftyp</c>, a <c>moov</c> that states the duration, and
/// <c>sidx</c> boxes, by which players seek without reading the media in between.
/// </summary>
internal static class Mp4HeaderWriter
{
    /// <param name="skips">What is skipped at the beginning of each track, in its timescale.</param>
    /// <param name="runs">What follows; together they are the rest of the file.</param>
    public static byte[] Write(VirtualTracks tracks, ReadOnlySpan<long> skips, TimeSpan duration, IReadOnlyList<IndexedRun> runs)
    {
        var header = tracks.All[0].Header;
        var file = header.Bytes.Span;
        var output = new Mp4Writer();
        output.Raw(file[..header.Moov]);
        Mp4Box.TryRead(file, header.Moov, file.Length, out var moov);
        var at = output.Begin(Mp4Box.Moov);
        var hasTracks = false;
        foreach (var box in moov.Children(file))
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
        SegmentIndexWriter.Write(output, tracks, runs);
        return output.ToArray();
    }

    private static void WriteTracks(Mp4Writer output, VirtualTracks tracks, ReadOnlySpan<long> skips, long duration)
    {
        for (var i = 0; i < tracks.All.Count; i++)
            WriteTrack(output, tracks.All[i], (uint)i + 1, skips[i]);

        var at = output.Begin(Mp4Box.Mvex);
        var mehd = output.Begin(Mp4Box.Mehd, 1u << 24);
        output.Number(duration);
        output.End(mehd);
        for (var i = 0; i < tracks.All.Count; i++)
        {
            var box = tracks.All[i].Source.Trex;
            var trex = tracks.All[i].Header.Bytes.Span[box.Start..box.End].ToArray();
            if (trex.Length > 0)
            {
                BinaryPrimitives.WriteUInt32BigEndian(trex.AsSpan(box.Body - box.Start + 4), (uint)i + 1);
                output.Raw(trex);
            }
        }

        output.End(at);
    }

    private static void WriteTrack(Mp4Writer output, VirtualTrack track, uint id, long skip)
    {
        var bytes = track.Header.Bytes.Span[track.Source.Trak.Start..track.Source.Trak.End].ToArray();
        Mp4Box.TryRead(bytes, 0, bytes.Length, out var trak);
        if (track.HasInBandParameterSets && Mp4Header.EntryOf(bytes, trak) is { } entry)
            BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(entry.Start + 4), track.Entry.InBandFormat);

        var at = output.Begin(Mp4Box.Trak);
        foreach (var box in trak.Children(bytes))
        {
            if (box.Type == Mp4Box.Tkhd)
                BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(box.OffsetBehindTimes(bytes[box.Body])), id);

            if (box.Type != Mp4Box.Edts)
                output.Raw(bytes.AsSpan(box.Start..box.End));

            if (box.Type == Mp4Box.Tkhd && skip > 0)
                WriteEditList(output, skip);
        }

        output.End(at);
    }

    private static void WriteEditList(Mp4Writer output, long skip)
    {
        var edits = output.Begin(Mp4Box.Edts);
        var list = output.Begin(Mp4Box.Elst, 1u << 24);
        output.Number(1u);
        // Duration 0: up to the end of all fragments.
        output.Number(0L);
        output.Number(skip);
        output.Number(0x00010000u);
        output.End(list);
        output.End(edits);
    }
}
