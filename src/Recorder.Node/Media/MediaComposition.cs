using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Recorder.Actors;

namespace Recorder.Node.Media;

/// <summary>What plays, hands out and takes in media over HTTP.</summary>
internal static class MediaComposition
{
    public static void AddMedia(this IServiceCollection services) => services.AddSingleton<MediaLibrary>().AddSingleton<LiveViewers>().AddSingleton<Exports>().AddSingleton<Snapshots>()
        .AddSingleton(provider => provider.GetRequiredService<RecorderRuntime>().Codecs);

    public static void MapMedia(this IEndpointRouteBuilder routes)
    {
        routes.MapPlayback();
        routes.MapExport();
        routes.MapSnapshot();
        routes.MapLive();
        routes.MapPush();
    }
}
