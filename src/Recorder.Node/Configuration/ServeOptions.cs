using System.Net;

namespace Recorder.Node.Configuration;

/// <summary>The options of a node, which <see cref="NodeSettings"/> describes. Only the data folder has no default.</summary>
internal sealed record ServeOptions
{
    public required string DataFolder { get; init; }
    public IPEndPoint Listen { get; init; } = new(IPAddress.Loopback, 8080);
    public string Node { get; init; } = Environment.MachineName;
    public IReadOnlyList<string> Join { get; init; } = [];
    public int? ClusterPort { get; init; }
    public string? ClusterKey { get; init; }
    public string? ClusterCertificates { get; init; }
    public Uri? Advertise { get; init; }
    public int Capacity { get; init; } = 100;
    public IReadOnlyList<string> NodeLabels { get; init; } = [];
    public long? MinimumFree { get; init; }
    public long BodyLimit { get; init; } = 1 << 20;
    public int HeaderLimit { get; init; } = 32 << 10;
    public int ConnectionLimit { get; init; } = 1024;
    public int SubscriberLimit { get; init; } = 512;

    /// <summary>How long a reader of events may accept nothing before its connection is closed.</summary>
    public TimeSpan SubscriberTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a stopping node waits for requests, and then again for recordings, to end.</summary>
    public TimeSpan ShutdownTimeout { get; init; } = TimeSpan.FromSeconds(10);

    public bool StopsOnShutdown { get; init; }
    public MediaLimits Limits { get; init; } = MediaLimits.Default;
    public string? SourceCertificates { get; init; }

    /// <summary>The sources that may be named over HTTP. This machine itself may be one only while <see cref="Listen"/> is
    /// loopback.</summary>
    public SourcePolicyOptions Sources { get; init; } = new();

    public string? TlsCertificate { get; init; }
    public string? TlsKey { get; init; }
    public IReadOnlyList<string> AllowedHosts { get; init; } = [];
    public Uri? OtlpEndpoint { get; init; }
    public IReadOnlyList<string> OtlpHeaders { get; init; } = [];

    /// <summary>None: no port is open for HyperDeck's protocol.</summary>
    public IReadOnlyList<HyperDeckGroup> HyperDecks { get; init; } = [];

    /// <summary>The networks whose clients may control the groups; none is loopback alone, which is then also all that is listened on.</summary>
    public IReadOnlyList<IPNetwork> HyperDeckAllow { get; init; } = [];

    /// <summary>Whether the node takes part in a cluster: it was told to, or did before.</summary>
    public bool IsClustered => Join.Count > 0 || ClusterPort is not null || File.Exists(Path.Combine(DataFolder, "cluster-state.db"));

    public bool IsLocal => IPAddress.IsLoopback(Listen.Address);
    public string RecordingsFolder => Path.Combine(DataFolder, "recordings");
    public string CatalogueFile => Path.Combine(DataFolder, "catalogue.db");
    public string KeysFolder => Path.Combine(DataFolder, "keys");

    /// <summary>Reads <c>127.0.0.1:8080</c>, <c>[::1]:8080</c>, <c>localhost:8080</c>.</summary>
    public static IPEndPoint? ReadListen(string text, out string problem)
    {
        problem = $"'{text}' is not an address; expected IP:PORT, for example 127.0.0.1:8080 or [::1]:8080.";
        const string Localhost = "localhost:";
        var numeric = text.StartsWith(Localhost, StringComparison.OrdinalIgnoreCase)
            ? $"{IPAddress.Loopback}:{text[Localhost.Length..]}"
            : text;
        var colon = numeric.LastIndexOf(':');
        var hasPort = colon > 0 && (numeric.IndexOf(':') == colon || numeric[colon - 1] == ']');
        if (!hasPort || !IPEndPoint.TryParse(numeric, out var endpoint))
            return null;

        problem = "";
        return endpoint;
    }
}
