using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Recorder.Node.Tests.Serve;

namespace Recorder.Node.Tests.Telemetry;

/// <summary>What leaves a node by OTLP, and what does not.</summary>
public sealed class TelemetrySpecs
{
    private const string Definition = """{"id":"hall","source":"test:?size=64x48&duration=1s&pace=fast&audio=off"}""";

    [Fact]
    public async Task Commands_and_counts_leave_by_OTLP_when_an_endpoint_is_configured()
    {
        await using var collector = await Collector.StartAsync();
        await using (var node = await ServedNode.StartAsync(options => options with
        {
            OtlpEndpoint = new Uri(collector.Url),
            OtlpHeaders = ["x-api-key=secret"],
        }))
        {
            (await node.SendAsync(HttpMethod.Post, "/v1/recorders", Definition)).Status.ShouldBe(System.Net.HttpStatusCode.Created);
            await node.SendAsync(HttpMethod.Post, "/v1/recorders/hall:start");
            await node.SendAsync(HttpMethod.Post, "/v1/recorders/hall:stop");
            await node.SendAsync(HttpMethod.Post, "/v1/recorders/hall:pause");
        }

        var traces = collector.Text("/v1/traces");
        traces.ShouldContain("recorder.command");
        traces.ShouldContain("hall");
        traces.ShouldContain("InvalidStateError");
        collector.Text("/v1/metrics").ShouldContain("recorder.recording");
        collector.Text("/v1/metrics").ShouldContain("recorder_recorders_active");
        collector.Keys.ShouldAllBe(key => key == "secret");
    }

    [Fact]
    public async Task A_node_without_an_endpoint_counts_nothing()
    {
        await using var node = await ServedNode.StartAsync();
        await node.SendAsync(HttpMethod.Post, "/v1/recorders", Definition);
        (await node.SendAsync(HttpMethod.Post, "/v1/recorders/hall:stop")).Status.ShouldBe(System.Net.HttpStatusCode.OK);
        Recorder.Node.Telemetry.NodeTrace.Source.HasListeners().ShouldBeFalse();
    }

    [Fact]
    public async Task A_collector_that_is_away_keeps_no_node_from_ending()
    {
        var node = await ServedNode.StartAsync(options => options with { OtlpEndpoint = new Uri("http://127.0.0.1:1") });
        await node.SendAsync(HttpMethod.Get, "/v1/recorders");
        await node.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(10));
    }

    private sealed class Collector : IAsyncDisposable
    {
        private readonly WebApplication _application;
        private readonly ConcurrentQueue<(string Path, string Body)> _received = new();

        private Collector(WebApplication application) => _application = application;

        public ConcurrentQueue<string> Keys { get; } = new();

        public string Url => _application.Urls.First();

        public static async Task<Collector> StartAsync()
        {
            var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
            builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
            var collector = new Collector(builder.Build());
            collector._application.Run(collector.TakeAsync);
            await collector._application.StartAsync();
            return collector;
        }

        // Texts stand in protobuf as they are.
        public string Text(string path) => string.Concat(_received.Where(it => it.Path == path).Select(it => it.Body));

        public async ValueTask DisposeAsync()
        {
            await _application.StopAsync();
            await _application.DisposeAsync();
        }

        private async Task TakeAsync(HttpContext context)
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            Keys.Enqueue(context.Request.Headers["x-api-key"].ToString());
            _received.Enqueue((context.Request.Path, Encoding.Latin1.GetString(body.ToArray())));
        }
    }
}
