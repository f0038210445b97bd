namespace Recorder.Cluster.Nodes;

/// <summary>A node that this one knows.</summary>
/// <param name="Card">What it said of itself last.</param>
/// <param name="IsAlive">Whether it is heard of now.</param>
/// <param name="IsTogether">Whether it is part of the same formation as this node.</param>
internal sealed record ClusterMember(NodeCard Card, bool IsAlive, bool IsTogether)
{
    public string Name => Card.Node;

    public Uri Url => Card.Url;

    public string State => Card.IsLeaving && !IsAlive ? "left" : !IsAlive ? "dead" : !IsTogether ? "apart" : Card.IsDraining ? "draining" : "up";
}

/// <summary>What happened to a node.</summary>
internal enum MemberChange
{
    Unknown = 0,

    /// <summary>It joined, or its process started again.</summary>
    Joined = 1,

    /// <summary>It hands over what it holds.</summary>
    Draining = 2,

    /// <summary>It takes recorders again.</summary>
    Resumed = 3,

    /// <summary>It is not heard of any more.</summary>
    Died = 4,

    /// <summary>It is heard of again.</summary>
    Returned = 5,

    /// <summary>It ended in order, or was removed.</summary>
    Left = 6,
}

internal sealed record MemberChanged(ClusterMember Member, MemberChange Change);
