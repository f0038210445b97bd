using Akka.Hosting;
using Recorder.Actors;
using Recorder.Node.Api;
using Recorder.Node.Cluster;
using Recorder.Node.HyperDeck;
using Recorder.Node.Media;
using Recorder.Node.Page;
using Recorder.Node.Security;
using Recorder.Node.Telemetry;
using Recorder.Node.Wall;
using Recorder.Node.Webhooks;

namespace Recorder.Node.Serve;

/// <summary>Composes a node: one line for each part.</summary>
internal static class NodeComposition
{
    public static void AddNode(this IServiceCollection services, ServeOptions options, NodeParts parts)
    {
        services.AddSingleton(options);
        services.AddSingleton(parts.Time);
        services.AddApiJson();
        services.AddOpenApiDocument();
        services.AddAkka("recorder", akka => akka
            .AddHocon(SystemConfiguration.Own, HoconAddMode.Prepend)
            .WithActors((system, _, resolver) => SystemConfiguration.StartLogger(system, resolver.GetService<ILoggerFactory>()))
            .WithRecorder(parts.Node.Options.Runtime));
        // Hosted services start in this order, and end in the reverse one: first the HTTP server, last the actor system.
        services.AddHostedService<NodeService>();
        services.AddSingleton(parts.Node);
        // These exist only after NodeRuntime.BeginAsync.
        services.AddSingleton(_ => parts.Node.Runtime);
        services.AddSingleton(_ => parts.Node.Catalogue);
        services.AddSingleton(_ => parts.Node.LocalCatalogue.Answers);
        services.AddCluster(parts.Cluster);
        services.AddSingleton<RegistryClient>();
        services.AddSingleton<TakeClient>();
        services.AddSingleton<PeerRecorders>();
        services.AddSingleton<EventTail>();
        services.AddSingleton<EventReaders>();
        services.AddSecurity(parts.Security, parts.Sessions);
        services.AddMedia();
        services.AddWall();
        services.AddWebhooks();
        services.AddSingleton<NodeMetrics>();
        services.AddHyperDecks(options);
        services.AddTelemetry(provider => provider.GetRequiredService<NodeMetrics>().RefreshAsync());
    }

    /// <summary>Adds the middleware, from the outside in, and the endpoints.</summary>
    public static void UseNode(this WebApplication application)
    {
        application.UseMiddleware<ApiErrors>();
        application.UseWebSockets();
        application.UseRouting();
        application.UseSecurity();
        application.UseMiddleware<ClusterGate>();
        application.UseMiddleware<Idempotency>();
        application.MapHealth();
        application.MapRecorders();
        application.MapCommands();
        application.MapTakes();
        application.MapMedia();
        application.MapWall();
        application.MapEvents();
        application.MapWebhooks();
        application.MapRecordings();
        application.MapNodes();
        application.MapClusterJournal(() => application.Services.GetRequiredService<NodeRuntime>().Joined?.Journal);
        application.MapPeers();
        application.MapClock();
        application.MapMetrics();
        application.MapSession();
        application.MapOpenApiDocument();
        application.MapPage();
    }
}
