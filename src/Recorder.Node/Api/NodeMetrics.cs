using System.Diagnostics.Metrics;
using Recorder.Actors;
using Recorder.Actors.Catalogue;
using Recorder.Cluster.Nodes;
using Recorder.Cluster.Runtime;
using Recorder.Actors.Storage;

namespace Recorder.Node.Api;

/// <summary>The node's state as observable instruments of its meter, which <c>/metrics</c> and OTLP both read. What has to be
/// asked for is as it was at the last <see cref="RefreshAsync"/>. Labels are recorder ids, volumes and states, so that no caller
/// can make their number grow.</summary>
internal sealed class NodeMetrics
{
    private static readonly TimeSpan AskTimeout = TimeSpan.FromSeconds(2);

    private readonly Meter _meter;
    private readonly NodeRuntime _node;
    private readonly RegistryClient _client;
    private Snapshot _snapshot = new(0, [], null, null);

    public NodeMetrics(Meter meter, NodeRuntime node, RegistryClient client, EventReaders readers, PeerLinks links, ServeOptions options)
    {
        (_meter, _node, _client) = (meter, node, client);
        AddRecorders();
        Gauge("recorder_node_info", "The node.", () => [Labelled(1, "node", options.Node)]);
        Gauge("recorder_recorders", "Recorders that are defined.", () => _snapshot.Recorders);
        Gauge("recorder_recorders_active", "Recorders that record or are paused.",
            () => _snapshot.Statuses.Count(status => status.State > RecorderState.Inactive));
        Gauge("recorder_event_readers", "Readers of server-sent events.", () => readers.Count);
        AddVolumes();
        Gauge("recorder_disk_free_bytes", "Bytes free on the volume of the data folder.",
            () => new DriveInfo(options.DataFolder).AvailableFreeSpace);
        AddProcess();
        Gauge("recorder_catalogue_writing", "1 while the catalogue takes events.", () => _snapshot.Catalogue is { } health ? Flag(health.IsWriting) : null);
        Gauge("recorder_catalogue_waiting", "Events that are not in the catalogue yet.", () => _snapshot.Catalogue?.Waiting);
        Gauge("recorder_clock_trusted", "1 while the node goes by its system clock; 0: it jumped, and nothing is removed by age.",
            () => Flag(node.Clock.ReadClocks().IsTrusted));
        Gauge("recorder_clock_offset_seconds", "How far the system clock is ahead of the time that the node has counted.",
            () => node.Clock.ReadClocks().Offset.TotalSeconds);
        if (node.Joined is { } cluster)
            AddCluster(cluster, links);
    }

    public async Task RefreshAsync()
    {
        var recorders = await _client.ListHereAsync();
        var statuses = await Task.WhenAll(recorders.Select(recorder => _client.StatusAsync(recorder.Id)));
        _snapshot = new Snapshot(
            recorders.Count, [.. statuses.OfType<RecorderProtocol.Status>()],
            await AskAsync<CatalogueActor.Health>(_node.CatalogueActor, new CatalogueActor.GetHealth()),
            _node.Joined is { } cluster ? await cluster.MeasureLagAsync() : null);
    }

    private void AddRecorders()
    {
        Each("recorder_state", "0 inactive, 1 recording, 2 paused.", status => (int)status.State - 1);
        Each("recorder_source_connected", "1 while the source delivers.", status => Flag(status.Source == SourceStatus.Connected));
        Each("recorder_recorded_bytes", "Bytes of the recording under way or the last one.", status => status.Bytes);
        Each("recorder_recorded_blobs", "Blobs of the recording under way or the last one.", status => status.Blobs);
        Each("recorder_recorded_seconds", "Media time of the recording under way or the last one.", status => status.Duration.TotalSeconds);
        Each("recorder_lost_packets", "Packets that should have been recorded and were not.", status => status.LostPackets);
        Each("recorder_mailbox_messages", "Messages that wait for the recorder.", status => MailboxOf(status.Recorder));

        void Each(string name, string help, Func<RecorderProtocol.Status, double> value) =>
            Gauge(name, help, () => _snapshot.Statuses.Select(status => Labelled(value(status), "recorder", status.Recorder.Value)));
    }

