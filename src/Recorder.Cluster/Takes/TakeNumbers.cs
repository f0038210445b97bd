namespace Recorder.Cluster.Takes;

/// <summary>Which numbers of takes a node may use while it cannot ask all others: blocks of its own, so that no two sides of a partition use the same one.</summary>
internal static class TakeNumbers
{
    private const int Block = 10;

    /// <summary>The first number above another one in a block of a node.</summary>
    /// <param name="nodes">Every node that is known, living or not: all of them see the same blocks.</param>
    public static int NextApart(int above, IEnumerable<string> nodes, string node)
    {
        List<string> all = [.. nodes.Append(node).Distinct().Order(StringComparer.Ordinal)];
        var own = all.IndexOf(node);
        // Number 1 is the first of the first block.
        var block = above / Block;
        var away = ((own - (block % all.Count)) + all.Count) % all.Count;
        return away == 0 ? above + 1 : ((block + away) * Block) + 1;
    }
}
