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

    /// <summary>Its first fragment is stored, or it is ready: the holder before it ends.</summary>
    Confirmed = 2,

    /// <summary>It lapsed unconfirmed, was superseded, or its recorder was deleted.</summary>
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
/// <param name="IsStoring">
/// Whether it does what its recorder is to do: its last fragment was stored a moment ago, or it is ready. False for a holder that lost its camera or its disk.
/// </param>
/// <param name="IsIdle">Whether its recorder is to record nothing at the moment, as far as its node knows, so that it is ready instead of storing.</param>
internal sealed record HolderReport(Tenure Tenure, bool IsConfirmed, bool IsStoring, bool IsIdle = false)
{
    /// <summary>
    /// Whether this holder goes on, and answers for the recorder, while both live. Whoever stores comes first, then whoever has stored. Of claims that
    /// never stored anything the lowest goes on: nodes that are tried one after the other do not take an absent camera from each other.
    /// </summary>
    public bool GoesBefore(HolderReport other) =>
        IsStoring != other.IsStoring ? IsStoring
            : IsConfirmed != other.IsConfirmed ? IsConfirmed
            : IsConfirmed ? Tenure > other.Tenure : Tenure < other.Tenure;
}
