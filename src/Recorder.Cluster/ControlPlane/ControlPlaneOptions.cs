using Recorder.Cluster.Nodes;
using Recorder.Cluster.Trust;

namespace Recorder.Cluster.ControlPlane;

/// <summary>How a node's control plane is reached, and whom it asks.</summary>
internal sealed record ControlPlaneOptions
{
    /// <summary>The host that the node's card tells the others; every node addresses it by exactly this text.</summary>
    public required string Host { get; init; }

    /// <summary>The port that the node's card tells the others.</summary>
    public required int Port { get; init; }

    /// <summary>The address on which it listens, at the same port.</summary>
    public string BindAddress { get; init; } = "0.0.0.0";

    /// <summary>The certificate by which nodes know each other; null to connect without TLS.</summary>
    public TrustFolder? Trust { get; init; }

    /// <summary>What the node is for. Only nodes with the role <c>recorder</c> run entities and count in a split.</summary>
    public IReadOnlyList<string> Roles { get; init; } = [ControlPlaneConfig.RecorderRole];

    /// <summary>The nodes that the operator named, as host and port; for what it says of itself when none of them answers.</summary>
    public IReadOnlyList<string> Join { get; init; } = [];

    /// <summary>
    /// Asks every other node that is known, all at the same time, and returns who answered. Answers of nodes of another cluster id are
    /// ignored: a node that joins one on behalf of its operator takes that cluster's id first.
    /// </summary>
    public required Func<CancellationToken, Task<IReadOnlyList<Greeting>>> Greet { get; init; }

    /// <summary>How often the other nodes are asked, and how long they have to answer.</summary>
    public TimeSpan GreetInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long joining a formation may take before the control plane is started again.</summary>
    public TimeSpan JoinTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long the first pause is before a control plane that ended is started again. It doubles while they end soon.</summary>
    public TimeSpan FirstBackOff { get; init; } = TimeSpan.FromMilliseconds(200);

    public TimeSpan LongestBackOff { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long leaving the cluster in order may take.</summary>
    public TimeSpan LeaveTimeout { get; init; } = TimeSpan.FromSeconds(10);
}
