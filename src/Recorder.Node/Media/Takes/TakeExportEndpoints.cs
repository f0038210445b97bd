using Recorder.Media.Export.Editing;
using Recorder.Node.Api;
using Recorder.Node.Security;

namespace Recorder.Node.Media;

/// <summary><c>/v1/takes/{take}:export</c>: a take's files for an editor, made by the node, with their progress and their downloads.</summary>
internal static class TakeExportEndpoints
{
    private const string One = "/v1/takes/{take}/exports/{export}";

    private static readonly string[] Types = ["video/quicktime", "video/mp4", "application/json", "application/xml", "text/plain"];

    public static void MapTakeExport(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/takes/{take}:export", PostAsync).WithName("ExportTake").WithTags("Takes").Requires(Role.Viewer, AccessScope.Listing)
            .WithSummary("Makes a take's files for an editor. Whoever asks for the same again gets the same export.")
            .WithQuery().Takes<TakeExportInput>(isRequired: false).IsIdempotent()
            .Answers<TakeExportAnswer>(202).Refuses(400, 404, 409, 413, 415, 503, 507);
        routes.MapGet(One, async (string take, string export, HttpContext context, TakeClient client, TakeExports exports) =>
                TypedResults.Ok((await FindAsync(take, export, context, client, exports)).Describe()))
            .WithName("GetTakeExport").WithTags("Takes").Requires(Role.Viewer, AccessScope.Listing)
            .WithSummary("How far an export of a take has come, and its files.").WithQuery().Answers<TakeExportAnswer>(200).Refuses(400, 404);
        routes.MapDelete(One, DeleteAsync).WithName("RemoveTakeExport").WithTags("Takes").Requires(Role.Viewer, AccessScope.Listing)
            .WithSummary("Ends an export of a take if it is being made, and deletes its files.").WithQuery().Answers(204).Refuses(400, 404);
        routes.MapMethods(One + "/files/{file}", ["GET", "HEAD"], GetFileAsync).WithName("GetTakeExportFile").WithTags("Takes").Requires(Role.Viewer, AccessScope.Listing)
            .WithSummary("A file of an export of a take, as soon as it is done.").WithQuery()
            .AnswersMedia(200, Types).AnswersMedia(206, Types).Answers(304).Refuses(400, 404, 416);
    }

    private static async Task<IResult> PostAsync(string take, HttpContext context, TakeClient client, TakeExports exports)
    {
        var input = await JsonBody.ReadAsync(context.Request, ApiJsonContext.Default.TakeExportInput, whenEmpty: new TakeExportInput());
        var options = Read(input);
        var found = await client.SendAsync<Take>(new TakeProtocol.Get(TakeClient.ReadId(take)), context.GetAccess());
        if (found.At is null)
            throw new ProblemException(Problem.InvalidState($"Take {found.Id} was not recorded; there is nothing to export."));

        var job = await exports.BeginAsync(found, options, context.RequestAborted);
        return TypedResults.Accepted($"/v1/takes/{found.Id}/exports/{job.Id}", job.Describe());
    }

    private static async Task<IResult> DeleteAsync(string take, string export, HttpContext context, TakeClient client, TakeExports exports)
    {
        exports.Remove(await FindAsync(take, export, context, client, exports));
        return TypedResults.NoContent();
    }

    private static async Task<IResult> GetFileAsync(string take, string export, string file, HttpContext context, TakeClient client, TakeExports exports)
    {
        var job = await FindAsync(take, export, context, client, exports);
        var found = job.FindFile(file) ?? throw new ProblemException(Problem.NotFound(job.Describe() is { State: TakeExportState.Failed } failed
            ? $"Export {job.Id} has failed, and its files were deleted: {failed.Problem}"
            : $"Export {job.Id} has no file '{file[..Math.Min(file.Length, 200)]}', or has not made it yet; GET /v1/takes/{job.Take.Id}/exports/{job.Id} lists its files."));
        context.Response.Headers.ContentDisposition = $"attachment; filename*=UTF-8''{Uri.EscapeDataString(file)}";
        return new FileResult(RangedContent.OfFile(Path.Combine(job.Export.Path, found.File), 0, found.Bytes!.Value, TypeOf(file), found.Sha256!), job.Export);
    }

    private static async Task<TakeExportJob> FindAsync(string take, string export, HttpContext context, TakeClient client, TakeExports exports)
    {
        var found = await client.SendAsync<Take>(new TakeProtocol.Get(TakeClient.ReadId(take)), context.GetAccess());
        return exports.Find(found.Id, export);
    }

    private static TakeExportOptions Read(TakeExportInput input) => new(
        input.Container switch
        {
            "mov" => EditContainer.Mov,
            "mp4" => EditContainer.Mp4,
            _ => throw new ProblemException(Problem.NotSupported("'container' must be mov or mp4.")),
        },
        input.Holes switch
        {
            "held" => EditHoles.Stated,
            "black" => EditHoles.Black,
            _ => throw new ProblemException(Problem.NotSupported("'holes' must be held or black.")),
        },
        Overwrite: false)
    {
        Rate = input.Rate is null ? null : TimeCodeRate.TryParse(input.Rate, out var rate) ? rate
            : throw new ProblemException(Problem.NotSupported($"'rate' must be one of {string.Join(", ", TimeCodeRate.All)}.")),
        Encode = input.Quality is < 0 or > EditEncoding.Worst ? throw new ProblemException(Problem.NotSupported($"'quality' must be 0 to {EditEncoding.Worst}."))
            : input.Encode ? new EditEncoding(input.Quality) : null,
        // Without one the files are named as if they were in the root folder: an editor asks where they are.
        Folder = input.Folder is null ? new Uri("file:///") : ReadFolder(input.Folder),
    };

    private static Uri ReadFolder(string text) =>
        Uri.TryCreate(text.EndsWith('/') ? text : text + '/', UriKind.Absolute, out var folder) && folder.IsFile
            ? folder
            : throw new ProblemException(Problem.NotSupported("'folder' must be an absolute path, or a file URL such as file:///media/12A/."));

    private static string TypeOf(string file) => Path.GetExtension(file) switch
    {
        ".mov" => "video/quicktime",
        ".mp4" => "video/mp4",
        ".json" or ".otio" => "application/json",
        ".fcpxml" => "application/xml",
        _ => "text/plain",
    };

    // A slow reader keeps the file's room, so the connection is closed when recordings need it.
    private sealed class FileResult(RangedContent content, Export export) : IResult
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            await using var registration = GivingWay().Register(httpContext.Abort);
            await new RangedResult(content).ExecuteAsync(httpContext);
        }

        private CancellationToken GivingWay()
        {
            try
            {
                return export.GivingWay;
            }
            catch (ObjectDisposedException)
            {
                throw new ProblemException(Problem.NotFound("The export was ended meanwhile, and its files were deleted; export the take again."));
            }
        }
    }
}
