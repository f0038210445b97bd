using System.Security.Cryptography;
using Recorder.Media.Codecs;
using Recorder.Media.Export;
using Recorder.Node.Security;

namespace Recorder.Node.Media;

/// <summary>Takes snapshots; number and duration are limited.</summary>
internal sealed class Snapshots(IMediaCodecs codecs, ServeOptions options) : IDisposable
{
    public const int Most = 2;

    private readonly PictureQueue _queue = new("snapshots", Most, mostWaiting: 64);

    public Task<RecordedPicture?> TakeAsync(PicturePlan plan, int? width, CancellationToken cancellationToken) => _queue.RunAsync(
        bound => RecordedPicture.Take(plan.Media.Within(options.Limits), plan.At, width, codecs, bound), cancellationToken);

    public void Dispose() => _queue.Dispose();
}

/// <summary><c>/v1/recordings/{key}/snapshot.jpg</c>: one frame as a JPEG.</summary>
internal static class SnapshotEndpoints
{
    private const int Widest = 7680;

    private static readonly QueryParameter Width = new("width", "integer", $"Pixels, 16 to {Widest}; the height follows. Without it the recorded width.");

    public static void MapSnapshot(this IEndpointRouteBuilder routes) =>
        routes.MapMethods("/v1/recordings/{key}/snapshot.jpg", ["GET", "HEAD"], GetAsync).WithName("GetSnapshot").WithTags("Playback")
            .Requires(Role.Viewer, AccessScope.Recorder)
            .WithSummary("The frame at a moment, or the last one before it; without a moment the latest.")
            .WithQuery(MediaQuery.At, Width).AnswersMedia(200, "image/jpeg").AnswersMedia(206, "image/jpeg").Answers(304)
            .Refuses(400, 404, 416, 503);

    /// <summary>Reads a width in pixels.</summary>
    public static int? ReadWidth(HttpRequest request, QueryParameter parameter, int widest) =>
        Query.Text(request, parameter) is not { } text ? null
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var width) && width >= 16 && width <= widest ? width
            : throw Query.Wrong(parameter, text, $"a whole number from 16 to {widest}");

    private static async Task<IResult> GetAsync(string key, HttpContext context, MediaLibrary library, Snapshots snapshots)
    {
        var recording = library.Open(key);
        var width = ReadWidth(context.Request, Width, Widest);
        var at = await PicturePlan.ReadMomentAsync(context, library, recording);
        var plan = await PicturePlan.FindAsync(recording, at, library, context.RequestAborted) ?? throw PlaybackEndpoints.NoMedia(recording);
        context.Response.Headers.RetryAfter = "2";
        var snapshot = await snapshots.TakeAsync(plan, width, context.RequestAborted) ?? throw PlaybackEndpoints.NoMedia(recording);
        context.Response.Headers.RetryAfter = default;
        context.Response.Headers["Media-From"] = MediaQuery.Write(snapshot.Time);
        var tag = Convert.ToHexStringLower(SHA256.HashData(snapshot.Jpeg).AsSpan(0, 12));
        return new RangedResult(RangedContent.OfBytes(snapshot.Jpeg, "image/jpeg", tag));
    }
}
