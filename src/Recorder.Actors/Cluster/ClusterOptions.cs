namespace Recorder.Actors.Cluster;

/// <summary>How a node takes part in a cluster.</summary>
internal sealed record ClusterOptions
{
    /// <summary>The database, as Npgsql names it: <c>Host=…;Database=…;Username=…</c>.</summary>
    public required string Connection { get; init; }

    /// <summary>This node.</summary>
    public required NodeIdentity Node { get; init; }

    /// <summary>Rises whenever the node begins anew, from one process to the next.</summary>
    public required Func<long> NextLife { get; init; }

    /// <summary>How long a node that says nothing is believed to live. 2 s.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a node believes in its own lease: shorter, as clocks do not run alike.</summary>
    public TimeSpan Trust => Lease * 0.9;

    /// <summary>How often a lease is renewed, and what is to do looked for. 500 ms.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How long a request waits for a recorder that has no owner just now. 5 s.</summary>
    public TimeSpan FailoverPatience { get; init; } = TimeSpan.FromSeconds(5);
}
