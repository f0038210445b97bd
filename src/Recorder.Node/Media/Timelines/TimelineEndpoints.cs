using Recorder.Actors.Catalogue;
using Recorder.Node.Api;
using Recorder.Node.Security;

namespace Recorder.Node.Media;

/// <summary><c>/v1/timeline</c>: many recorders on one wall clock, out of the catalogue.</summary>
internal static class TimelineEndpoints
{
    private const int MostRecorders = 32;
    private const int MostPieces = 5_000;
    private const int UsualPieces = 1_000;
    private const int MostNotes = 20_000;
    private const int MostTakes = 200;

    private static readonly TimeSpan Longest = TimeSpan.FromDays(400);

    // For this much the times of all blobs are read.
    private static readonly TimeSpan LongestExact = TimeSpan.FromHours(6);

    private static readonly QueryParameter Recorders = new("recorder", "string", $"The recorders, with commas between them: up to {MostRecorders}.");
    private static readonly QueryParameter From = new("from", "string", "The begin (RFC 3339).") { Format = "date-time" };
    private static readonly QueryParameter To = new("to", "string", "The end (RFC 3339), at most 400 days later.") { Format = "date-time" };

    private static readonly QueryParameter Resolution = new(
        "resolution", "number", "Seconds: what is less far apart is merged (0: nothing is, and each piece has its place on a recording's timeline).");

    private static readonly QueryParameter Limit =
        new("limit", "integer", $"Maximum number of pieces, gaps and marks of each recorder, 1 to {MostPieces} (default {UsualPieces}).") { Format = "int32" };

    public static void MapTimeline(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/timeline", GetAsync).WithName("GetWallTimeline").WithTags("Recordings").Requires(Role.Viewer, AccessScope.Listing)
            .WithSummary("What recorders have between two times: media, gaps with their causes, marks, holds and takes, merged to a resolution.")
            .WithQuery(Recorders, From, To, Resolution, Limit).Answers<LanesAnswer>(200).Refuses(400, 503);

    private static async Task<IResult> GetAsync(HttpRequest request, ICatalogue catalogue, TakeClient takes, MediaLibrary library)
    {
        var access = request.HttpContext.GetAccess();
        var recorders = ReadRecorders(request, access);
        var from = Query.ReadTime(request, From) ?? throw new ProblemException(Problem.Type("Say with 'from' when the timeline begins."));
        var to = Query.ReadTime(request, To) ?? throw new ProblemException(Problem.Type("Say with 'to' when the timeline ends."));
        if (from >= to)
            throw new ProblemException(Problem.Type("'to' must be later than 'from'."));
        if (to - from > Longest)
            throw new ProblemException(Problem.Type($"'to' must be at most {Longest.TotalDays} days later than 'from'; ask for less."));

        var (resolution, limit) = (ReadResolution(request), ReadLimit(request));
        var known = await takes.ListAsync(new TakeProtocol.List(MostTakes) { From = from, To = to }, access);
        var (lanes, through) = (new List<LaneAnswer>(recorders.Count), to);
        foreach (var recorder in recorders)
        {
            var query = new WallQuery(recorder, from, to, MostNotes);
            var notes = await catalogue.ReadNotesAsync(query, request.HttpContext.RequestAborted);
            var merge = new LaneMerge(recorder, from, to, resolution, limit);
            var pieces = await catalogue.ReadExtentsAsync(query, extents => merge.Pieces(extents, notes.Gaps), request.HttpContext.RequestAborted);
            if (resolution == TimeSpan.Zero && to - from <= LongestExact)
                pieces = await ExactPieces.ReadAsync(pieces, library, request.HttpContext.RequestAborted);

            merge.NoteLimit(notes.Gaps.Count, MostNotes, notes.Gaps is [.., var gap] ? gap.From : to);
            merge.NoteLimit(notes.Marks.Count, MostNotes, notes.Marks is [.., var mark] ? mark.At : to);
            lanes.Add(new LaneAnswer(
                recorder, pieces, merge.Gaps(notes.Gaps), merge.Marks(notes.Marks),
                [.. notes.Holds.Select(hold => new LaneHold(hold.From, hold.To, hold.Key.ToString()))], [.. known.Where(take => Has(take, recorder)).Select(TakeOf)]));
            through = merge.Through < through ? merge.Through : through;
        }

        // An interval that has more than the limit at its very begin still has to become shorter.
        through = through <= from ? from + TimeSpan.FromMilliseconds(1) : through;
        return TypedResults.Ok(through >= to ? new LanesAnswer(from, to, lanes) : new LanesAnswer(from, through, [.. lanes.Select(lane => Before(lane, through))], through));
    }

    private static LaneAnswer Before(LaneAnswer lane, DateTimeOffset through) => lane with
    {
        Pieces = [.. lane.Pieces.Where(piece => piece.From < through).Select(piece => piece.To <= through ? piece : piece with { To = through })],
        Gaps = [.. lane.Gaps.Where(gap => gap.From < through)],
        Marks = [.. lane.Marks.Where(mark => mark.At < through)],
        Holds = [.. lane.Holds.Where(hold => hold.From < through)],
        Takes = [.. lane.Takes.Where(take => take.From < through)],
    };

    private static bool Has(Take take, RecorderId recorder) => take.At is not null && take.Angles.Any(angle => angle.Recorder == recorder);

    private static LaneTake TakeOf(Take take) => new(
        take.Id, string.Join(' ', new[] { take.Slate.Scene, take.Slate.Shot, $"T{take.Slate.Take}" }.Where(part => part.Length > 0)), take.Slate.Rating,
        take.At!.Value, take.EndedAt, take.Marks);

    private static List<RecorderId> ReadRecorders(HttpRequest request, Access access)
    {
        List<RecorderId> recorders =
        [
            .. (Query.Text(request, Recorders) ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                .Select(RecorderMapping.ReadId).Distinct(),
        ];
        if (recorders.Count is 0 or > MostRecorders)
            throw new ProblemException(Problem.Type($"Name 1 to {MostRecorders} recorders: recorder=one,two."));

        return recorders.Find(recorder => !access.MaySee(recorder)) is { Value.Length: > 0 } hidden
            ? throw new ProblemException(Problem.Forbidden($"Your key is not for the recorder '{hidden}'."))
            : recorders;
    }

    private static TimeSpan ReadResolution(HttpRequest request) =>
        Query.Text(request, Resolution) is not { } text ? TimeSpan.Zero
            : Query.IsSeconds(text, out var seconds) ? seconds
            : throw Query.Wrong(Resolution, text, "seconds, 0 or more");

    private static int ReadLimit(HttpRequest request) => Query.ReadNumber(request, Limit) switch
    {
        null => UsualPieces,
        { } limit and > 0 and <= MostPieces => (int)limit,
        { } other => throw Query.Wrong(Limit, $"{other}", $"a number from 1 to {MostPieces}"),
    };
}
