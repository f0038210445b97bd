using Recorder.FFmpeg;
using Recorder.Media.Fragments;
using Recorder.Media.VirtualFiles;

namespace Recorder.Media.Export;

/// <param name="From">Where the export begins on the recording's timeline.</param>
/// <param name="Length">Decode time after <paramref name="From"/> at which the export ends; null takes all.</param>
/// <param name="CutsBegin">Whether packets before <paramref name="From"/> are left out: the parts are whole files.</param>
internal sealed record ExportPlan(IReadOnlyList<ExportPart> Parts, TimeSpan From, TimeSpan? Length, long Bytes, bool CutsBegin)
{
    public TimeSpan Duration { get; init; }

    /// <summary>Plans the export of MP4 extents, as virtual files; null when there is no media in the interval.</summary>
    /// <param name="from">The export begins at the last key frame at or before this time; null at the beginning.</param>
    public static ExportPlan? Of(IReadOnlyList<ExtentPart> extents, TimeSpan? from, TimeSpan? to)
    {
        var files = new List<VirtualMp4>();
        var begin = from;
        // Another file begins where the codec changes.
        while (VirtualMp4.Build(extents, begin, to, "export", silence: false) is { } file &&
            (files.Count == 0 || file.From > files[^1].From))
        {
            files.Add(file);
            if (file.Change is not { } change)
                break;

            begin = change.At;
        }

        if (files.Count == 0)
            return null;

        var zero = files[0].From;
        return new ExportPlan([.. files.Select(PartOf)], zero, to - zero, files.Sum(file => file.Length), CutsBegin: false)
        {
            Duration = files[^1].To - zero,
        };

        ExportPart PartOf(VirtualMp4 file) => new("mov", () => new PieceFeed(file.Pieces(0, file.Length)), file.From - zero);
    }

    public ExportPlan Within(MediaLimits limits) =>
        this with { Parts = [.. Parts.Select(part => part with { Limits = limits })] };

    /// <summary>Plans the export of WebM or Matroska extents; null when there is no media in the interval.</summary>
    /// <param name="from">The export begins at the last key frame at or before this time; null at the beginning.</param>
    public static ExportPlan? Of(IReadOnlyList<WantedExtent> extents, TimeSpan? from, TimeSpan? to)
    {
        var there = extents.Where(extent => extent.Source is not LocalMedia file || File.Exists(file.Path));
        var wanted = there.Where(extent => to is null || extent.Begin < to).ToList();
        if (wanted.Count == 0)
            return null;

        wanted.RemoveRange(0, Math.Max(0, from is null ? 0 : wanted.FindLastIndex(extent => extent.Begin <= from)));
        var zero = from > wanted[0].Begin ? KeyAtOrBefore(PartOf(wanted[0], TimeSpan.Zero), from.Value) : wanted[0].Begin;
        var last = wanted[^1].Extent;
        var parts = wanted.Select(extent => PartOf(extent, zero));
        return new ExportPlan([.. parts], zero, to - zero, wanted.Sum(LengthOf), CutsBegin: true)
        {
            Duration = (to ?? last.MediaTime + last.Duration) - zero,
        };
    }

    private static ExportPart PartOf(WantedExtent wanted, TimeSpan zero) =>
        new("matroska", () => PieceFeed.OfFile(wanted.Source, LengthOf(wanted)), wanted.Extent.MediaTime - zero)
        {
            From = wanted.From - zero,
            To = wanted.To - zero,
        };

    // Only announced blobs are read: bytes behind them may be torn.
    private static long LengthOf(WantedExtent wanted) =>
        wanted.Source is LocalMedia file ? Math.Min(wanted.Extent.Bytes, new FileInfo(file.Path).Length) : wanted.Extent.Bytes;

    private static TimeSpan KeyAtOrBefore(ExportPart part, TimeSpan from)
    {
        using var input = new ExportInput(part);
        var stream = input.Streams[ExportTracks.ReferenceStream(input.Streams)];
        // Times in URLs are rounded to milliseconds.
        var (found, latest, isFound) = (part.Shift, from + TimeSpan.FromMilliseconds(1), false);
        while (!isFound && input.Read(Take))
        {
        }

        return found;

        void Take(PacketBatch batch)
        {
            if (batch[0] is { Key: true } packet && packet.Track == stream.Index && packet.Pts != PacketInfo.NoTimestamp)
            {
                var time = stream.TimeBase.ToTimeSpan(packet.Pts) + part.Shift;
                (found, isFound) = time > latest ? (found, true) : (time, false);
            }
        }
    }
}
