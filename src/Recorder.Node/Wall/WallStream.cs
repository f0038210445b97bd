using System.Text;
using Recorder.Node.Api;
using Recorder.Node.Security;

namespace Recorder.Node.Wall;

/// <summary>The tiles that a viewer asked for and may see.</summary>
/// <param name="Node">Only those of this node; null for all.</param>
internal sealed record WallFilter(Access Access, IReadOnlyList<string> Labels, RecorderState? State, string? Name, string? Node)
{
    public bool Passes(WallTile tile) =>
        Access.MaySee(tile.Id) && (State is null || tile.State == State) && (Node is null || tile.Node == Node)
        && Labels.All(label => RecorderList.Matches(tile.Labels, label))
        && (Name is null || tile.Id.Value.Contains(Name, StringComparison.OrdinalIgnoreCase) || tile.Name?.Contains(Name, StringComparison.OrdinalIgnoreCase) == true);
}

/// <summary>The wall of one viewer as server-sent events: <c>wall</c> with all tiles, then <c>tiles</c> with those that changed.</summary>
/// <param name="isOver">Whether the viewer's key was removed, or has expired.</param>
internal sealed class WallStream(HttpResponse response, WallFeed feed, WallFilter filter, Func<bool> isOver, TimeSpan timeout, TimeProvider time)
{
    public const string Whole = "wall";
    public const string Changed = "tiles";

    // How often another node hears that this one is there.
    private static readonly TimeSpan PeerBeat = TimeSpan.FromSeconds(2);

    private readonly ServerSentEvents _events = new(response, timeout, time);
    private readonly HashSet<RecorderId> _shown = [];

    /// <summary>Writes until the viewer goes or the node ends.</summary>
    /// <exception cref="TimeoutException">The viewer takes nothing.</exception>
    public async Task RunAsync(WallSubscription subscription, CancellationToken cancellationToken)
    {
        await _events.BeginAsync(cancellationToken);
        await WriteAllAsync(subscription, cancellationToken);
        var beat = filter.Node is null ? EventStream.Heartbeat : PeerBeat;
        Task<bool>? waiting = null;
        while (!isOver())
        {
            try
            {
                // One that waits is kept over the beats.
                waiting ??= subscription.Changes.WaitToReadAsync(cancellationToken).AsTask();
                await waiting.WaitAsync(beat, time, cancellationToken);
                waiting = null;
            }
            catch (TimeoutException)
            {
                await _events.WriteAsync(filter.Node is null ? ": still here\n\n" : $"event: {Changed}\ndata: {{\"tiles\":[],\"gone\":[]}}\n\n", cancellationToken);
                continue;
            }

            if (subscription.IsBehind)
                await WriteAllAsync(subscription, cancellationToken);
            else
                await WriteChangesAsync(subscription, cancellationToken);
        }
    }

    private async Task WriteAllAsync(WallSubscription subscription, CancellationToken cancellationToken)
    {
        var frames = feed.Read(subscription).Where(frame => filter.Passes(frame.Tile)).ToList();
        _shown.Clear();
        _shown.UnionWith(frames.Select(frame => frame.Tile.Id));
        var now = JsonSerializer.Serialize(time.GetUtcNow(), WallJson.Plain.DateTimeOffset);
        await _events.BufferAsync($"event: {Whole}\ndata: {{\"time\":{now},\"tiles\":[", cancellationToken);
        await WriteAsync(frames, cancellationToken);
        await _events.BufferAsync("]}\n\n", cancellationToken);
        await _events.FlushAsync(cancellationToken);
    }

    private async Task WriteChangesAsync(WallSubscription subscription, CancellationToken cancellationToken)
    {
        // What changed several times while the viewer was slow is told once.
        var latest = new Dictionary<RecorderId, TileFrame?>();
        while (subscription.Changes.TryRead(out var change))
        {
            foreach (var frame in change.Tiles)
                latest[frame.Tile.Id] = filter.Passes(frame.Tile) ? frame : null;

            foreach (var recorder in change.Gone)
                latest[recorder] = null;
        }

        var frames = latest.Values.OfType<TileFrame>().ToList();
        var gone = latest.Where(entry => entry.Value is null && _shown.Remove(entry.Key)).Select(entry => entry.Key).ToList();
        if (frames.Count + gone.Count == 0)
            return;

        _shown.UnionWith(frames.Select(frame => frame.Tile.Id));
        await _events.BufferAsync($"event: {Changed}\ndata: {{\"tiles\":[", cancellationToken);
        await WriteAsync(frames, cancellationToken);
        // The characters of an id need no escapes.
        await _events.BufferAsync($"],\"gone\":[{string.Join(',', gone.Select(recorder => $"\"{recorder}\""))}]}}\n\n", cancellationToken);
        await _events.FlushAsync(cancellationToken);
    }

    private async Task WriteAsync(List<TileFrame> frames, CancellationToken cancellationToken)
    {
        for (var i = 0; i < frames.Count; i++)
        {
            if (i > 0)
                await _events.BufferAsync(",", cancellationToken);

            await _events.BufferAsync(frames[i].Json, cancellationToken);
        }
    }
}
