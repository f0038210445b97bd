using System.Text.Json.Serialization;

namespace Recorder.Contracts;

/// <summary>What all events have in a cluster, where a recorder's events come from several nodes.</summary>
public abstract record RaisedEvent
{
    /// <summary>
    /// The tenure under which the event was raised. An event's number is its tenure and its sequence, compared in that order: the two sides of a
    /// partition use no number twice. Null on a single node; absent in JSON then.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public EventTenure? Tenure { get; init; }

    /// <summary>
    /// Of a tenure's first event: the last event before it. What an earlier holder raised after that one has no place in the order, and is summed up in a
    /// <see cref="RecorderProtocol.LateMedia"/> event. Null, and absent in JSON, for all other events.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public EventBefore? Before { get; init; }
}

/// <summary>
/// A node's ownership of a recorder. Tenures are compared by term, then by node, then by start id: the two sides of a partition can use the same term.
/// </summary>
/// <param name="Term">Rises whenever a node takes the recorder.</param>
/// <param name="Node">The node.</param>
/// <param name="Start">The start id of the node's process: 16 hexadecimal digits.</param>
public sealed record EventTenure(long Term, string Node, string Start) : IComparable<EventTenure>
{
    /// <summary>Whether one tenure comes before another.</summary>
    public static bool operator <(EventTenure left, EventTenure right) => left.CompareTo(right) < 0;

    /// <summary>Whether one tenure comes after another.</summary>
    public static bool operator >(EventTenure left, EventTenure right) => left.CompareTo(right) > 0;

    /// <summary>Whether one tenure does not come after another.</summary>
    public static bool operator <=(EventTenure left, EventTenure right) => left.CompareTo(right) <= 0;

    /// <summary>Whether one tenure does not come before another.</summary>
    public static bool operator >=(EventTenure left, EventTenure right) => left.CompareTo(right) >= 0;

    /// <inheritdoc/>
    public int CompareTo(EventTenure? other) =>
        other is null ? 1
            : Term != other.Term ? Term.CompareTo(other.Term)
            : string.CompareOrdinal(Node, other.Node) is not 0 and var byNode ? byNode
            : string.CompareOrdinal(Start, other.Start);
}

/// <summary>The event after which a tenure's first event comes.</summary>
/// <param name="Tenure">Its tenure; null for an event that was raised before events had tenures.</param>
/// <param name="Sequence">Its number within the tenure.</param>
/// <param name="IsCertain">
/// Whether the holder before said itself that this was its last event. If not, the holder could not be asked, and may have raised more.
/// </param>
public sealed record EventBefore(EventTenure? Tenure, long Sequence, bool IsCertain);
