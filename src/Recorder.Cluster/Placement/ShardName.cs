using System.Globalization;

namespace Recorder.Cluster.Placement;

/// <summary>
/// A group of recorders that are placed together: those of one place and one of 64 parts of their ids. The coordinator knows only names, so the
/// place in the name tells which nodes may have the shard.
/// </summary>
/// <param name="Place">The labels that the recorders require of a node, as <c>name:value</c> with commas between; "" for none.</param>
internal readonly record struct ShardName(string Place, int Part)
{
    public const int PartsPerPlace = 64;

    public static ShardName Of(string recorder, string place)
    {
        // FNV-1a: string.GetHashCode differs between processes, and every node must find the same shard.
        var hash = 2166136261u;
        foreach (var letter in recorder)
            hash = (hash ^ letter) * 16777619;

        return new ShardName(place, (int)(hash % PartsPerPlace));
    }

    public static ShardName Parse(string name)
    {
        var slash = name.LastIndexOf('/');
        return new ShardName(name[..slash], int.Parse(name.AsSpan(slash + 1), CultureInfo.InvariantCulture));
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Place}/{Part}");
}
