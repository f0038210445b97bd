using Recorder.Cluster.Tenures;

namespace Recorder.Cluster.Events;

/// <summary>The number of a recorder's event: compared by tenure, then by number, which rises within a tenure.</summary>
internal readonly record struct EventNumber(Tenure Tenure, long Number) : IComparable<EventNumber>
{
    public static bool operator <(EventNumber left, EventNumber right) => left.CompareTo(right) < 0;

    public static bool operator >(EventNumber left, EventNumber right) => left.CompareTo(right) > 0;

    public static bool operator <=(EventNumber left, EventNumber right) => left.CompareTo(right) <= 0;

    public static bool operator >=(EventNumber left, EventNumber right) => left.CompareTo(right) >= 0;

    public int CompareTo(EventNumber other) =>
        Tenure != other.Tenure ? Tenure.CompareTo(other.Tenure) : Number.CompareTo(other.Number);

    public override string ToString() => $"{Tenure}#{Number}";
}

/// <summary>Consecutive events of one tenure.</summary>
internal readonly record struct EventRange(Tenure Tenure, long From, long To)
{
    public bool Contains(EventNumber number) => number.Tenure == Tenure && number.Number >= From && number.Number <= To;
}

/// <summary>An event as the cluster orders it.</summary>
/// <param name="Content">The event itself, which the order does not look at.</param>
/// <param name="After">
/// Of a tenure's first event: the last event before it, which ends what counts of the tenures before. Null for a recorder's very first event.
/// </param>
/// <param name="IsCertain">Whether the holder before said itself that <paramref name="After"/> was its last event.</param>
/// <param name="Late">Of a LateMedia event: the events that its holder raised when another had taken over, and that have no place in the order.</param>
internal sealed record OrderedEvent(
    EventNumber Number, string Content, EventNumber? After = null, bool IsCertain = true, EventRange? Late = null);

/// <summary>What a subscriber is told next.</summary>
/// <param name="Event">The event; null when there is none now.</param>
/// <param name="Missed">
/// Events that it is never told, because they stand before one that it was told: it followed the side of a partition whose events do not count.
/// </param>
/// <param name="IsLost">
/// Whether this node does not know the event that the subscriber was told last. If that lasts, the event was lost with the folder of the node that
/// raised it, and the subscriber is told where to go on.
/// </param>
internal readonly record struct SubscriberStep(OrderedEvent? Event, IReadOnlyList<EventRange> Missed, bool IsLost = false);
