using System.Text.Json.Serialization;
using Recorder.Media;
using Recorder.Media.Codecs;
using Recorder.Media.Export;
using Recorder.Node.Security;

namespace Recorder.Node.Media;

/// <summary>The options of an export.</summary>
internal sealed class ExportInput
{
    /// <summary>The container: mp4, matroska or webm.</summary>
    public string Container { get; set; } = "";

    /// <summary>
    /// Begins at the key frame at or before this moment: seconds of the recording's timeline, or a time; absent begins with
    /// the recording.
    /// </summary>
    public string? From { get; set; }

    /// <summary>
    /// Ends at this moment: seconds of the recording's timeline, or a time; absent ends with the recording, or now if it is
    /// running.
    /// </summary>
    public string? To { get; set; }

    /// <summary>Transcode video and audio to one size and one codec; absent copies them as recorded.</summary>
    public bool Transcode { get; set; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(ExportInput))]
[JsonSerializable(typeof(ProbeInput))]
[JsonSerializable(typeof(ProbeAnswer))]
internal sealed partial class MediaJson : JsonSerializerContext;

/// <summary>
/// <c>/v1/recordings/{key}/export.mp4</c> and the others: one finished file for any player. Media is copied unless
/// transcoding is requested.
/// </summary>
internal static class ExportEndpoints
{
    private static readonly QueryParameter Transcode = new(
        "transcode", "boolean", "Transcode video and audio to one size and one codec: for recordings that change them, or containers that cannot hold them (false).");

    public static readonly (string Extension, string Name, MediaContainer Container)[] Files =
        [("mp4", "mp4", MediaContainer.Mp4), ("mkv", "matroska", MediaContainer.Matroska), ("webm", "webm", MediaContainer.WebM)];

    public static void MapExport(this IEndpointRouteBuilder routes)
    {
        // Creating it deletes the files that a crash left.
        routes.ServiceProvider.GetRequiredService<Exports>();
        foreach (var (extension, container, _) in Files)
        {
            routes.MapGet($"/v1/recordings/{{key}}/export.{extension}", (string key, HttpContext context, MediaLibrary library, Exports exports) =>
                    GetAsync(key, container, context, library, exports))
                .Requires(Role.Viewer, AccessScope.Recorder).WithName($"Export{char.ToUpperInvariant(extension[0])}{extension[1..]}").WithTags("Playback")
                .WithSummary($"An interval of the recording as one finished {container} file; up to now if it is running.")
                .WithQuery(MediaQuery.From, MediaQuery.To, Transcode).AnswersMedia(200, TypeOf(container)).Refuses(400, 404, 406, 503, 507);
        }

        routes.MapPost("/v1/recordings/{key}:export", PostAsync).WithName("ExportRecording").WithTags("Playback")
            .Requires(Role.Viewer, AccessScope.Recorder)
            .WithSummary("Exports an interval of the recording, with the options in the body.").WithQuery().Takes<ExportInput>()
            .AnswersMedia(200, [.. Files.Select(file => TypeOf(file.Name))]).Refuses(400, 404, 406, 413, 415, 503, 507);
    }

    private static async Task GetAsync(string key, string container, HttpContext context, MediaLibrary library, Exports exports)
    {
        var recording = library.Open(key);
        var interval = await MediaQuery.ReadIntervalAsync(context.Request, library, recording);
        await SendAsync(recording, interval, (container, ReadTranscode(context.Request)), context, library, exports);
    }

    private static async Task PostAsync(string key, HttpContext context, MediaLibrary library, Exports exports)
    {
        var input = await JsonBody.ReadAsync(context.Request, MediaJson.Default.ExportInput);
        if (!Files.Any(file => file.Name == input.Container))
            throw new ProblemException(Problem.NotSupported("'container' must be mp4, matroska or webm."));

        var recording = library.Open(key);
        var from = await MediaQuery.ReadAsync(input.From, MediaQuery.From, library, recording, context.RequestAborted);
        var to = await MediaQuery.ReadAsync(input.To, MediaQuery.To, library, recording, context.RequestAborted);
        if (from >= to)
            throw new ProblemException(Problem.Type("'to' must be later than 'from'."));

        await SendAsync(recording, (from, to), (input.Container, input.Transcode), context, library, exports);
    }

