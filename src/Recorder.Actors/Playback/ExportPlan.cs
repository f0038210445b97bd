using Recorder.Actors.Catalogue;
using Recorder.FFmpeg;

namespace Recorder.Actors.Playback;

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
/// <param name="ParametersChange">Whether it ends before it should because what follows needs another decoder.</param>
internal sealed record ExportPlan(
    IReadOnlyList<ExportPart> Parts, TimeSpan From, TimeSpan? Length, long Bytes, bool CutsBegin, bool ParametersChange)
{
    /// <summary>The export of what a virtual file plays.</summary>
    public static ExportPlan Of(VirtualMp4 file, TimeSpan? to) => new(
        [new ExportPart("mov", () => new PieceFeed(file.Pieces(0, file.Length)), TimeSpan.Zero)],
        file.From, to - file.From, file.Length, CutsBegin: false, file.ParametersChange);

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
            zero, to - zero, rows.Sum(row => LengthOf(row)), CutsBegin: true, ParametersChange: false);
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
            var leader = ExportStreams.Leader(demuxer.Streams);
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
