using Recorder.Node.Api;
using Recorder.Node.Security;

namespace Recorder.Node.Media;

/// <summary><c>/v1/takes/{take}/timeline</c>: every frame of every angle, and when it was captured.</summary>
internal static class TakeTimelineEndpoints
{
    private static readonly QueryParameter At = new(
        "at", "string", "What shows each angle at this moment? A time (RFC 3339), or a time code of the take (10:20:30:12).");

    private static readonly QueryParameter Angle = new("angle", "string", "When was a frame of this angle captured, and what do the others show then? With 'frame' or 'mediaTime'.");
    private static readonly QueryParameter Recording = new("recording", "integer", "Which of the angle's recordings, from 1 (default 1).") { Format = "int32" };
    private static readonly QueryParameter Frame = new("frame", "integer", "The frame of the recording, counted from 0 as frames are shown.") { Format = "int64" };
    private static readonly QueryParameter MediaTime = new("mediaTime", "string", "The moment of the recording: seconds of its timeline (12.5).");

    public static void MapTakeTimeline(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/takes/{take}/timeline", GetAsync).WithName("GetTakeTimeline").WithTags("Takes")
            .WithSummary("When each frame of each angle was captured, and which frame each angle shows at a moment.")
            .WithQuery(At, Angle, Recording, Frame, MediaTime).Answers<TakeTimeline>(200).Refuses(400, 404, 409).Requires(Role.Viewer, AccessScope.Listing);

    private static async Task<IResult> GetAsync(string take, HttpContext context, TakeClient client, MediaLibrary library)
    {
        var found = await client.SendAsync<Take>(new TakeProtocol.Get(TakeClient.ReadId(take)), context.GetAccess());
        if (found.At is null)
            throw new ProblemException(Problem.InvalidState($"Take {found.Id} was not recorded: it has no timeline."));

        var question = ReadQuestion(context.Request, new TakeTimeCode(found));
        return TypedResults.Ok(await new TakeTimelineReader(found, library).ReadAsync(question, context.RequestAborted));
    }

    private static TimelineQuestion ReadQuestion(HttpRequest request, TakeTimeCode timeCode)
    {
        var (at, angle, frame, media) = (Query.Text(request, At), Query.Text(request, Angle), Query.ReadNumber(request, Frame), Query.Text(request, MediaTime));
        var recording = Query.ReadNumber(request, Recording);
        if (at is not null)
        {
            return angle is null && frame is null && media is null && recording is null
                ? new TimelineQuestion(ReadMoment(at, timeCode))
                : throw new ProblemException(Problem.NotSupported("'at' asks for all angles; leave the other query parameters out."));
        }

        if (angle is null)
        {
            return frame is null && media is null && recording is null
                ? new TimelineQuestion()
                : throw new ProblemException(Problem.NotSupported("Say which 'angle' is meant."));
        }

        if (frame is null == media is null)
            throw new ProblemException(Problem.NotSupported("With 'angle', give either 'frame' or 'mediaTime'."));

        return new TimelineQuestion(
            null, angle, recording is null ? 1 : recording is > 0 and <= int.MaxValue ? (int)recording : throw Query.Wrong(Recording, $"{recording}", "a number from 1"),
            frame, media is null ? null : ReadSeconds(media));
    }

    private static DateTimeOffset ReadMoment(string text, TakeTimeCode timeCode) =>
        timeCode.TryParse(text, out var code, out var wrong) ? timeCode.MomentOf(code)
        : wrong is not null ? throw new ProblemException(Problem.NotSupported($"'at' is no time code of the take: {wrong}."))
        : MediaQuery.IsWallClock(text, out var wall) ? wall.ToUniversalTime()
        : throw Query.Wrong(At, text, $"a time (2026-11-22T15:04:05Z) or a time code at {timeCode.Rate} frames per second (10:20:30:12)");

    private static TimeSpan ReadSeconds(string text) =>
        Query.IsSeconds(text, out var seconds)
            ? seconds
            : throw Query.Wrong(MediaTime, text, "seconds (12.5)");
}
