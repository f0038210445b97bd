using System.Security.Cryptography;
using Recorder.Media;
using Recorder.Media.Codecs;
using Recorder.Media.Export;
using Recorder.Node.Security;

namespace Recorder.Node.Media;

/// <summary>Takes snapshots; number and duration are limited.</summary>
internal sealed class Snapshots(IMediaCodecs codecs, ServeOptions options) : IDisposable
{
    public const int Most = 2;

    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _places = new(Most);

    public async Task<RecordedPicture?> TakeAsync(ExportPlan plan, TimeSpan at, int? width, CancellationToken cancellationToken)
    {
        if (!await _places.WaitAsync(Wait, cancellationToken))
            throw new ProblemException(Problem.Exhausted($"{Most} snapshots are being taken, the most that this node allows; try again."));

        try
        {
            using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            bound.CancelAfter(Longest);
            return await Task.Run(() => RecordedPicture.Take(plan.Within(options.Limits), at, width, codecs, bound.Token), bound.Token);
        }
        catch (FFmpegException tooLarge) when (tooLarge.ExceedsLimit)
        {
            throw new ProblemException(Exports.TooLarge(tooLarge));
        }
        catch (FFmpegException failed)
        {
            throw new ProblemException(Problem.Unavailable($"Cannot take the snapshot: {failed.Message}"));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ProblemException(Problem.Unavailable("The snapshot took too long, because its key frame is too far away."));
        }
        finally
        {
            _places.Release();
        }
    }

    public void Dispose() => _places.Dispose();
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

    private static async Task<IResult> GetAsync(string key, HttpContext context, MediaLibrary library, Snapshots snapshots)
    {
        var recording = library.Open(key);
        var width = ReadWidth(context.Request);
        var asked = Query.Text(context.Request, MediaQuery.At);
        if (IsBeforeStart(asked, recording))
            throw new ProblemException(Problem.NotFound($"'{key}' began at {recording.Description.StartedAt:O}."));

        var at = await MediaQuery.ReadAsync(asked, MediaQuery.At, library, recording, context.RequestAborted);
        if (at is { } moment && recording.Reader.Read(moment, moment + TimeSpan.FromMilliseconds(1)).Gaps
                .FirstOrDefault(gap => gap.MediaTime <= moment && moment < gap.MediaTime + gap.Duration) is { } gap)
        {
            throw new ProblemException(Problem.NotFound(
                $"Nothing of '{key}' was recorded from {MediaQuery.Write(gap.MediaTime)} s for {MediaQuery.Write(gap.Duration)} s ({gap.Cause})."));
        }

        var (plan, time) = await PlanOfAsync(recording, at, library, context.RequestAborted) ?? throw PlaybackEndpoints.NoMedia(recording);
        context.Response.Headers.RetryAfter = "2";
        var snapshot = await snapshots.TakeAsync(plan, time, width, context.RequestAborted) ?? throw PlaybackEndpoints.NoMedia(recording);
        context.Response.Headers.RetryAfter = default;
        context.Response.Headers["Media-From"] = MediaQuery.Write(snapshot.Time);
        var tag = Convert.ToHexStringLower(SHA256.HashData(snapshot.Jpeg).AsSpan(0, 12));
        return new RangedResult(RangedContent.OfBytes(snapshot.Jpeg, "image/jpeg", tag));
    }

    private static async Task<(ExportPlan Plan, TimeSpan At)?> PlanOfAsync(
        LocalRecording recording, TimeSpan? at, MediaLibrary library, CancellationToken cancellationToken)
    {
        var step = TimeSpan.FromMilliseconds(2);
        var near = at ?? recording.Reader.LastBlob()?.MediaTime;
        if (recording.Container != MediaContainer.Mp4)
        {
            var (rows, away) = await library.WantedAsync(recording, near, at + step, MediaLibrary.SkipNone, cancellationToken);
            PlaybackEndpoints.RequireAll(recording, away);
            if (rows.Count == 0 || at < rows[0].Begin || (at is not null && EndOf(rows[^1].Extent) < at && rows[^1].Extent.FirstBlob > 0))
                return null;

            var time = at ?? (rows[^1].Extent.FirstBlob > 0 ? EndOf(rows[^1].Extent) : TimeSpan.FromDays(3650));
            return ExportPlan.Of(rows, time, null) is { } plan ? (plan, time) : null;
        }

        var (extents, missing) = await library.PartsAsync(recording, near, at + step, cancellationToken);
        PlaybackEndpoints.RequireAll(recording, missing);
        var parts = extents.Where(part => !part.IsEmpty).ToList();
        if (parts.Count == 0 || at < parts[0].Extent.MediaTime)
            return null;

        // Audio may begin a moment before the first frame.
        var first = parts[0].TimeOf(parts[0].First);
        at = at < first ? first : at;
        var latest = parts[^1].TimeOf(parts[^1].Count - 1);
        var found = ExportPlan.Of(parts, at ?? latest, at + step);
        return found is null || at > found.From + found.Duration ? null : (found with { Length = null }, at ?? TimeSpan.FromDays(3650));
    }

    private static TimeSpan EndOf(Extent row) => row.MediaTime + row.Duration;

    private static bool IsBeforeStart(string? text, PlayedRecording recording) =>
        text is not null && MediaQuery.IsWallClock(text, out var wall) && wall < recording.Description.StartedAt;

    private static int? ReadWidth(HttpRequest request) =>
        Query.Text(request, Width) is not { } text ? null
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var width) && width is >= 16 and <= Widest ? width
            : throw Query.Wrong(Width, text, $"a whole number from 16 to {Widest}");
}
