using Microsoft.Extensions.Hosting;
using Recorder.Actors;
using Recorder.Node.Media;
using Recorder.Node.Telemetry;
using Recorder.Node.Webhooks;

namespace Recorder.Node.Serve;

/// <summary>Starts after the actor system and before the HTTP server; ends after the last request, while actors run.</summary>
internal sealed class NodeService(ActorSystem system, NodeRuntime node, ServeOptions options, IServiceProvider services) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        node.Ltc = new TakeLtc(services);
        try
        {
            await node.BeginAsync(RecorderRuntime.Of(system), cancellationToken);
        }
        catch (Exception failed) when (NodeParts.Translate(failed, options) is ServeException refused)
        {
            throw refused;
        }

        // They begin when they are made, before the first request.
        services.GetRequiredService<NodeTelemetry>();
        services.GetRequiredService<WebhookDirectory>();
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (options.StopsOnShutdown)
            await node.StopAllAsync();

        await node.EndAsync();
    }
}
