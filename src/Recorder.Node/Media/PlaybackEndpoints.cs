using Recorder.Actors.Catalogue;
using Recorder.Actors.Storage;
using Recorder.Media;
using Recorder.Media.Codecs;
using Recorder.Media.Fragments;
using Recorder.Media.VirtualFiles;
using Recorder.Node.Security;

namespace Recorder.Node.Media;

/// <summary><c>/v1/recordings/{key}/…</c>: recorded media as files, playlists and blobs. Nothing is transcoded.</summary>
internal static class PlaybackEndpoints
{
    public static readonly QueryParameter OnNode = new(
        "node", "string", "The node of the cluster, if several nodes have a file or blob of this number; without it the node that owned the recorder.");

    private static readonly string[] Methods = ["GET", "HEAD"];
    private static readonly string[] Containers =
        ["video/mp4", "video/webm", "video/x-matroska", "audio/mp4", "audio/webm", "audio/x-matroska"];

    public static void MapPlayback(this IEndpointRouteBuilder routes)
    {
        var recordings = routes.MapGroup("/v1/recordings/{key}").WithTags("Playback").Requires(Role.Viewer, AccessScope.Recorder);
        recordings.MapPlaylist(Methods);
        recordings.MapMethods("/media.mp4", Methods, GetMediaAsync).WithName("GetMedia")
            .WithSummary("An interval of the recording as one seekable MP4 that begins at 0; up to now if it is running.")
            .WithQuery(MediaQuery.From, MediaQuery.To).AnswersMedia(200, "video/mp4").AnswersMedia(206, "video/mp4")
            .Answers(304).Answers(307).Refuses(400, 404, 406, 416);
        recordings.MapMethods("/blobs/{seq}", Methods, GetBlob).WithName("GetBlob").WithSummary("The bytes of a blob.")
            .WithQuery(OnNode).AnswersMedia(200, Containers).AnswersMedia(206, Containers).Answers(304).Refuses(400, 404, 410, 416);
        recordings.MapMethods("/extents/{number}", Methods, GetExtent).WithName("GetExtent").WithSummary("A file of the recording.")
            .WithQuery(OnNode).AnswersMedia(200, Containers).AnswersMedia(206, Containers).Answers(304).Refuses(400, 404, 410, 416);
        recordings.MapGet("/extents/{number:int}/fragments", GetFragments).ExcludeFromDescription();
    }

    private static async Task<IResult> GetMediaAsync(string key, HttpContext context, MediaLibrary library)
    {
        var recording = library.Open(key);
        RequireMp4(recording);
        var (from, to) = await MediaQuery.ReadIntervalAsync(context.Request, library, recording);
        var parts = await library.PartsAsync(recording, from, to, context.RequestAborted);
        SayMissing(context.Response, parts.Missing);
        var file = VirtualMp4.Build(parts.Extents, from, to, key) ?? throw NoMedia(recording, parts.Missing);
        RequireOneCodec(file.Change);
        if (recording.IsUnderWay && to is null)
        {
            // A player requests a file in ranges, so its length must not change: the redirect fixes the end.
            var end = file.LastFragment + TimeSpan.FromMilliseconds(2);
            var begin = from is null ? "" : $"from={MediaQuery.Write(from.Value)}&";
            context.Response.Headers.CacheControl = "no-store";
            var fixedEnd = $"{context.Request.PathBase}{context.Request.Path}?{begin}to={MediaQuery.Write(end)}";
            return Results.Redirect(UrlToken.Carry(context, fixedEnd), false, preserveMethod: true);
        }

        context.Response.Headers["Media-From"] = MediaQuery.Write(file.From);
        context.Response.Headers["Media-To"] = MediaQuery.Write(file.To);
        return new RangedResult(new RangedContent(file.Length, "video/mp4", file.ETag, file.Pieces));
    }

    // Not part of the API: other nodes read it to play this node's extents together with their own.
    private static IResult GetFragments(string key, int number, HttpContext context, MediaLibrary library)
    {
        if (context.Features.Get<PeerRequest>() is null || !long.TryParse(context.Request.Query["bytes"], CultureInfo.InvariantCulture, out var bytes))
            throw new ProblemException(Problem.NotFound("Only nodes of a cluster ask each other for this."));

        var part = PartOf(library.Open(key), number, bytes, library);
        using var written = new MemoryStream();
        using var writer = new BinaryWriter(written);
        part.Map.Write(writer);
        return Results.Bytes(written.ToArray());
    }

    public static ExtentPart PartOf(LocalRecording recording, int number, long bytes, MediaLibrary library)
    {
        var found = RecordingLayout.At(recording.Folder).Extents().FirstOrDefault(extent => extent.Number == number);
        var row = found.Path is null ? null : new Extent
        {
            Number = number,
            Path = found.Path,
            Bytes = bytes,
            MediaTime = default,
            Duration = default,
            CapturedAt = default,
            FirstBlob = 0,
            LastBlob = 0,
        };
        return row is not null && library.Maps.Open(row) is { } part ? part
            : throw new ProblemException(Problem.NotFound($"There is no extent {number} of '{recording.Key}' here."));
    }

