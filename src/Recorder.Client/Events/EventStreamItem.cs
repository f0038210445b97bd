using Recorder.Contracts;

namespace Recorder.Client;

/// <summary>What a reader of events gets: <see cref="EventReceived"/>, <see cref="EventsLost"/> or <see cref="PositionReached"/>.</summary>
/// <param name="Position">How far the reader is with this item. Continue from here to get what follows it.</param>
public abstract record EventStreamItem(EventPosition Position);

/// <summary>An event. Each comes once, and those of a recorder in the order of their numbers.</summary>
/// <param name="Event">The event.</param>
/// <param name="Position">How far the reader is with this event.</param>
public sealed record EventReceived(RecorderProtocol.IEvent Event, EventPosition Position) : EventStreamItem(Position);

/// <summary>
/// Events before the next are missing: their node has removed them from its journal, or lost it. Ask for the recorders' status,
/// and look at <c>/v1/recordings</c> for what was recorded.
/// </summary>
/// <param name="Node">The node whose events are missing; "" for a node on its own.</param>
/// <param name="Position">How far the reader is: behind what is missing.</param>
public sealed record EventsLost(string Node, EventPosition Position) : EventStreamItem(Position)
{
    /// <summary>The number, in the node's journal, of the first event that is missing; 0 when it is not known.</summary>
    public long From { get; init; }

    /// <summary>The number of the last event that is missing; 0 when it is not known.</summary>
    public long To { get; init; }
}

/// <summary>
/// No event: the reader is connected, or events that it did not select went by. A reader that persists its position persists
/// this one too, so that its node still has what follows when the reader returns.
/// </summary>
/// <param name="Position">How far the reader is.</param>
public sealed record PositionReached(EventPosition Position) : EventStreamItem(Position);
