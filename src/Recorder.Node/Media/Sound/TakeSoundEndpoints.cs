using Recorder.Node.Api;
using Recorder.Node.Security;

namespace Recorder.Node.Media;

/// <summary><c>/v1/takes/{take}/sound</c>: how far apart a take's angles are by their sound.</summary>
internal static class TakeSoundEndpoints
{
    private static readonly QueryParameter At = new(
        "at", "string", "Compare from a second before this time (RFC 3339) to ten behind it; the take's moment when left out.")
    { Format = "date-time" };

    public static void MapTakeSound(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/takes/{take}/sound", async (string take, HttpContext context, TakeClient takes, TakeSound sound) =>
            {
                var at = Query.ReadTime(context.Request, At);
                var found = await takes.SendAsync<Take>(new TakeProtocol.Get(TakeClient.ReadId(take)), context.GetAccess());
                return TypedResults.Ok(await sound.CompareAsync(found, at, context.RequestAborted));
            })
            .WithName("GetTakeSound").WithTags("Takes").WithSummary("How far apart a take's recorders are by their sound, beside what their clocks say.")
            .WithQuery(At).Answers<TakeSoundAnswer>(200).Refuses(400, 404, 409, 503).Requires(Role.Viewer, AccessScope.Listing);
}