    private static RangedResult GetBlob(string key, string seq, HttpContext context, MediaLibrary library, ServeOptions options)
    {
        RequireHere(context.Request, options);
        var recording = library.Open(key);
        var number = ReadNumber(seq, "blob");
        if (recording.Reader.FindBlob(number) is { } blob)
        {
            context.Response.Headers["Media-From"] = MediaQuery.Write(blob.MediaTime);
            return new RangedResult(RangedContent.OfFile(blob.Path, blob.Offset, blob.Length, TypeOf(blob.Type), IndexLine.Hex(blob.Crc32C)));
        }

        throw new ProblemException(number <= (recording.Reader.LastBlob()?.Number ?? 0)
            ? Gone($"Blob {number} of '{key}' was removed by retention.")
            : Problem.NotFound($"There is no blob {number} of '{key}' (yet)."));
    }

    private static RangedResult GetExtent(string key, string number, HttpContext context, MediaLibrary library, ServeOptions options)
    {
        RequireHere(context.Request, options);
        var recording = library.Open(key);
        var wanted = (int)Math.Min(ReadNumber(Path.GetFileNameWithoutExtension(number), "extent"), int.MaxValue);
        var extents = RecordingLayout.At(recording.Folder).Extents();
        var found = extents.FirstOrDefault(extent => extent.Number == wanted);
        if (found.Path is null)
        {
            throw new ProblemException(extents.Count > 0 && wanted < extents[0].Number
                ? Gone($"Extent {wanted} of '{key}' was removed by retention.")
                : Problem.NotFound($"There is no extent {wanted} of '{key}' (yet)."));
        }

        var length = new FileInfo(found.Path).Length;
        // A file only grows: a longer one has another tag and contains every byte of the shorter one.
        return new RangedResult(RangedContent.OfFile(found.Path, 0, length, TypeOf(recording.Description.MimeType), $"{recording.Key.Recording}.{wanted}.{length}"));
    }

    // In a cluster the request was forwarded already if another node was named.
    public static void RequireHere(HttpRequest request, ServeOptions options)
    {
        if (Query.Text(request, OnNode) is { } named && named != options.Node)
            throw new ProblemException(Problem.NotFound($"There is no node '{named}'; GET /v1/nodes lists all nodes."));
    }

    // A header parameter with commas needs quotes, which a recording's MIME type lacks.
    private static string TypeOf(string type) =>
        !MediaMimeType.TryParse(type, out var mime) ? "application/octet-stream"
        : mime.Codecs.Count == 0 ? mime.Essence
        : $"{mime.Essence}; codecs=\"{string.Join(',', mime.Codecs)}\"";

    public static long ReadNumber(string text, string thing) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            ? number
            : throw new ProblemException(Problem.Type($"'{text}' is not a number of a{(thing[0] == 'e' ? "n" : "")} {thing}; expected 1 or more."));

    private static void RequireOneCodec(CodecChange? change)
    {
        if (change is not null)
        {
            var at = MediaQuery.Write(change.At);
            throw new ProblemException(Problem.Of(406, "NotSupportedError", "A browser plays no MP4 with video of two codecs.",
                $"The video is {change.Before} before {at} s and {change.After} after it: use index.m3u8, which plays across "
                + $"the change, request an interval on one side of it (to={at} or from={at}), or an export with transcode=true."));
        }
    }

    public static void RequireMp4(PlayedRecording recording)
    {
        if (recording.Container != MediaContainer.Mp4)
        {
            throw new ProblemException(Problem.Of(406, "NotSupportedError", "The recording is in another container.",
                $"'{recording.Key}' is {recording.Description.MimeType}: request …/export{CodecTable.Extension(recording.Container)} "
                + "or …/export.mp4, or its blobs and extents as they are."));
        }
    }

    /// <summary>Adds a header that names the parts on nodes that do not answer.</summary>
    public static void SayMissing(HttpResponse response, IReadOnlyList<MissingPart> missing)
    {
        foreach (var part in missing)
            response.Headers.Append("Media-Missing", $"{part.Node}; from={MediaQuery.Write(part.From)}; to={MediaQuery.Write(part.To)}");
    }

    /// <summary>Refuses an export or a snapshot if a part of it is on a node that does not answer.</summary>
    public static void RequireAll(PlayedRecording recording, IReadOnlyList<MissingPart> missing)
    {
        if (missing.Count > 0)
        {
            throw new CatalogueUnavailableException($"{WhereIs(recording, missing)}; try again when it is back, or request another interval.");
        }
    }

    public static string WhereIs(PlayedRecording recording, IReadOnlyList<MissingPart> missing) =>
        $"'{recording.Key}' from {MediaQuery.Write(missing[0].From)} to {MediaQuery.Write(missing[^1].To)} s is on node " +
        $"{string.Join(", ", missing.Select(part => part.Node).Distinct())}, which does not answer";

    public static ProblemException NoMedia(PlayedRecording recording, IReadOnlyList<MissingPart>? missing = null)
    {
        RequireAll(recording, missing ?? []);
        return new ProblemException(Problem.NotFound(recording.IsUnderWay
            ? $"'{recording.Key}' has no playable media yet, or none in this interval."
            : $"There is no media in this interval of '{recording.Key}'."));
    }

    private static Problem Gone(string detail) => Problem.Of(410, "NotFoundError", "Removed by retention.", detail);
}