    private void AddVolumes()
    {
        Counter("recorder_disk_writes_total", "Writes that were done.", Of(volume => volume.Writes));
        Counter("recorder_disk_write_seconds_total", "Total time of all writes.", Of(volume => volume.Busy.TotalSeconds));
        Gauge("recorder_disk_writes_waiting", "Writes that wait.", Of(volume => volume.Waiting));
        Gauge("recorder_disk_write_running_seconds", "How long the write under way has taken.", Of(volume => volume.Running.TotalSeconds));

        Func<IEnumerable<Measurement<double>>> Of(Func<VolumeStatistics, double> value) =>
            () => _node.Runtime.Volumes.Select(volume => Labelled(value(volume), "volume", volume.Name));
    }

    private void AddProcess()
    {
        Gauge("process_resident_memory_bytes", "Memory of the process.", () => Environment.WorkingSet);
        Counter("process_cpu_seconds_total", "CPU time of the process.", () => [new(Environment.CpuUsage.TotalTime.TotalSeconds)]);
        Gauge("dotnet_gc_heap_bytes", "Managed memory.", () => GC.GetTotalMemory(false));
        Gauge("dotnet_threadpool_threads", "Threads of the pool.", () => ThreadPool.ThreadCount);
        Gauge("dotnet_threadpool_waiting", "Work that waits for a thread of the pool.", () => ThreadPool.PendingWorkItemCount);
    }

    private void AddCluster(ClusterRuntime cluster, PeerLinks links)
    {
        Gauge("recorder_cluster_in_touch", "1 while this node is part of a formation of the cluster.", () => Flag(cluster.View.IsInFormation));
        Gauge("recorder_cluster_epoch", "How often this node has started.", () => cluster.Node.Card.Run);
        Gauge("recorder_cluster_owned", "Recorders that this node holds.", () => cluster.View.HeldCount);
        Counter("recorder_cluster_claims_total", "Recorders that this node took.", () => [new(cluster.Node.Claims)]);
        Counter("recorder_cluster_hand_overs_total", "Recorders that another node handed over to this one.", () => [new(cluster.HandOvers)]);
        Counter("recorder_cluster_take_overs_total", "Recorders that this node took from one that could not hand them over.", () => [new(cluster.TakeOvers)]);
        Counter("recorder_cluster_restarts_total", "How often the control plane of this node ended and started again.", () => [new(cluster.Restarts)]);
        Gauge("recorder_cluster_followed", "1 while this node follows the journal of another, by node.", () => cluster.Followed
            .Select(other => Labelled(Flag(other.IsFollowed), "node", other.Node)));
        Counter("recorder_cluster_forwards_total", "Requests sent on to other nodes.", () => [new(links.Count)]);
        Gauge("recorder_cluster_members", "Nodes, by state.", () => cluster.View.Members.GroupBy(member => member.State)
            .Select(state => Labelled(state.Count(), "state", state.Key)));
        Gauge("recorder_cluster_lag_events", "Events of this node that are not in its index of the cluster.", () => _snapshot.Lag);
    }

    private void Gauge(string name, string help, Func<double?> value) =>
        Gauge(name, help, () => value() is { } known ? [new Measurement<double>(known)] : []);

    private void Gauge(string name, string help, Func<IEnumerable<Measurement<double>>> values) =>
        _meter.CreateObservableGauge(name, values, null, help);

    private void Counter(string name, string help, Func<IEnumerable<Measurement<double>>> values) =>
        _meter.CreateObservableCounter(name, values, null, help);

    private static Measurement<double> Labelled(double value, string name, string label) => new(value, new KeyValuePair<string, object?>(name, label));

    private static double Flag(bool value) => value ? 1 : 0;

    private int MailboxOf(RecorderId recorder) =>
        _node.Runtime.Recorders is ActorRefWithCell parent && parent.GetSingleChild(recorder.Value) is ActorRefWithCell { Underlying: { } cell }
            ? cell.NumberOfMessages
            : 0;

    private static async Task<T?> AskAsync<T>(IActorRef actor, object question)
        where T : class
    {
        try
        {
            return await actor.Ask<T>(question, AskTimeout);
        }
        catch (AskTimeoutException)
        {
            return null;
        }
    }

    private sealed record Snapshot(
        int Recorders, IReadOnlyList<RecorderProtocol.Status> Statuses, CatalogueActor.Health? Catalogue, long? Lag);
}
