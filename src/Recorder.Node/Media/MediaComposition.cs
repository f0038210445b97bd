using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Hosting;
using Recorder.Actors;
using Recorder.Media.Codecs;

namespace Recorder.Node.Media;

internal static class MediaComposition
{
    public static void AddMedia(this IServiceCollection services) => services
        .Configure<JsonOptions>(json => json.SerializerOptions.TypeInfoResolverChain.Add(MediaJson.Default))
        .AddSingleton<MediaLibrary>().AddSingleton<LiveViewers>().AddSingleton<Snapshots>().AddSingleton<Thumbnails>().AddSingleton<SourceProbes>().AddSingleton<TakeExports>()
        .AddSingleton<AngleSoundReader>().AddSingleton<TakeSound>()
        .AddSingleton(provider => provider.GetRequiredService<RecorderRuntime>().Codecs)
        .AddSingleton(provider => new Exports(
            provider.GetRequiredService<ServeOptions>().DataFolder, provider.GetRequiredService<NodeRuntime>().Options.Retention,
            provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping)
        {
            Limits = provider.GetRequiredService<ServeOptions>().Limits,
            Codecs = provider.GetRequiredService<IMediaCodecs>,
        });

    public static void MapMedia(this IEndpointRouteBuilder routes)
    {
        routes.MapPlayback();
        routes.MapExport();
        routes.MapSnapshot();
        routes.MapThumbnail();
        routes.MapProbe();
        routes.MapTimeline();
        routes.MapTakeTimeline();
        routes.MapTakeExport();
        routes.MapLive();
        routes.MapPush();
        routes.MapTakeSound();
    }
}
