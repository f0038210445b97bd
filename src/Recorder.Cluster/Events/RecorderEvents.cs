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
internal readonly record struct EventRange(Tenure Tenure, long From, long To);
