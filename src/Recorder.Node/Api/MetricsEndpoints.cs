using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Recorder.Actors;
using Recorder.Actors.Catalogue;
using Recorder.Actors.Cluster;
using Recorder.Contracts;
using Recorder.Node.Cluster;
using Recorder.Node.Configuration;
using Recorder.Node.Http;
using Recorder.Node.Security;

namespace Recorder.Node.Api;

/// <summary><c>/metrics</c>: Prometheus' text format 0.0.4. Labels are recorders' ids and volumes, nothing that a stranger can make more of.</summary>
internal static class MetricsEndpoints
{
    private const string MediaType = "text/plain";

    private static readonly TimeSpan Shortly = TimeSpan.FromSeconds(2);

    public static void MapMetrics(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/metrics", GetAsync).Requires(Role.Viewer, AccessScope.Node).WithName("GetMetrics").WithTags("Health").WithSummary("Figures for Prometheus.")
            .WithQuery().AnswersMedia(200, MediaType).Refuses(400, 503);

    private static async Task<IResult> GetAsync(
        NodeRuntime node, FleetClient fleet, EventReaders readers, PeerLinks links, ServeOptions options)
    {
        var recorders = await fleet.ListHereAsync();
        var statuses = (await Task.WhenAll(recorders.Select(recorder => fleet.StatusAsync(recorder.Id)))).OfType<RecorderProtocol.Status>().ToList();
        var text = new MetricsText();
        WriteRecorders(text, node, statuses);
        WriteNode(text, node, recorders.Count, statuses, readers, options);
        if (await HealthAsync(node) is { } health)
        {
            text.Gauge("recorder_catalogue_writing", "1 while the catalogue takes events.", health.IsWriting ? 1 : 0);
            text.Gauge("recorder_catalogue_waiting", "Events that are not in the catalogue yet.", health.Waiting);
        }

        var clock = node.Clock.Look();
        text.Gauge("recorder_clock_trusted", "1 while the node goes by its system clock; 0: it jumped, and nothing is removed by age.", clock.IsTrusted ? 1 : 0);
        text.Gauge("recorder_clock_offset_seconds", "How far the system clock is ahead of the time that the node has counted.", clock.Offset.TotalSeconds);
        if (node.Cluster is { } cluster)
        {
            await WriteClusterAsync(text, cluster, links);
        }

        return Results.Text(text.ToString(), $"{MediaType}; version=0.0.4", Encoding.UTF8);
    }

    private static void WriteRecorders(MetricsText text, NodeRuntime node, List<RecorderProtocol.Status> statuses)
    {
        Each("recorder_state", "gauge", "0 inactive, 1 recording, 2 paused.", status => (int)status.State - 1);
        Each("recorder_source_connected", "gauge", "1 while the source delivers.", status => status.Source == SourceStatus.Connected ? 1 : 0);
        Each("recorder_recorded_bytes", "gauge", "Bytes of the recording under way or the last one.", status => status.Bytes);
        Each("recorder_recorded_blobs", "gauge", "Blobs of the recording under way or the last one.", status => status.Blobs);
        Each("recorder_recorded_seconds", "gauge", "Media time of the recording under way or the last one.", status => status.Duration.TotalSeconds);
        Each("recorder_lost_packets", "gauge", "Packets that should have been recorded and were not.", status => status.LostPackets);
        Each("recorder_mailbox_messages", "gauge", "Messages that wait for the recorder.", status => MailboxOf(node, status.Recorder));

        void Each(string name, string type, string help, Func<RecorderProtocol.Status, double> value)
        {
            text.Begin(name, type, help);
            statuses.ForEach(status => text.Value(name, value(status), ("recorder", status.Recorder.Value)));
        }
    }

    private static void WriteNode(
        MetricsText text, NodeRuntime node, int recorders, List<RecorderProtocol.Status> statuses, EventReaders readers, ServeOptions options)
    {
        text.Begin("recorder_node_info", "gauge", "The node.");
        text.Value("recorder_node_info", 1, ("node", options.Node));
        text.Gauge("recorder_recorders", "Recorders that are defined.", recorders);
        text.Gauge("recorder_recorders_active", "Recorders that record or are paused.", statuses.Count(status => status.State > RecorderState.Inactive));
        text.Gauge("recorder_event_readers", "Readers of server-sent events.", readers.Count);
        var volumes = node.Runtime.Volumes;
        Volume("recorder_disk_writes_total", "counter", "Writes that were done.", volume => volume.Writes);
        Volume("recorder_disk_write_seconds_total", "counter", "What they took together.", volume => volume.Busy.TotalSeconds);
        Volume("recorder_disk_writes_waiting", "gauge", "Writes that wait.", volume => volume.Waiting);
        Volume("recorder_disk_write_running_seconds", "gauge", "How long the write under way has taken.", volume => volume.Running.TotalSeconds);
        var drive = new DriveInfo(options.DataFolder);
        text.Gauge("recorder_disk_free_bytes", "Bytes free on the volume of the data folder.", drive.AvailableFreeSpace);
        text.Gauge("process_resident_memory_bytes", "Memory of the process.", Environment.WorkingSet);
        text.Begin("process_cpu_seconds_total", "counter", "CPU time of the process.");
        text.Value("process_cpu_seconds_total", Environment.CpuUsage.TotalTime.TotalSeconds);
        text.Gauge("dotnet_gc_heap_bytes", "Managed memory.", GC.GetTotalMemory(false));
        text.Gauge("dotnet_threadpool_threads", "Threads of the pool.", ThreadPool.ThreadCount);
        text.Gauge("dotnet_threadpool_waiting", "Work that waits for a thread of the pool.", ThreadPool.PendingWorkItemCount);

        void Volume(string name, string type, string help, Func<Actors.Storage.VolumeStatistics, double> value)
        {
            text.Begin(name, type, help);
            foreach (var volume in volumes)
            {
                text.Value(name, value(volume), ("volume", volume.Name));
            }
        }
    }

    private static async Task WriteClusterAsync(MetricsText text, ClusterRuntime cluster, PeerLinks links)
    {
        var node = cluster.Node;
        text.Gauge("recorder_cluster_in_touch", "1 while the cluster's database answers.", node.IsInTouch ? 1 : 0);
        text.Gauge("recorder_cluster_trusted", "1 while no other node can own what this one does.", node.Tenures.AreTrusted ? 1 : 0);
        text.Gauge("recorder_cluster_epoch", "Rises with every join of this node.", node.Epoch);
        text.Gauge("recorder_cluster_owned", "Recorders that this node owns.", node.Tenures.Count);
        text.Begin("recorder_cluster_claims_total", "counter", "Recorders that this node took.");
        text.Value("recorder_cluster_claims_total", node.Claims);
        text.Begin("recorder_cluster_forwards_total", "counter", "Requests sent on to other nodes.");
        text.Value("recorder_cluster_forwards_total", links.Count);
        text.Begin("recorder_cluster_members", "gauge", "Nodes, by state.");
        foreach (var state in (node.View?.Members ?? []).GroupBy(member => NodeAnswer.Of(member).State))
        {
            text.Value("recorder_cluster_members", state.Count(), ("state", state.Key));
        }

        try
        {
            var lag = await cluster.Replicator.Ask<ReplicatorActor.Lag>(new ReplicatorActor.GetLag(), Shortly);
            text.Gauge("recorder_cluster_lag_events", "Events of this node that are not in the shared index.", lag.Events);
            text.Begin("recorder_cluster_late_total", "counter", "Events that came under a token that was another's by then.");
            text.Value("recorder_cluster_late_total", lag.Late);
        }
        catch (AskTimeoutException)
        {
            // The rest is there.
        }
    }

    private static int MailboxOf(NodeRuntime node, RecorderId recorder) =>
        node.Runtime.Recorders is ActorRefWithCell parent && parent.GetSingleChild(recorder.Value) is ActorRefWithCell { Underlying: { } cell }
            ? cell.NumberOfMessages
            : 0;

    private static async Task<CatalogueActor.Health?> HealthAsync(NodeRuntime node)
    {
        try
        {
            return await node.CatalogueActor.Ask<CatalogueActor.Health>(new CatalogueActor.GetHealth(), Shortly);
        }
        catch (AskTimeoutException)
        {
            return null;
        }
    }
}

/// <summary>Prometheus' text format.</summary>
internal sealed class MetricsText
{
    private readonly StringBuilder _text = new();

    /// <summary>Says what a metric is.</summary>
    public void Begin(string name, string type, string help) => _text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {help}\n# TYPE {name} {type}\n");

    /// <summary>A metric of one value.</summary>
    public void Gauge(string name, string help, double value)
    {
        Begin(name, "gauge", help);
        Value(name, value);
    }

    /// <summary>One value of a metric.</summary>
    public void Value(string name, double value, params ReadOnlySpan<(string Name, string Value)> labels)
    {
        _text.Append(name);
        for (var i = 0; i < labels.Length; i++)
        {
            _text.Append(CultureInfo.InvariantCulture, $"{(i == 0 ? '{' : ',')}{labels[i].Name}=\"{Escape(labels[i].Value)}\"");
        }

        _text.Append(CultureInfo.InvariantCulture, $"{(labels.IsEmpty ? "" : "}")} {value}\n");
    }

    public override string ToString() => _text.ToString();

    private static string Escape(string text) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
}
