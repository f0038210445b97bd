using Recorder.Actors.Catalogue;

namespace Recorder.Node.Api;

/// <summary>Puts what a recorder has onto the wall clock, merged to a resolution. Decides without disk or clock.</summary>
internal sealed class LaneMerge(RecorderId recorder, DateTimeOffset from, DateTimeOffset to, TimeSpan resolution, int most)
{
    // The end of a file and the begin of the next one differ by rounding, and by what arrival times scatter by.
    private static readonly TimeSpan Seam = TimeSpan.FromMilliseconds(250);

    /// <summary>Before which moment the answer is complete.</summary>
    public DateTimeOffset Through { get; private set; } = DateTimeOffset.MaxValue;

    /// <param name="gaps">The gaps; those with a duration cut the media.</param>
    public List<LanePiece> Pieces(IEnumerable<WallExtent> extents, IReadOnlyList<RecorderProtocol.GapRecorded> gaps)
    {
        var holes = gaps.Where(gap => gap.Duration > TimeSpan.Zero && gap.Cause != GapCause.Muted)
            .GroupBy(gap => gap.Recording.Value, StringComparer.Ordinal)
            .ToDictionary(own => own.Key, own => own.OrderBy(gap => gap.MediaTime).ToList(), StringComparer.Ordinal);
        var merged = new List<LanePiece>();
        foreach (var piece in extents.SelectMany(extent => Cut(extent, holes.GetValueOrDefault(extent.Recording) ?? [])))
        {
            if (!TryMerge(merged, piece))
            {
                if (merged.Count == most)
                {
                    Through = merged[^1].To;
                    break;
                }

                merged.Add(piece);
            }
        }

        return merged;
    }

    public List<LaneGap> Gaps(IReadOnlyList<RecorderProtocol.GapRecorded> gaps)
    {
        var merged = new List<LaneGap>();
        // Gaps of several causes may alternate.
        var latest = new Dictionary<GapCause, (int Index, TimeSpan Longest)>();
        foreach (var gap in gaps)
        {
            if (latest.TryGetValue(gap.Cause, out var last) && gap.From - merged[last.Index].To < resolution)
            {
                var (before, length) = (merged[last.Index], gap.To - gap.From);
                merged[last.Index] = before with
                {
                    To = gap.To > before.To ? gap.To : before.To,
                    Count = before.Count + 1,
                    Detail = length > last.Longest ? gap.Detail : before.Detail,
                };
                latest[gap.Cause] = (last.Index, length > last.Longest ? length : last.Longest);
                continue;
            }

            if (IsFull(merged.Count, gap.From))
                break;

            latest[gap.Cause] = (merged.Count, gap.To - gap.From);
            merged.Add(new LaneGap(gap.From, gap.To, gap.Cause, gap.Detail, 1, KeyOf(gap.Recording.Value)));
        }

        return merged;
    }

    public List<LaneMark> Marks(IReadOnlyList<RecorderProtocol.Marked> marks)
    {
        var merged = new List<LaneMark>();
        foreach (var mark in marks)
        {
            if (merged is [.., var last] && mark.At - last.At < resolution)
                merged[^1] = last with { Count = last.Count + 1 };
            else if (IsFull(merged.Count, mark.At))
                break;
            else
                merged.Add(new LaneMark(mark.At, mark.Label, 1, KeyOf(mark.Recording.Value), mark.MediaTime));
        }

        return merged;
    }

    /// <summary>Notes that more rows of a kind exist than were read, after this moment.</summary>
    public void NoteLimit(int count, int limit, DateTimeOffset last)
    {
        if (count >= limit)
            Through = Min(Through, last);
    }

    private static DateTimeOffset Min(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;

    private bool IsFull(int count, DateTimeOffset next)
    {
        if (count < most)
            return false;

        Through = Min(Through, next);
        return true;
    }

    private bool TryMerge(List<LanePiece> merged, LanePiece piece)
    {
        if (merged is not [.., var last])
            return false;

        // Two nodes may have recorded the same time, one of them for longer.
        if (piece.To <= last.To)
            return true;

        var hole = piece.From - last.To;
        // Where the last piece would end on the timeline if it reached to the begin of this one.
        var isSame = piece.Key == last.Key && !last.IsMerged && !piece.IsMerged
            && (piece.MediaTime - last.MediaTime - (piece.From - last.From)).Duration() <= Seam;
        if (isSame && hole <= Seam)
            merged[^1] = last with { To = piece.To };
        else if (hole < resolution && (hole >= TimeSpan.Zero || resolution > TimeSpan.Zero))
            merged[^1] = last with { To = piece.To, IsMerged = true };
        else if (hole < TimeSpan.Zero && merged.Count < most)
            merged.Add(piece with { From = last.To, MediaTime = piece.MediaTime - hole });
        else
            return false;

        return true;
    }

    private IEnumerable<LanePiece> Cut(WallExtent extent, List<RecorderProtocol.GapRecorded> holes)
    {
        var (media, end, wall) = (extent.MediaTime, extent.MediaTime + extent.Duration, extent.CapturedAt);
        for (var i = FirstBehind(holes, media); i < holes.Count && holes[i].MediaTime < end; i++)
        {
            var hole = holes[i];
            if (hole.MediaTime > media && Within(extent, media, hole.MediaTime, wall) is { } before)
                yield return before;

            var behind = hole.MediaTime + hole.Duration;
            // The ledger says when media came back, which the timeline alone does not.
            wall = behind < end && hole.To > wall ? hole.To : wall + (behind - media);
            media = behind > media ? behind : media;
        }

        if (media < end && Within(extent, media, end, wall) is { } rest)
            yield return rest;
    }

    private static int FirstBehind(List<RecorderProtocol.GapRecorded> holes, TimeSpan media)
    {
        var index = holes.FindIndex(hole => hole.MediaTime + hole.Duration > media);
        return index < 0 ? holes.Count : index;
    }

    private LanePiece? Within(WallExtent extent, TimeSpan media, TimeSpan end, DateTimeOffset wall)
    {
        var (begin, over) = (wall, wall + (end - media));
        if (over <= from || begin >= to)
            return null;

        var skipped = begin < from ? from - begin : TimeSpan.Zero;
        return new LanePiece(begin + skipped, Min(over, to), KeyOf(extent.Recording), media + skipped, IsMerged: false);
    }

    private string KeyOf(string recording) => new RecordingKey(recorder, new RecordingId(recording)).ToString();
}
