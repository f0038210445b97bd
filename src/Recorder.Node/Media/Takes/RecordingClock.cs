using System.Runtime.InteropServices;
using Recorder.Media;
using Recorder.Media.Fragments;

namespace Recorder.Node.Media;

/// <summary>A stretch of one extent without a gap, in which wall-clock time runs evenly.</summary>
/// <param name="MediaTime">Its begin on the recording's timeline.</param>
/// <param name="From">When its first frame was captured.</param>
/// <param name="To">When its end was captured; the camera's clock drifts if that takes longer or shorter than <paramref name="Duration"/>.</param>
internal sealed record ClockPiece(Extent Extent, TimeSpan MediaTime, TimeSpan Duration, DateTimeOffset From, DateTimeOffset To)
{
    public TimeSpan End => MediaTime + Duration;

    public DateTimeOffset WallOf(TimeSpan media) => From + ((media - MediaTime) * Pace);

    public TimeSpan MediaOf(DateTimeOffset wall) => MediaTime + ((wall - From) / Pace);

    private double Pace => Duration > TimeSpan.Zero && To > From ? (To - From) / Duration : 1;
}

/// <summary>
/// When each moment of a recording was captured, and back: from the times that the recorder notes for each blob, which are the sender's where it states
/// them.
/// </summary>
internal sealed class RecordingClock
{
    // What arrival times scatter by. A larger step is a clock that was set, a pause, or a camera that stated its clock only then.
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(250);

    private RecordingClock(IReadOnlyList<ClockPiece> pieces) => Pieces = pieces;

    /// <summary>In the order of the recording's timeline; empty when nothing was recorded.</summary>
    public IReadOnlyList<ClockPiece> Pieces { get; }

    /// <param name="stated">What the take knows of the recording's first frame; null for a recording of which it knows nothing.</param>
    public static async Task<RecordingClock> ReadAsync(
        MediaLibrary library, PlayedRecording recording, CaptureTimes? stated, CancellationToken cancellationToken)
    {
        var (extents, _) = await library.WantedAsync(recording, null, null, MediaLibrary.SkipNone, cancellationToken);
        return Of(extents, await library.ReadToldAsync(recording, cancellationToken), stated);
    }

    /// <param name="told">Of an extent of which no blobs are known only the first frame's time is.</param>
    public static RecordingClock Of(IReadOnlyList<WantedExtent> extents, ToldRecording told, CaptureTimes? stated)
    {
        var holes = told.Gaps.Where(gap => gap.Duration > TimeSpan.Zero && gap.Cause != GapCause.Muted).OrderBy(gap => gap.MediaTime).ToList();
        var blobs = told.Blobs.ToLookup(blob => (blob.Node, blob.Blob.Extent), blob => blob.Blob);
        var pieces = new List<ClockPiece>();
        foreach (var wanted in extents)
        {
            var extent = wanted.Extent;
            var known = blobs[(extent.Node, extent.Number)].Where(blob => blob.Epoch == extent.Epoch);
            List<Anchor> anchors =
            [
                new(extent.MediaTime, extent.CapturedAt),
                .. known.Where(blob => blob.MediaTime > extent.MediaTime && blob.Length > 0).Select(blob => new Anchor(blob.MediaTime, blob.CapturedAt)),
            ];
            if (stated is not null && extent.Number == 1 && pieces.Count == 0)
                Correct(anchors, stated.First);

            foreach (var (from, to, since) in Cut(wanted.Begin, wanted.To ?? extent.MediaTime + extent.Duration, holes))
                pieces.AddRange(Fit(extent, from, to, since, anchors));
        }

        return new RecordingClock(pieces);
    }

    /// <summary>When a moment of the timeline was captured; between pieces and beyond them the clock of the one before is taken to run on.</summary>
    public DateTimeOffset? WallOf(TimeSpan media) =>
        (Pieces.LastOrDefault(piece => piece.MediaTime <= media) ?? (Pieces.Count > 0 ? Pieces[0] : null))?.WallOf(media);

    /// <summary>The piece that was captured at a time; null when nothing was.</summary>
    public ClockPiece? Find(DateTimeOffset wall)
    {
        for (var i = Pieces.Count - 1; i >= 0; i--)
        {
            if (Pieces[i].From > wall)
                continue;

            // Where the next piece follows at once, rounding must not open a hole between the two.
            var isFollowed = i + 1 < Pieces.Count && Pieces[i + 1].MediaTime - Pieces[i].End < TimeSpan.FromMilliseconds(2)
                && wall < Pieces[i + 1].From && Pieces[i + 1].From - Pieces[i].To < Step;
            if (wall < Pieces[i].To || isFollowed)
                return Pieces[i];

            // After a clock was set back, an earlier piece may reach further.
        }

        return null;
    }

    // A camera that states its clock only later tells then when the first frame was captured. Until it did, blobs have the times of their arrival.
    private static void Correct(List<Anchor> anchors, DateTimeOffset first)
    {
        var (begin, late) = (anchors[0].Media, anchors[0].Wall - first);
        anchors[0] = new Anchor(begin, first);
        while (anchors.Count > 1 && anchors[1].Wall - first - (anchors[1].Media - begin) is var away && (away - late).Duration() < away.Duration())
            anchors.RemoveAt(1);
    }

    private static IEnumerable<(TimeSpan From, TimeSpan To, DateTimeOffset? Since)> Cut(
        TimeSpan from, TimeSpan to, List<RecorderProtocol.GapRecorded> holes)
    {
        DateTimeOffset? since = null;
        foreach (var hole in holes)
        {
            var end = hole.MediaTime + hole.Duration;
            if (end <= from || hole.MediaTime >= to)
                continue;

            if (hole.MediaTime > from)
                yield return (from, hole.MediaTime, since);

            (from, since) = (end, hole.To);
        }

        if (from < to)
            yield return (from, to, since);
    }

    /// <param name="since">When the media after a gap begins; null for the beginning of an extent.</param>
    private static List<ClockPiece> Fit(Extent extent, TimeSpan from, TimeSpan to, DateTimeOffset? since, List<Anchor> anchors)
    {
        var inside = anchors.Where(anchor => anchor.Media >= from && anchor.Media < to).ToList();
        if (inside is [] || inside[0].Media > from)
        {
            var before = anchors.FindLast(anchor => anchor.Media <= from);
            inside.Insert(0, new Anchor(from, since ?? before.Wall + (from - before.Media)));
        }

        var pieces = new List<ClockPiece>();
        var (start, last) = (inside[0], inside[0]);
        foreach (var anchor in CollectionsMarshal.AsSpan(inside))
        {
            if ((anchor.Wall - start.Wall - (anchor.Media - start.Media)).Duration() > Step)
            {
                pieces.Add(Piece(anchor.Media));
                start = anchor;
            }

            last = anchor;
        }

        pieces.Add(Piece(to));
        return pieces;

        ClockPiece Piece(TimeSpan end)
        {
            var (duration, over) = (end - start.Media, last.Wall + (end - last.Media));
            return new ClockPiece(extent, start.Media, duration, start.Wall, over > start.Wall ? over : start.Wall + duration);
        }
    }

    private readonly record struct Anchor(TimeSpan Media, DateTimeOffset Wall);
}
