namespace Recorder.Client;

/// <summary>Which nodes a client talks to, and how.</summary>
public sealed class RecorderClientOptions
{
    private readonly List<Uri> _nodes = [];

    /// <summary>The nodes that were given to <see cref="Join"/>, in that order.</summary>
    public IReadOnlyList<Uri> Nodes => _nodes;

    /// <summary>
    /// The API key that every request carries; null for nodes without keys. Each node has its own keys: for a client of several
    /// nodes, add the same key to each.
    /// </summary>
    public string? ApiKey { get; set; }

    /// <summary>
    /// Whether the client learns further nodes of the cluster from those that it knows (<c>GET /v1/nodes</c>, for which a key must
    /// be an administrator's). Default: true. A client that knows nodes by HTTPS learns only nodes with HTTPS.
    /// </summary>
    public bool LearnsNodes { get; set; } = true;

    /// <summary>
    /// How long a command or question is tried at one node after another before it fails. Default: 30 s, which is longer than a
    /// cluster takes to replace a node that died.
    /// </summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long one node may take to answer before the next is asked. Default: 10 s.</summary>
    public TimeSpan NodeTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How many commands may wait for one recorder in the actor <see cref="Recorders"/>; a further one is refused. Default: 64.
    /// </summary>
    public int QueueLimit { get; set; } = 64;

    /// <summary>Adds nodes to talk to. One is enough to find the others; more let the client start while that one is away.</summary>
    /// <param name="nodes">Addresses: <c>host:port</c>, which means HTTP, or URLs.</param>
    /// <returns>These options.</returns>
    /// <exception cref="ArgumentException">An address cannot be read, or contains a user or a password.</exception>
    public RecorderClientOptions Join(params string[] nodes)
    {
        ArgumentNullException.ThrowIfNull(nodes);
        foreach (var node in nodes)
            _nodes.Add(Read(node));

        return this;
    }

    internal void Validate()
    {
        if (_nodes.Count == 0)
            throw new ArgumentException("No node is given; name at least one with Join(\"host:port\").");

        if (ApiKey is { } key && (key.Length == 0 || key.Any(letter => letter is <= ' ' or > '~')))
            throw new ArgumentException("ApiKey is not an API key; 'recorder keys add' makes one. Leave it null for nodes without keys.");

        if (Timeout <= TimeSpan.Zero || NodeTimeout <= TimeSpan.Zero)
            throw new ArgumentException("Timeout and NodeTimeout must be more than 0.");

        if (QueueLimit < 1)
            throw new ArgumentException($"QueueLimit is {QueueLimit}, but must be at least 1.");
    }

    private static Uri Read(string text)
    {
        var url = text.Contains("://", StringComparison.Ordinal) ? text : "http://" + text;
        return Uri.TryCreate(url, UriKind.Absolute, out var address) && address.Scheme is "http" or "https" && address.Host.Length > 0
            && address.UserInfo.Length == 0
            ? new Uri(address.GetLeftPart(UriPartial.Path).TrimEnd('/') + "/")
            : throw new ArgumentException(
                $"'{(text.Contains('@', StringComparison.Ordinal) ? "…" : text)}' is not the address of a node; expected for example recorder.example:8080.", nameof(text));
    }
}
