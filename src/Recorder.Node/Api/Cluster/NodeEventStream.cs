using System.Threading.Channels;
using Recorder.Cluster.Nodes;
using Recorder.Cluster.Runtime;

namespace Recorder.Node.Api;

/// <summary>
/// What becomes of the nodes of a cluster, as server-sent events: first each as it is (<c>node</c>), then <c>joined</c>, <c>draining</c>,
/// <c>resumed</c>, <c>died</c>, <c>returned</c> and <c>left</c>, each with the node.
/// </summary>
internal sealed class NodeEventStream(HttpResponse response, TimeSpan timeout, TimeProvider time)
{
    private const int MostUnread = 1_000;

    private readonly ServerSentEvents _events = new(response, timeout, time);

    /// <summary>Writes until the reader goes, stalls, or the node ends.</summary>
    /// <exception cref="TimeoutException">The reader takes nothing.</exception>
    public async Task RunAsync(IReadOnlyList<NodeAnswer> only, ClusterRuntime? cluster, CancellationToken cancellationToken)
    {
        // Whoever reads too slowly misses some and finds them in GET /v1/nodes.
        var unread = Channel.CreateBounded<(string Kind, NodeAnswer Node)>(MostUnread);
        using var subscription = cluster?.Watch.Subscribe(
            changed => unread.Writer.TryWrite((changed.Change.ToString().ToLowerInvariant(), NodeAnswer.Of(changed.Member))));
        foreach (var node in only.Concat(cluster?.View.Members.Select(NodeAnswer.Of) ?? []))
            unread.Writer.TryWrite(("node", node));

        await _events.BeginAsync(cancellationToken);
        while (!cancellationToken.IsCancellationRequested)
            await ReadAsync(unread.Reader, cancellationToken);
    }

    private async Task ReadAsync(ChannelReader<(string Kind, NodeAnswer Node)> unread, CancellationToken cancellationToken)
    {
        try
        {
            await unread.WaitToReadAsync(cancellationToken).AsTask().WaitAsync(EventStream.Heartbeat, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            await _events.WriteAsync(": still here\n\n", cancellationToken);
        }

        while (unread.TryRead(out var next))
            await _events.BufferAsync($"event: {next.Kind}\ndata: {JsonSerializer.Serialize(next.Node, ApiJsonContext.Default.NodeAnswer)}\n\n", cancellationToken);

        await _events.FlushAsync(cancellationToken);
    }
}
