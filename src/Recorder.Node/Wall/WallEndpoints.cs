using Microsoft.Extensions.Hosting;
using Recorder.Node.Api;
using Recorder.Node.Security;

namespace Recorder.Node.Wall;

/// <summary><c>/v1/wall</c>: all recorders at a glance.</summary>
internal static class WallEndpoints
{
    public const string Path = "/v1/wall";
    public const string LivePath = Path + "/live";

    private static readonly QueryParameter Name = new("name", "string", "Only recorders whose id, or label 'name', contains this.");

    public static void AddWall(this IServiceCollection services) => services.AddSingleton<NodeWall>().AddSingleton<LevelMeters>().AddSingleton<LiveSockets>();

    public static void MapWall(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(Path, ShowAsync).Requires(Role.Viewer, AccessScope.Listing).WithName("ShowWall").WithTags("Wall")
            .WithSummary("The state of all recorders as server-sent events: 'wall' with all tiles, then 'tiles' with those that changed.")
            .WithQuery(RecorderEndpoints.Label, RecorderEndpoints.State, Name).AnswersMedia(200, "text/event-stream").Refuses(400, 503);
        routes.MapGet(LivePath, WatchAsync).Requires(Role.Viewer, AccessScope.Listing).WithName("WatchWall").WithTags("Wall")
            .WithSummary("A WebSocket for the live pictures and audio levels of many recorders, of any nodes.")
            .WithQuery().Answers(101).Refuses(400, 503);
    }

    private static async Task WatchAsync(HttpContext context, LiveSockets sockets, IHostApplicationLifetime lifetime)
    {
        if (!context.WebSockets.IsWebSocketRequest)
            throw new ProblemException(Problem.NotSupported("This is a WebSocket; connect to it as one, or see one recorder at /v1/recorders/{id}/live."));

        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        await sockets.RunAsync(context, ending.Token);
    }

    private static async Task ShowAsync(HttpContext context, NodeWall wall, ServeOptions options, IHostApplicationLifetime lifetime)
    {
        var request = context.Request;
        var filter = new WallFilter(
            context.GetAccess(), RecorderEndpoints.ReadLabels(request), RecorderEndpoints.ReadState(request), Query.Text(request, Name),
            context.Features.Get<PeerRequest>() is null ? null : options.Node);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        try
        {
            await wall.ShowAsync(context.Response, filter, ending.Token);
        }
        catch (TimeoutException)
        {
            // The viewer can connect again.
            context.Abort();
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // The viewer left, or the node is stopping.
        }
    }
}
