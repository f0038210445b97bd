using Recorder.Node.Security;

namespace Recorder.Node.Media;

/// <summary><c>/v1/recordings/{key}/thumbnail.jpg</c>: a key frame as a small JPEG.</summary>
internal static class ThumbnailEndpoints
{
    /// <summary>What was recorded does not change, so browsers need not ask again.</summary>
    public const string LongCache = "private, max-age=86400, immutable";

    private const int Widest = 1280;
    private const int Usual = 320;

    private static readonly QueryParameter Width = new("width", "integer", $"Pixels, 16 to {Widest}; the height follows. Without it {Usual}.");

    public static void MapThumbnail(this IEndpointRouteBuilder routes) =>
        routes.MapMethods("/v1/recordings/{key}/thumbnail.jpg", ["GET", "HEAD"], GetAsync).WithName("GetThumbnail").WithTags("Playback")
            .Requires(Role.Viewer, AccessScope.Recorder)
            .WithSummary("The key frame at a moment, or the last one before it, as a small picture; without a moment the latest.")
            .WithQuery(MediaQuery.At, Width).AnswersMedia(200, "image/jpeg").AnswersMedia(206, "image/jpeg").Answers(304)
            .Refuses(400, 404, 416, 503);

    private static async Task<IResult> GetAsync(string key, HttpContext context, MediaLibrary library, Thumbnails thumbnails)
    {
        var recording = library.Open(key);
        var width = SnapshotEndpoints.ReadWidth(context.Request, Width, Widest) ?? Usual;
        var at = await PicturePlan.ReadMomentAsync(context, library, recording);
        var plan = await PicturePlan.FindAsync(recording, at, library, context.RequestAborted) ?? throw PlaybackEndpoints.NoMedia(recording);
        var wanted = ThumbnailKey.Of(recording, plan, width);
        // The next request may be about a later frame: without a moment, and where a moment is not announced yet.
        var cacheControl = at is null || recording.IsUnderWay ? RangedContent.AskAgain : LongCache;
        if (at is not null && RangedResult.IsKnown(context.Request, wanted.Tag))
            return new RangedResult(RangedContent.OfBytes(default, "image/jpeg", wanted.Tag) with { CacheControl = cacheControl });

        context.Response.Headers.RetryAfter = "2";
        var picture = await thumbnails.TakeAsync(wanted, plan, context.RequestAborted) ?? throw PlaybackEndpoints.NoMedia(recording);
        context.Response.Headers.RetryAfter = default;
        context.Response.Headers["Media-From"] = MediaQuery.Write(picture.Time);
        var tag = at is null ? $"{wanted.Tag}-{picture.Time.Ticks:x}" : wanted.Tag;
        return new RangedResult(RangedContent.OfBytes(picture.Jpeg, "image/jpeg", tag) with { CacheControl = cacheControl });
    }
}
