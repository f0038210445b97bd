namespace Recorder.Client;

/// <summary>
/// Subscriptions with acknowledged positions. A subscriber gets <see cref="EventReceived"/>, <see cref="EventsLost"/> and
/// <see cref="PositionReached"/>, each with the position to continue from. It processes the item, persists the position if it is to
/// continue after a restart, and acknowledges.
/// </summary>
public static class SubscriptionProtocol
{
    /// <summary>
    /// Subscribes the sender; a subscription of this kind that it has already is replaced. Answered with
    /// <see cref="Contracts.EventsProtocol.Subscribed"/> once a node sends events, or with Akka's <c>Status.Failure</c> when every
    /// node refuses. Ended by <see cref="Contracts.EventsProtocol.Unsubscribe"/>, or when the subscriber terminates.
    /// </summary>
    /// <param name="Position">The position of the last item that the subscriber processed; null begins with what comes.</param>
    /// <param name="Selection">Which events; null for all.</param>
    public sealed record SubscribeFrom(EventPosition? Position = null, EventSelection? Selection = null)
    {
        /// <summary>
        /// How many items the subscriber is sent before it must acknowledge; at least 1. Default: 100. The rest waits on the nodes.
        /// </summary>
        public int MostUnacknowledged { get; init; } = 100;
    }

    /// <summary>The sender has processed the item with this position, and all before it. There is no answer.</summary>
    /// <param name="Position">The position of an <see cref="EventReceived"/> or <see cref="EventsLost"/>.</param>
    public sealed record Acknowledged(EventPosition Position);
}
