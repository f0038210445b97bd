using Recorder.Media;
using Recorder.Node.Api;

namespace Recorder.Node.Media;

/// <summary>
/// Places a piece of media on the wall clock by the times of its blobs. The catalogue knows only when the first frame of each file was captured; a camera
/// states its clock some seconds after it connected, and its clock drifts.
/// </summary>
internal static class ExactPieces
{
    // A camera has stated its clock within this time. Until then blobs have the times of their arrival.
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(10);

    // Arrival is not later than this; what is more is a pause.
    private static readonly TimeSpan Latest = TimeSpan.FromSeconds(2);

    // A clock that is off by this much goes on in another piece: at once if it is much, else not too often.
    private static readonly TimeSpan Much = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Little = TimeSpan.FromMilliseconds(40);
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(5);

    // Another node may have to be asked for each.
    private const int MostRecordings = 500;

    /// <param name="blobs">The blobs of the piece, and of ten seconds before and behind it.</param>
    /// <param name="gaps">The gaps there: behind each the clock begins anew.</param>
    public static List<LanePiece> Of(LanePiece piece, IReadOnlyList<Blob> blobs, IReadOnlyList<RecorderProtocol.GapRecorded> gaps)
    {
        var (begin, end) = (piece.MediaTime, piece.MediaTime + (piece.To - piece.From));
        var holes = gaps.Where(gap => gap.Duration > TimeSpan.Zero && gap.Cause != GapCause.Muted).ToList();
        var since = holes.Where(hole => hole.MediaTime + hole.Duration <= begin + Little).Select(hole => hole.MediaTime + hole.Duration).DefaultIfEmpty().Max();
        var until = holes.Where(hole => hole.MediaTime >= end - Little).Select(hole => hole.MediaTime).DefaultIfEmpty(TimeSpan.MaxValue).Min();
        var anchors = blobs.Where(blob => blob.Length > 0 && blob.MediaTime >= since && blob.MediaTime < until)
            .Select(blob => new Anchor(blob.MediaTime, blob.CapturedAt - blob.MediaTime)).OrderBy(anchor => anchor.Media).ToList();
        if (anchors.Count == 0)
            return [piece];

        Settle(anchors, since + Settling);
        return Split(piece, begin, end, anchors);
    }

    /// <summary>Places pieces by what the nodes that have them tell; a node that does not answer leaves them where the catalogue has them.</summary>
    /// <param name="pieces">In order, of one recorder.</param>
    public static async Task<List<LanePiece>> ReadAsync(IReadOnlyList<LanePiece> pieces, MediaLibrary library, CancellationToken cancellationToken)
    {
        var told = new Dictionary<string, ToldRecording>(StringComparer.Ordinal);
        foreach (var own in pieces.Where(piece => !piece.IsMerged).GroupBy(piece => piece.Key, StringComparer.Ordinal).Take(MostRecordings))
        {
            var from = own.Min(piece => piece.MediaTime) - Settling;
            var to = own.Max(piece => piece.MediaTime + (piece.To - piece.From)) + Settling;
            told[own.Key] = await library.ReadToldAsync(own.Key, from > TimeSpan.Zero ? from : TimeSpan.Zero, to, cancellationToken);
        }

        return
        [
            .. pieces.SelectMany(piece => !piece.IsMerged && told.GetValueOrDefault(piece.Key) is { } known
                ? Of(piece, Around(piece, known.Blobs), known.Gaps)
                : [piece]),
        ];
    }

    private static List<Blob> Around(LanePiece piece, IReadOnlyList<ToldBlob> blobs)
    {
        var (from, to) = (piece.MediaTime - Settling, piece.MediaTime + (piece.To - piece.From) + Settling);
        return [.. blobs.Select(told => told.Blob).Where(blob => blob.MediaTime + blob.Duration >= from && blob.MediaTime < to)];
    }

    // From the end to the beginning: what follows tells when the first frames were captured.
    private static void Settle(List<Anchor> anchors, TimeSpan until)
    {
        var later = anchors.FindIndex(anchor => anchor.Media >= until);
        for (var i = (later < 0 ? anchors.Count : later) - 1; i >= 0; i--)
        {
            var next = anchors[Math.Min(i + 1, anchors.Count - 1)];
            if ((anchors[i].Zero - next.Zero).Duration() <= Latest)
                anchors[i] = anchors[i] with { Zero = next.Zero };
        }
    }

    private static List<LanePiece> Split(LanePiece piece, TimeSpan begin, TimeSpan end, List<Anchor> anchors)
    {
        var starts = new List<Anchor> { (anchors.FindLast(anchor => anchor.Media <= begin) ?? anchors[0]) with { Media = begin } };
        foreach (var anchor in anchors.Where(anchor => anchor.Media > begin && anchor.Media < end))
        {
            var off = (anchor.Zero - starts[^1].Zero).Duration();
            if (off > Much || (off > Little && anchor.Media - starts[^1].Media >= Shortest))
                starts.Add(anchor);
        }

        var pieces = new List<LanePiece>(starts.Count);
        for (var i = 0; i < starts.Count; i++)
        {
            var over = i + 1 < starts.Count ? starts[i + 1].Media : end;
            var to = starts[i].Zero + over;
            // Nothing is missing between two pieces whose clocks differ a little.
            if (i + 1 < starts.Count && starts[i + 1].Zero + over is var next && (next - to).Duration() <= Much)
                to = next;

            pieces.Add(piece with { From = starts[i].Zero + starts[i].Media, To = to, MediaTime = starts[i].Media });
        }

        return pieces;
    }

    /// <param name="Zero">When the recording's 0 would have been captured.</param>
    private sealed record Anchor(TimeSpan Media, DateTimeOffset Zero);
}
