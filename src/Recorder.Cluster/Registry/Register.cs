namespace Recorder.Cluster.Registry;

/// <summary>How often a register was changed, and by which node it was changed last.</summary>
internal readonly record struct RegisterVersion(long Counter, string Node);

/// <summary>
/// One value that several nodes may change while they cannot reach each other. Of two values the one that was changed more often wins; of two that were
/// changed as often at the same time, the greater one. The order is total, so nodes agree whatever
/// they hear first.
/// </summary>
internal sealed record Register<T>(T Value, RegisterVersion Version)
    where T : notnull
{
    public Register<T> Change(T value, string node) => new(value, new RegisterVersion(Version.Counter + 1, node));

    /// <summary>Merges what another node has.</summary>
    /// <returns>The value that wins, and whether two nodes had changed it at the same time to different values.</returns>
    public (Register<T> Merged, bool IsConflict) MergeWith(Register<T> other)
    {
        if (Version.Counter != other.Version.Counter)
            return (Version.Counter > other.Version.Counter ? this : other, false);

        var order = Comparer<T>.Default.Compare(Value, other.Value);
        if (order == 0)
            return (string.CompareOrdinal(Version.Node, other.Version.Node) >= 0 ? this : other, false);

        return (order > 0 ? this : other, true);
    }
}
