namespace Recorder.Contracts;

/// <summary>Messages that subscribe an actor to recorders' events. Send them to the event mediator.</summary>
public static class EventsProtocol
{
    /// <summary>
    /// Subscribes the sender to events. Answered with <see cref="Subscribed"/>, or with <see cref="RecorderProtocol.Refused"/>
    /// when <see cref="MustExist"/> is not met.
    /// </summary>
    /// <param name="Recorder">Only events of this recorder; null for all recorders.</param>
    /// <param name="Kind">Only events of this type or interface; null for every type.</param>
    public sealed record Subscribe(RecorderId? Recorder = null, Type? Kind = null)
    {
        /// <summary>
        /// Only events of recorders that have this label, written <c>NAME</c> or <c>NAME:VALUE</c>; null for all recorders.
        /// </summary>
        public string? Label { get; init; }

        /// <summary>
        /// Whether <see cref="Recorder"/> must exist on this node now; otherwise the subscription is refused. False, the
        /// default, also subscribes to a recorder that is created later, and misses none of its events.
        /// </summary>
        public bool MustExist { get; init; }
    }

    /// <summary>Ends every subscription of the sender. Answered with <see cref="Unsubscribed"/>.</summary>
    public sealed record Unsubscribe;

    /// <summary>The sender is subscribed: every event that is raised after this answer reaches it.</summary>
    public sealed record Subscribed;

    /// <summary>
    /// Events are gone that a subscriber has not had: their node has removed them from its journal, or lost it. What follows comes after
    /// them. Ask for the status of the recorders, and look at their recordings for what was recorded.
    /// </summary>
    /// <param name="Node">The node in whose journal they were; "" for a node on its own.</param>
    /// <param name="From">The number, in that journal, of the first that is gone; 0 when it is not known.</param>
    /// <param name="To">The number of the last; 0 when it is not known. The subscriber goes on after it.</param>
    /// <param name="Recorder">The recorder to which the subscription is limited; null for all recorders.</param>
    public sealed record Lagged(string Node, long From, long To, RecorderId? Recorder = null);

    /// <summary>The sender is no longer subscribed: no event reaches it after this answer.</summary>
    public sealed record Unsubscribed;
}
