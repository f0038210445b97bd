using System.Diagnostics.Metrics;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Recorder.Actors;

namespace Recorder.Node.Telemetry;

/// <summary>Exports traces and metrics by OTLP over HTTP if an endpoint is configured: requests, the commands in them, what
/// recorders announce and lose, the node's state and the runtime's. Without an endpoint nothing listens, so no span is made and
/// nothing is counted.</summary>
internal sealed class NodeTelemetry : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);
    private const int FlushMilliseconds = 2000;

    private readonly RecorderRuntime _runtime;
    private readonly TracerProvider? _traces;
    private readonly MeterProvider? _metrics;
    private readonly IActorRef _counting = ActorRefs.Nobody;

    public NodeTelemetry(ServeOptions options, RecorderRuntime runtime, Meter meter, Func<Task> refresh)
    {
        _runtime = runtime;
        if (options.OtlpEndpoint is not { } endpoint)
            return;

        var resource = ResourceBuilder.CreateEmpty().AddService("recorder", serviceInstanceId: options.Node);
        _traces = Sdk.CreateTracerProviderBuilder().SetResourceBuilder(resource)
            .AddSource(NodeTrace.Name, "Microsoft.AspNetCore")
            .AddOtlpExporter(otlp => Configure(otlp, endpoint, "v1/traces", options.OtlpHeaders))
            .Build();
        _metrics = Sdk.CreateMeterProviderBuilder().SetResourceBuilder(resource)
            .AddMeter(meter.Name, "System.Runtime", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel")
            .AddOtlpExporter((otlp, reader) =>
            {
                Configure(otlp, endpoint, "v1/metrics", options.OtlpHeaders);
                reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = (int)Interval.TotalMilliseconds;
            })
            .Build();
        _counting = runtime.System.ActorOf(MetricsActor.PropsFor(runtime.Events, meter, refresh, Interval), "metrics");
    }

    /// <summary>Exports what is left, for a short time only: an absent collector does not keep the node from ending.</summary>
    public void Dispose()
    {
        _runtime.System.Stop(_counting);
        _traces?.ForceFlush(FlushMilliseconds);
        _metrics?.ForceFlush(FlushMilliseconds);
        _traces?.Dispose();
        _metrics?.Dispose();
    }

    private static void Configure(OtlpExporterOptions otlp, Uri endpoint, string path, IReadOnlyList<string> headers)
    {
        otlp.Protocol = OtlpExportProtocol.HttpProtobuf;
        otlp.Endpoint = new Uri(endpoint.ToString().TrimEnd('/') + "/" + path);
        otlp.Headers = string.Join(',', headers);
        otlp.TimeoutMilliseconds = FlushMilliseconds;
    }
}

internal static class TelemetryServices
{
    /// <summary><paramref name="refresh"/> updates the observable instruments; called only if they are exported.</summary>
    public static void AddTelemetry(this IServiceCollection services, Func<IServiceProvider, Task> refresh) => services
        // The tag tells this node's meter from those of other nodes in the process.
        .AddSingleton(provider => new Meter(
            new MeterOptions(NodeTrace.Name) { Tags = [new("node", provider.GetRequiredService<ServeOptions>().Node)] }))
        .AddSingleton(provider => new NodeTelemetry(
            provider.GetRequiredService<ServeOptions>(), provider.GetRequiredService<RecorderRuntime>(), provider.GetRequiredService<Meter>(),
            () => refresh(provider)));
}
