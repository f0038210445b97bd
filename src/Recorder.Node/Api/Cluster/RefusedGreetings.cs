using Recorder.Cluster.Nodes;

namespace Recorder.Node.Api;

/// <summary>Says which nodes want to form a cluster with this one and cannot, and what to do. They ask once a second: each is named once.</summary>
internal sealed partial class RefusedGreetings(ILogger<RefusedGreetings> logger)
{
    // Anybody can ask under any number of names.
    private const int MostSaid = 16;

    private readonly HashSet<(string Node, string Address, bool IsOnItsOwn)> _said = [];

    /// <param name="asking">What it says of itself. Nothing proves it.</param>
    /// <param name="isOnItsOwn">Whether this node is part of no cluster; else the two have different keys.</param>
    public void Say(NodeCard? asking, bool isOnItsOwn)
    {
        if (asking is not { Url.IsAbsoluteUri: true } || !RecorderId.TryParse(asking.Node, out _))
            return;

        var address = asking.Url.Authority;
        lock (_said)
        {
            if (_said.Count >= MostSaid || !_said.Add((asking.Node, address, isOnItsOwn)))
                return;
        }

        if (isOnItsOwn)
            LogOnItsOwn(asking.Node, address);
        else
            LogOtherKey(asking.Node, address);
    }

    [LoggerMessage(1, LogLevel.Warning, "Node {Node} at {Address} asked to form a cluster with this node, which is on its own: start this one with --join {Address}, "
        + "or remove its address from --join there. The recordings of this node stay")]
    private partial void LogOnItsOwn(string node, string address);

    [LoggerMessage(2, LogLevel.Warning, "Node {Node} at {Address} asked to join this node's cluster, but has another cluster key: give both the same --cluster-key, "
        + "or certificates of one cluster")]
    private partial void LogOtherKey(string node, string address);
}