    private static bool ReadTranscode(HttpRequest request) => Query.Text(request, Transcode) switch
    {
        null or "false" => false,
        "true" => true,
        var text => throw Query.Wrong(Transcode, text, "true or false"),
    };

    private static async Task SendAsync(
        PlayedRecording recording, (TimeSpan? From, TimeSpan? To) interval, (string Container, bool Transcode) wanted, HttpContext context,
        MediaLibrary library, Exports exports)
    {
        var plan = await PlanOfAsync(recording, interval.From, interval.To, library, context.RequestAborted) ?? throw PlaybackEndpoints.NoMedia(recording);
        var response = context.Response;
        response.Headers.RetryAfter = "10";
        using var export = exports.Begin(plan, wanted.Transcode);
        var container = Files.First(file => file.Name == wanted.Container).Container;
        await export.MakeAsync(plan.Within(exports.Limits), new ExportFormat(container, wanted.Transcode) { Codecs = exports.Codecs() }, context.RequestAborted);
        response.Headers.RetryAfter = default;
        response.ContentType = TypeOf(wanted.Container);
        response.ContentLength = new FileInfo(export.Path).Length;
        response.Headers.CacheControl = "no-store";
        response.Headers.ContentDisposition = $"attachment; filename=\"{recording.Key}{CodecTable.Extension(container)}\"";
        response.Headers["Media-From"] = MediaQuery.Write(plan.From);
        await SendFileAsync(context, export, response.ContentLength.Value);
    }

    // A slow reader keeps the file for long, so the connection is closed when recordings need its space.
    private static async Task SendFileAsync(HttpContext context, Export export, long length)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, export.GivingWay);
        try
        {
            await PieceSender.SendAsync(
                context.Response.BodyWriter, [new MediaPiece(new LocalMedia(export.Path), 0, length, default)], either.Token);
        }
        catch (OperationCanceledException) when (export.GivesWay)
        {
            context.Abort();
        }
    }

    internal static async Task<ExportPlan?> PlanOfAsync(
        PlayedRecording recording, TimeSpan? from, TimeSpan? to, MediaLibrary library, CancellationToken cancellationToken)
    {
        if (recording.Container != MediaContainer.Mp4)
        {
            var (rows, missing) = await library.WantedAsync(recording, from, to, MediaLibrary.SkipNone, cancellationToken);
            PlaybackEndpoints.RequireAll(recording, missing);
            RequireShort(rows.Count == 0 ? default : Least(to, rows[^1].Extent.MediaTime + rows[^1].Extent.Duration) - (from ?? rows[0].Begin));
            return ExportPlan.Of(rows, from, to);
        }

        var parts = await library.PartsAsync(recording, from, to, cancellationToken);
        PlaybackEndpoints.RequireAll(recording, parts.Missing);
        var plan = ExportPlan.Of(parts.Extents, from, to);
        RequireShort(plan?.Duration ?? default);
        return plan;
    }

    private static TimeSpan Least(TimeSpan? one, TimeSpan other) => one < other ? one.Value : other;

    private static void RequireShort(TimeSpan length)
    {
        // The interval begins at the key frame before the requested moment.
        if (length > Exports.Longest + TimeSpan.FromMinutes(1))
        {
            throw new ProblemException(Problem.NotSupported(
                $"The interval has {length.TotalHours:0.0} h, but an export may have at most {Exports.Longest.TotalHours:0} h; set 'from' and 'to' to export parts."));
        }
    }

    private static string TypeOf(string container) => container == "matroska" ? "video/x-matroska" : $"video/{container}";
}
