using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Recorder.Actors;
using Recorder.Node.Configuration;

namespace Recorder.Node.Telemetry;

/// <summary>
/// Traces and metrics by OTLP over HTTP, when an endpoint is configured: requests, the commands in them, what recorders announce and lose,
/// and the runtime's own. Made only then; a node without one has no listener, and so no span and no count is ever made.
/// </summary>
internal sealed class NodeTelemetry : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);
    private const int FlushMilliseconds = 2000;

    private readonly Meter _meter;
    private readonly TracerProvider _traces;
    private readonly MeterProvider _metrics;
    private readonly IActorRef _counting;
    private readonly RecorderRuntime _runtime;

    private NodeTelemetry(Uri endpoint, ServeOptions options, RecorderRuntime runtime)
    {
        _runtime = runtime;
        // Of this node: another one in the process counts for itself.
        _meter = new Meter(new MeterOptions(NodeTrace.Name) { Tags = [new("node", options.Node)] });
        var resource = ResourceBuilder.CreateEmpty().AddService("recorder", serviceInstanceId: options.Node);
        _traces = Sdk.CreateTracerProviderBuilder().SetResourceBuilder(resource)
            .AddSource(NodeTrace.Name, "Microsoft.AspNetCore")
            .AddOtlpExporter(otlp => Configure(otlp, endpoint, "v1/traces", options.OtlpHeaders))
            .Build();
        _metrics = Sdk.CreateMeterProviderBuilder().SetResourceBuilder(resource)
            .AddMeter(NodeTrace.Name, "System.Runtime", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel")
            .AddOtlpExporter((otlp, reader) =>
            {
                Configure(otlp, endpoint, "v1/metrics", options.OtlpHeaders);
                reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = (int)Interval.TotalMilliseconds;
            })
            .Build();
        _counting = runtime.System.ActorOf(MetricsActor.PropsFor(runtime.Events, _meter), "metrics");
    }

    /// <summary>Begins, when an endpoint is configured.</summary>
    public static NodeTelemetry? Begin(ServeOptions options, RecorderRuntime runtime) =>
        options.OtlpEndpoint is { } endpoint ? new NodeTelemetry(endpoint, options, runtime) : null;

    /// <summary>Sends what there still is, as long as that does not keep the node from ending.</summary>
    public void Dispose()
    {
        _runtime.System.Stop(_counting);
        _traces.ForceFlush(FlushMilliseconds);
        _metrics.ForceFlush(FlushMilliseconds);
        _traces.Dispose();
        _metrics.Dispose();
        _meter.Dispose();
    }

    private static void Configure(OtlpExporterOptions otlp, Uri endpoint, string path, IReadOnlyList<string> headers)
    {
        otlp.Protocol = OtlpExportProtocol.HttpProtobuf;
        otlp.Endpoint = new Uri(endpoint.ToString().TrimEnd('/') + "/" + path);
        otlp.Headers = string.Join(',', headers);
        otlp.TimeoutMilliseconds = FlushMilliseconds;
    }
}

/// <summary>Holds a node's telemetry, if it has any.</summary>
internal sealed class TelemetryHolder(ServeOptions options, RecorderRuntime runtime) : IDisposable
{
    private readonly NodeTelemetry? _telemetry = NodeTelemetry.Begin(options, runtime);

    public void Dispose() => _telemetry?.Dispose();
}

/// <summary>Registers it.</summary>
internal static class TelemetryServices
{
    public static void AddTelemetry(this IServiceCollection services) => services.AddSingleton<TelemetryHolder>();

    /// <summary>Begins it, before the first request.</summary>
    public static void BeginTelemetry(this IServiceProvider services) => services.GetRequiredService<TelemetryHolder>();
}
