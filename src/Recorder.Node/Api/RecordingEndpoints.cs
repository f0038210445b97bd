using Recorder.Actors.Catalogue;
using Recorder.Node.Security;

namespace Recorder.Node.Api;

/// <summary>A recording of the catalogue; durations are milliseconds.</summary>
internal sealed class RecordingAnswer
{
    /// <summary>The recording's key: <c>{recorder}~{recording}</c>.</summary>
    public required string Key { get; init; }

    /// <summary>The recorder.</summary>
    public required RecorderId Recorder { get; init; }

    /// <summary>The recording, unique for its recorder.</summary>
    public required RecordingId Recording { get; init; }

    /// <summary>Container and codecs.</summary>
    public required string MimeType { get; init; }

    /// <summary>Wall-clock time of its start.</summary>
    public DateTimeOffset StartedAt { get; init; }

    /// <summary>Wall-clock time of its end; absent while it is running.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Why it ended; absent while it is running.</summary>
    public StopReason? StopReason { get; init; }

    /// <summary>Media time recorded.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>Bytes of all blobs.</summary>
    public long Bytes { get; init; }

    /// <summary>Number of blobs.</summary>
    public long Blobs { get; init; }

    /// <summary>The number of the last blob known to survive a power cut.</summary>
    public long DurableThrough { get; init; }

    /// <summary>Whether a hold protects it from retention.</summary>
    public bool Hold { get; init; }

    public static RecordingAnswer Of(RecordingRow row) => new()
    {
        Key = row.Key.ToString(),
        Recorder = row.Key.Recorder,
        Recording = row.Key.Recording,
        MimeType = row.MimeType,
        StartedAt = row.StartedAt,
        EndedAt = row.EndedAt,
        StopReason = row.StopReason,
        Duration = row.Duration,
        Bytes = row.Bytes,
        Blobs = row.Blobs,
        DurableThrough = row.DurableThrough,
        Hold = row.IsHeld,
    };
}

/// <summary>A page of recordings, newest first.</summary>
/// <param name="Recordings">The recordings.</param>
/// <param name="Next">The value of <c>after</c> for the next page; absent on the last page.</param>
internal sealed record RecordingPage(IReadOnlyList<RecordingAnswer> Recordings, string? Next = null);

/// <summary>Changes of a recording.</summary>
internal sealed class RecordingInput
{
    /// <summary>Whether a hold protects the recording from retention.</summary>
    public bool Hold { get; set; }
}

/// <summary><c>/v1/recordings</c>: the recordings of the catalogue.</summary>
internal static class RecordingEndpoints
{
    private static readonly QueryParameter After = new("after", "string", "Only after this key: next of the page before.");

    public static void MapRecordings(this IEndpointRouteBuilder routes)
    {
        var recordings = routes.MapGroup("/v1/recordings").WithTags("Recordings");
        recordings.MapGet("", ListAsync).WithName("ListRecordings").WithSummary("The recordings, newest first.")
            .Requires(Role.Viewer, AccessScope.Listing)
            .WithQuery(Query.Recorder, Query.From, Query.To, After, Query.Limit).Answers<RecordingPage>(200).Refuses(400, 503);
        recordings.MapGet("/{key}", GetAsync).WithName("GetRecording").WithSummary("A recording.")
            .Requires(Role.Viewer, AccessScope.Recorder)
            .WithQuery().Answers<RecordingAnswer>(200).Refuses(400, 404, 503);
        recordings.MapPatch("/{key}", ChangeAsync).WithName("ChangeRecording").WithSummary("Sets or releases the hold that protects a recording from retention.")
            .Requires(Role.Admin, AccessScope.Recorder)
            .WithQuery().Takes<RecordingInput>().IsIdempotent().Answers<RecordingAnswer>(200).Refuses(400, 404, 413, 415);
        recordings.MapGet("/{key}/timeline", TimelineAsync).WithName("GetTimeline")
            .Requires(Role.Viewer, AccessScope.Recorder)
            .WithSummary("The intervals of a recording that exist, its gaps with their causes, and its marks.")
            .WithQuery(TimelineAnswer.From, TimelineAnswer.To).Answers<TimelineAnswer>(200).Refuses(400, 404, 503);
    }

    private static async Task<IResult> ListAsync(HttpContext context, ICatalogue catalogue)
    {
        var request = context.Request;
        var (limit, access) = (Query.ReadLimit(request), context.GetAccess());
        var query = new RecordingQuery
        {
            Recorder = Query.Text(request, Query.Recorder) is { } recorder ? RecorderMapping.ReadId(recorder) : null,
            From = Query.ReadTime(request, Query.From),
            To = Query.ReadTime(request, Query.To),
            After = Query.Text(request, After) is { } after ? ReadKey(after) : null,
            Limit = limit + 1,
        };
        if (query.From >= query.To)
            throw new ProblemException(Problem.Type("'to' must be later than 'from'."));

        // A page without visible recordings must not look like the last one, so more rows are read.
        var found = new List<RecordingRow>();
        IReadOnlyList<RecordingRow> rows;
        do
        {
            rows = await catalogue.ListRecordingsAsync(query, context.RequestAborted);
            found.AddRange(rows.Where(row => access.MaySee(row.Key.Recorder)));
            query = query with { After = rows.Count == 0 ? null : rows[^1].Key };
        }
        while (found.Count <= limit && rows.Count == query.Limit);

        var page = found.Take(limit).Select(RecordingAnswer.Of).ToList();
        return TypedResults.Ok(new RecordingPage(page, found.Count > limit ? page[^1].Key : null));
    }

    private static async Task<IResult> GetAsync(string key, HttpContext context, ICatalogue catalogue) =>
        TypedResults.Ok(RecordingAnswer.Of(await FindAsync(catalogue, key, context.RequestAborted)));

    private static async Task<IResult> ChangeAsync(string key, HttpContext context, ICatalogue catalogue)
    {
        var input = await JsonBody.ReadAsync(context.Request, ApiJsonContext.Default.RecordingInput);
        var row = await FindAsync(catalogue, key, context.RequestAborted);
        await catalogue.SetHoldAsync(row.Key, input.Hold, context.RequestAborted);
        return TypedResults.Ok(RecordingAnswer.Of(row with { IsHeld = input.Hold }));
    }

    private static async Task<IResult> TimelineAsync(string key, HttpContext context, ICatalogue catalogue, TimeProvider time) =>
        TypedResults.Ok(await TimelineAnswer.ReadAsync(
            await FindAsync(catalogue, key, context.RequestAborted), context.Request, catalogue, time.GetUtcNow(), context.RequestAborted));

    private static async Task<RecordingRow> FindAsync(ICatalogue catalogue, string key, CancellationToken cancellationToken) =>
        await catalogue.FindRecordingAsync(ReadKey(key), cancellationToken)
            ?? throw new ProblemException(Problem.NotFound($"There is no recording '{key}'; GET /v1/recordings lists all recordings."));

    internal static RecordingKey ReadKey(string text) =>
        RecordingKey.TryParse(text, out var key) ? key
            : throw new ProblemException(Problem.Type($"'{text}' is not a recording key; expected RECORDER~RECORDING."));
}
