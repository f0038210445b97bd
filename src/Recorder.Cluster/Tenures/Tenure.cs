using System.Globalization;

namespace Recorder.Cluster.Tenures;

/// <summary>
/// A node's ownership of a recorder. Of two tenures the higher goes on. Term decides; two sides of a partition can claim the same term, and then
/// the node's name and its start id do.
/// </summary>
/// <param name="Term">Rises with each claim: one more than the highest that the claiming node knows. It is the epoch of what is recorded.</param>
internal readonly record struct Tenure(long Term, string Node, StartId Start) : IComparable<Tenure>
{
    public static bool operator <(Tenure left, Tenure right) => left.CompareTo(right) < 0;

    public static bool operator >(Tenure left, Tenure right) => left.CompareTo(right) > 0;

    public static bool operator <=(Tenure left, Tenure right) => left.CompareTo(right) <= 0;

    public static bool operator >=(Tenure left, Tenure right) => left.CompareTo(right) >= 0;

    public int CompareTo(Tenure other) =>
        Term != other.Term ? Term.CompareTo(other.Term)
            : string.CompareOrdinal(Node, other.Node) is not 0 and var byName ? byName
            : Start.CompareTo(other.Start);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Term}/{Node}/{Start}");
}

/// <summary>How far a tenure has come. Values only rise, so that reports of one tenure merge by the maximum, in whatever order they arrive.</summary>
internal enum TenureStatus
{
    Unknown = 0,

    /// <summary>Stored durably; nothing is recorded under it yet.</summary>
    Claimed = 1,

    /// <summary>Its first fragment is stored: the holder before it ends its recording.</summary>
    Confirmed = 2,

    /// <summary>It lapsed unconfirmed, was superseded, or its recorder was stopped.</summary>
    Ended = 3,
}

/// <summary>What one node tells of one of its tenures.</summary>
/// <param name="LastEvent">The number of the last event raised under the tenure; null until it has ended.</param>
internal sealed record TenureReport(Tenure Tenure, TenureStatus Status, long? LastEvent = null)
{
    public TenureReport MergeWith(TenureReport other) =>
        new(Tenure, Status > other.Status ? Status : other.Status, LastEvent ?? other.LastEvent);
}

/// <summary>What a living holder says of itself at least once a second.</summary>
/// <param name="IsStoring">Whether its last fragment was stored a moment ago; false for a holder that lost its camera or its disk.</param>
internal sealed record HolderReport(Tenure Tenure, bool IsConfirmed, bool IsStoring);
