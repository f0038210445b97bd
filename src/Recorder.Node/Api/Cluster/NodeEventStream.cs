using System.Threading.Channels;
using Recorder.Cluster.Nodes;
using Recorder.Cluster.Runtime;

namespace Recorder.Node.Api;

/// <summary>
/// What becomes of the nodes of a cluster, as server-sent events: first each as it is (<c>node</c>), then <c>joined</c>, <c>draining</c>,
/// <c>resumed</c>, <c>died</c>, <c>returned</c> and <c>left</c>, each with the node.
/// </summary>
internal sealed class NodeEventStream(HttpResponse response, TimeProvider time)
{
    private const int MostUnread = 1_000;

    /// <summary>Writes until the reader goes, stalls, or the node ends.</summary>
    /// <exception cref="TimeoutException">The reader takes nothing.</exception>
    public async Task RunAsync(IReadOnlyList<NodeAnswer> only, ClusterRuntime? cluster, TimeSpan timeout, CancellationToken ending)
    {
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-store";
        response.Headers["X-Accel-Buffering"] = "no";
        // Whoever reads too slowly misses some and finds them in GET /v1/nodes.
        var unread = Channel.CreateBounded<(string Kind, NodeAnswer Node)>(MostUnread);
        using var subscription = cluster?.Watch.Subscribe(
            changed => unread.Writer.TryWrite((changed.Change.ToString().ToLowerInvariant(), NodeAnswer.Of(changed.Member))));
        foreach (var node in only.Concat(cluster?.View.Members.Select(NodeAnswer.Of) ?? []))
            unread.Writer.TryWrite(("node", node));

        await WriteAsync(": recorder\nretry: 2000\n\n", timeout, ending);
        while (!ending.IsCancellationRequested)
            await ReadAsync(unread.Reader, timeout, ending);
    }

    private async Task ReadAsync(ChannelReader<(string Kind, NodeAnswer Node)> unread, TimeSpan timeout, CancellationToken ending)
    {
        try
        {
            await unread.WaitToReadAsync(ending).AsTask().WaitAsync(EventStream.Heartbeat, time, ending);
            while (unread.TryRead(out var next))
            {
                await WriteAsync($"event: {next.Kind}\ndata: {JsonSerializer.Serialize(next.Node, ApiJsonContext.Default.NodeAnswer)}\n\n", timeout, ending);
            }
        }
        catch (TimeoutException) when (!ending.IsCancellationRequested)
        {
            await WriteAsync(": still here\n\n", timeout, ending);
        }
    }

    private async Task WriteAsync(string text, TimeSpan timeout, CancellationToken ending)
    {
        await response.WriteAsync(text, ending);
        await response.Body.FlushAsync(ending).WaitAsync(timeout, time, ending);
    }
}
