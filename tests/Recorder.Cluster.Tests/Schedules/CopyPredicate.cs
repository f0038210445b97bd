namespace Recorder.Cluster.Tests.Schedules;

/// <summary>Whatever goes wrong: what a node has of another's journal is a part of that journal.</summary>
internal sealed class CopyPredicate(World world)
{
    public void Check()
    {
        foreach (var node in world.Nodes)
        {
            var entries = node.Disk.Journal.Kept.ToDictionary(kept => kept.Number, kept => kept.Entry);
            foreach (var other in world.Nodes)
            {
                if (!other.Disk.Copies.TryGetValue(node.Name, out var copy) || copy.Position is not { } position || !node.Disk.Journal.Contains(position))
                    continue;

                foreach (var (number, entry) in copy.Kept.Where(kept => entries.ContainsKey(kept.Number) && entries[kept.Number] != kept.Entry))
                    world.Break($"{other.Name} has another entry {number} of the journal of {node.Name}: {entry}, not {entries[number]}");
            }
        }
    }
}
