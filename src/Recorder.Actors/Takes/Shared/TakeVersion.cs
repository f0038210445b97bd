using Recorder.Contracts;

namespace Recorder.Actors.Takes;

/// <summary>How new a copy of a take is: by its tenure, then by how often it was stored under it. Two sides of a partition can claim one term; then the node's name decides.</summary>
internal readonly record struct TakeVersion(long Term, string Node, long Revision) : IComparable<TakeVersion>
{
    public static bool operator <(TakeVersion left, TakeVersion right) => left.CompareTo(right) < 0;

    public static bool operator >(TakeVersion left, TakeVersion right) => left.CompareTo(right) > 0;

    public static bool operator <=(TakeVersion left, TakeVersion right) => left.CompareTo(right) <= 0;

    public static bool operator >=(TakeVersion left, TakeVersion right) => left.CompareTo(right) >= 0;

    public static TakeVersion Of(Take take) => new(take.Tenure?.Term ?? 0, take.Tenure?.Node ?? "", take.Revision);

    public int CompareTo(TakeVersion other) =>
        Term != other.Term ? Term.CompareTo(other.Term)
            : string.CompareOrdinal(Node, other.Node) is not 0 and var byName ? byName
            : Revision.CompareTo(other.Revision);
}
