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

    /// <summary>The sender is no longer subscribed: no event reaches it after this answer.</summary>
    public sealed record Unsubscribed;
}
