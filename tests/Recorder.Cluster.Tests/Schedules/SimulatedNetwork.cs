namespace Recorder.Cluster.Tests.Schedules;

/// <summary>The links between the machines: what is sent over them may be lost, doubled or late, and any of them may be cut.</summary>
internal sealed class SimulatedNetwork(World world)
{
    private readonly HashSet<(string, string)> _cutLinks = [];
    private double _loss;

    /// <summary>Sends a message, which may be lost, doubled or late; it reaches whatever process runs on the node when it arrives.</summary>
    public void Send(SimulatedProcess from, string to, Action<SimulatedProcess> deliver)
    {
        var node = world.Nodes.First(other => other.Name == to);
        for (var copies = world.Random.NextDouble() < 0.02 ? 2 : 1; copies > 0; copies--)
        {
            if (from.Name == to || world.Random.NextDouble() >= _loss)
                world.After(TimeSpan.FromMilliseconds(world.Random.NextDouble() < 0.02 ? world.Random.Next(2000) : world.Random.Next(1, 40)), Arrive);
        }

        void Arrive()
        {
            if (node.IsPaused)
                world.After(node.PausedUntil - world.Now, Arrive);
            else if (node.Process is { } process && CanReach(from.Name, to))
                deliver(process);
        }
    }

    public bool CanReach(string from, string to) => from == to || !_cutLinks.Contains(Link(from, to));

    public void Cut(SimulatedNode one, SimulatedNode other, int seconds)
    {
        if (one == other)
            return;

        _cutLinks.Add(Link(one.Name, other.Name));
        world.After(TimeSpan.FromSeconds(seconds), () => _cutLinks.Remove(Link(one.Name, other.Name)));
    }

    public void LoseMessages(int seconds)
    {
        _loss = world.Random.NextDouble() * 0.3;
        world.After(TimeSpan.FromSeconds(seconds), () => _loss = 0);
    }

    public void Heal()
    {
        _loss = 0;
        _cutLinks.Clear();
    }

    private static (string, string) Link(string one, string other) => string.CompareOrdinal(one, other) < 0 ? (one, other) : (other, one);
}
