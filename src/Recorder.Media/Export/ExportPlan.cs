using Recorder.FFmpeg;
using Recorder.Media.Fragments;
using Recorder.Media.VirtualFiles;

namespace Recorder.Media.Export;

/// <summary>A stretch of media that one demuxer reads.</summary>
/// <param name="Format">FFmpeg's name of the demuxer.</param>
/// <param name="Open">Its bytes.</param>
/// <param name="Shift">What is added to its times to be on the export's timeline.</param>
internal sealed record ExportPart(string Format, Func<PieceFeed> Open, TimeSpan Shift)
{
    /// <summary>What is before this on the export's timeline another part has; null begins with the media.</summary>
    public TimeSpan? From { get; init; }

    /// <summary>What is behind this on the export's timeline another part has; null ends with the media.</summary>
    public TimeSpan? To { get; init; }

    /// <summary>What is opened of it at most.</summary>
    public MediaLimits Limits { get; init; } = MediaLimits.Default;

    /// <summary>What is in it.</summary>
    /// <exception cref="FFmpegException">It cannot be read.</exception>
    public IReadOnlyList<StreamInfo> ReadStreams()
    {
        var (demuxer, feed) = Begin();
        using (feed)
        using (demuxer)
        {
            return demuxer.Streams;
        }
    }

    /// <summary>Opens the media; the feed is to be disposed of behind the demuxer.</summary>
    /// <exception cref="FFmpegException">It cannot be read.</exception>
    public (Demuxer Demuxer, PieceFeed Feed) Begin()
    {
        var feed = Open();
        try
        {
            return (Demuxer.Open(new DemuxerOptions { Url = "export", Feed = feed, Format = Format, Limits = Limits }), feed);
        }
        catch
        {
            feed.Dispose();
            throw;
        }
    }
}

/// <summary>What an export is made of.</summary>
/// <param name="Parts">In order.</param>
/// <param name="From">Where it begins on the recording's timeline.</param>
/// <param name="Length">Nothing that is decoded later than this, counted from <paramref name="From"/>; null takes all.</param>
/// <param name="Bytes">About how many it will have.</param>
/// <param name="CutsBegin">Whether what lies before <paramref name="From"/> is to be left out: the parts are whole files.</param>
internal sealed record ExportPlan(IReadOnlyList<ExportPart> Parts, TimeSpan From, TimeSpan? Length, long Bytes, bool CutsBegin)
{
    /// <summary>How long it plays, about.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>The export of what virtual files play; null when there is no media in the interval.</summary>
    /// <param name="extents">All MP4 extents that overlap the interval, in order.</param>
    /// <param name="from">Begins at the last key frame at or before this time; null at the beginning.</param>
    /// <param name="to">Ends there; null with the last.</param>
    public static ExportPlan? Of(IReadOnlyList<ExtentPart> extents, TimeSpan? from, TimeSpan? to)
    {
        var files = new List<VirtualMp4>();
        // Where the codec changes another file begins.
        for (var (begin, more) = (from, true); more;)
        {
            if (VirtualMp4.Build(extents, begin, to, "export", silence: false) is not { } file || (files.Count > 0 && file.From <= files[^1].From))
            {
                break;
            }

            files.Add(file);
            (begin, more) = (file.Change?.At, file.Change is not null);
        }

        return files.Count == 0 ? null : new ExportPlan(
            [.. files.Select(file => new ExportPart("mov", () => new PieceFeed(file.Pieces(0, file.Length)), file.From - files[0].From))],
            files[0].From, to - files[0].From, files.Sum(file => file.Length), CutsBegin: false)
        { Duration = files[^1].To - files[0].From };
    }

    /// <summary>The same, opened within limits.</summary>
    public ExportPlan Within(MediaLimits limits) => this with { Parts = [.. Parts.Select(part => part with { Limits = limits })] };

    /// <summary>The export of WebM or Matroska extents; null when there is no media in the interval.</summary>
    /// <param name="extents">All that overlap the interval, in order; files that are gone are left out.</param>
    /// <param name="from">Begins at the last key frame at or before this time; null at the beginning.</param>
    /// <param name="to">Ends there; null with the last.</param>
    public static ExportPlan? Of(IReadOnlyList<WantedExtent> extents, TimeSpan? from, TimeSpan? to)
    {
        var rows = extents.Where(extent => (extent.Source is not LocalMedia file || File.Exists(file.Path)) && (to is null || extent.Begin < to)).ToList();
        if (rows.Count == 0)
        {
            return null;
        }

        rows.RemoveRange(0, Math.Max(0, from is null ? 0 : rows.FindLastIndex(row => row.Begin <= from)));
        var part = PartOf(rows[0], TimeSpan.Zero);
        var zero = from is null || from <= rows[0].Begin ? rows[0].Begin : KeyAt(part, from.Value);
        return new ExportPlan(
            [.. rows.Select(row => PartOf(row, zero))],
            zero, to - zero, rows.Sum(row => LengthOf(row)), CutsBegin: true)
        { Duration = (to ?? rows[^1].Row.MediaTime + rows[^1].Row.Duration) - zero };
    }

    private static ExportPart PartOf(WantedExtent wanted, TimeSpan zero) =>
        new("matroska", () => PieceFeed.OfFile(wanted.Source, LengthOf(wanted)), wanted.Row.MediaTime - zero) { From = wanted.From - zero, To = wanted.To - zero };

    // What is behind the announced blobs of the last extent may be there and plays; a torn end is not read.
    private static long LengthOf(WantedExtent wanted) => wanted.Source is LocalMedia file ? Math.Min(wanted.Row.Bytes, new FileInfo(file.Path).Length) : wanted.Row.Bytes;

    private static TimeSpan KeyAt(ExportPart part, TimeSpan from)
    {
        var (demuxer, feed) = part.Begin();
        using (feed)
        using (demuxer)
        {
            var leader = ExportTracks.Leader(demuxer.Streams);
            var found = part.Shift;
            while (true)
            {
                var batch = PacketBatch.Rent();
                try
                {
                    if (demuxer.Read(batch) == ReadResult.EndOfStream)
                    {
                        return found;
                    }

                    if (batch.Count == 0 || batch[0].Track != leader || batch[0].Pts == PacketInfo.NoTimestamp)
                    {
                        continue;
                    }

                    var time = demuxer.Streams[leader].TimeBase.ToTimeSpan(batch[0].Pts) + part.Shift;
                    // Times are rounded on their way through a URL.
                    if (time > from + TimeSpan.FromMilliseconds(1) && batch[0].Key)
                    {
                        return found;
                    }

                    found = batch[0].Key ? time : found;
                }
                finally
                {
                    batch.Release();
                }
            }
        }
    }
}
