using Akka.Event;

namespace Recorder.Client;

/// <summary>
/// Reads events for an actor, outside of it, and never more than it has granted: the rest waits at the node. Messages name their
/// feed, so that the actor recognises those of one that it has ended.
/// </summary>
internal sealed class EventFeed : IDisposable
{
    private readonly CancellationTokenSource _ending = new();
    private readonly SemaphoreSlim _granted;

    private EventFeed(int granted) => _granted = new SemaphoreSlim(granted);

    /// <summary>Begins to read. The actor gets <see cref="Connected"/>, <see cref="Item"/> and at the end <see cref="Failed"/>.</summary>
    public static EventFeed Start(RecorderHttpClient client, EventSelection selection, EventPosition? from, int granted, IActorRef actor, ILoggingAdapter log)
    {
        var feed = new EventFeed(granted);
        var reader = client.Reader(
            selection,
            node =>
            {
                log.Info("Reading events from {0}", node.Authority);
                actor.Tell(new Connected(feed), ActorRefs.NoSender);
            },
            (node, reason) => log.Warning("The connection for events to {0} ended: {1}", node.Authority, reason));
        _ = feed.RunAsync(reader, from, actor);
        return feed;
    }

    /// <summary>The actor can take so many items more.</summary>
    public void Grant(int items) => _granted.Release(items);

    public void Dispose() => _ending.Cancel();

    private async Task RunAsync(EventReader reader, EventPosition? from, IActorRef actor)
    {
        try
        {
            await foreach (var item in reader.ReadAsync(from, _ending.Token).ConfigureAwait(false))
            {
                await _granted.WaitAsync(_ending.Token).ConfigureAwait(false);
                actor.Tell(new Item(this, item), ActorRefs.NoSender);
            }
        }
        catch (OperationCanceledException) when (_ending.IsCancellationRequested)
        {
            // The actor ended it.
        }
#pragma warning disable CA1031 // Whatever it is, the subscribers must hear of it.
        catch (Exception failed)
#pragma warning restore CA1031
        {
            actor.Tell(new Failed(this, failed), ActorRefs.NoSender);
        }
    }

    internal sealed record Connected(EventFeed Feed);

    internal sealed record Item(EventFeed Feed, EventStreamItem Content);

    internal sealed record Failed(EventFeed Feed, Exception Reason);
}
