using Recorder.Cluster.Formations;

namespace Recorder.Cluster.Nodes;

/// <summary>What a node says of itself to the others.</summary>
internal sealed record NodeCard
{
    /// <summary>The node's name, unique in its cluster.</summary>
    public required string Node { get; init; }

    /// <summary>This run of its process.</summary>
    public required StartId Start { get; init; }

    /// <summary>The identity of its data folder: two living nodes of one name and different folders are a mistake of the operator.</summary>
    public required string Folder { get; init; }

    /// <summary>The cluster to which it belongs.</summary>
    public required string Cluster { get; init; }

    /// <summary>Where its HTTP API is reached.</summary>
    public required Uri Url { get; init; }

    /// <summary>The host and port where its control plane is reached.</summary>
    public required string Host { get; init; }

    public required int Port { get; init; }

    /// <summary>How many recorders it takes, relative to the others.</summary>
    public int Capacity { get; init; } = 1;

    /// <summary>What it is near to.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    public bool IsDraining { get; init; }

    /// <summary>Whether it is ending in order.</summary>
    public bool IsLeaving { get; init; }

    /// <summary>How often its process has started on this data folder.</summary>
    public long Run { get; init; }

    /// <summary>Rises with every card of a run: cards come by several ways, and overtake each other.</summary>
    public long Revision { get; init; }

    /// <summary>How many recorders it holds.</summary>
    public int Recorders { get; init; }

    /// <summary>Bytes a second that it writes.</summary>
    public long BytesPerSecond { get; init; }

    /// <summary>What a write to its disk took lately.</summary>
    public TimeSpan WriteLatency { get; init; }

    /// <summary>The program's version.</summary>
    public string Version { get; init; } = "";

    /// <summary>The certificate of its control plane; null if it has none.</summary>
    public CardCertificate? Certificate { get; init; }
}

/// <summary>What a node says of its certificate.</summary>
/// <param name="Authority">A digest of the key of the CA that signed it.</param>
/// <param name="Until">When it expires.</param>
internal sealed record CardCertificate(string Authority, DateTimeOffset Until);

/// <summary>The answer to a node that asks another one over HTTP, whether or not the two are part of one formation.</summary>
/// <param name="Formation">The formation of which it is part; null while its control plane is down or joining.</param>
/// <param name="Known">Every node that it knows, itself not included.</param>
internal sealed record Greeting(NodeCard Card, Formation? Formation, IReadOnlyList<NodeCard> Known);
