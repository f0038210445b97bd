using System.Net;
using Recorder.FFmpeg;

namespace Recorder.Node.Configuration;

/// <summary>The options of a node. Only the data folder has no default.</summary>
internal sealed record ServeOptions
{
    public required string DataFolder { get; init; }

    /// <summary>Port 0 takes a free port.</summary>
    public IPEndPoint Listen { get; init; } = new(IPAddress.Loopback, 8080);

    public string Node { get; init; } = Environment.MachineName;

    /// <summary>The connection string of the cluster's PostgreSQL database; null for a node without a cluster.</summary>
    public string? Cluster { get; init; }

    /// <summary>The URL under which other nodes reach this one; null takes <see cref="Listen"/>.</summary>
    public Uri? Advertise { get; init; }

    /// <summary>The share of the recorders that the node takes, relative to the other nodes.</summary>
    public int Capacity { get; init; } = 100;

    /// <summary>
    /// Labels of the node, <c>NAME:VALUE</c>. A recorder with the label <c>on.NAME</c> runs only where the value is the same.
    /// </summary>
    public IReadOnlyList<string> NodeLabels { get; init; } = [];

    /// <summary>
    /// Bytes kept free on the volume of <see cref="DataFolder"/>; null is 1 GiB, or 5 % of a volume below 20 GiB.
    /// </summary>
    public long? MinimumFree { get; init; }

    /// <summary>Bytes; pushed media has no limit.</summary>
    public long BodyLimit { get; init; } = 1 << 20;

    public int HeaderLimit { get; init; } = 32 << 10;

    /// <summary>Streams and pushes included.</summary>
    public int ConnectionLimit { get; init; } = 1024;

    public int SubscriberLimit { get; init; } = 512;

    /// <summary>How long a reader of events may accept nothing before its connection is closed.</summary>
    public TimeSpan SubscriberTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a stopping node waits for requests, and then again for recordings, to end.</summary>
    public TimeSpan ShutdownTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Whether a stopping node stops its recordings. If not, the same recordings continue when it starts again.
    /// </summary>
    public bool StopsOnShutdown { get; init; }

    public MediaLimits Limits { get; init; } = MediaLimits.Default;

    /// <summary>A file of certificates (PEM) that are trusted for sources, besides the system's.</summary>
    public string? SourceCertificates { get; init; }

    /// <summary>
    /// The sources that may be named over HTTP. This machine itself may be one only while <see cref="Listen"/> is loopback.
    /// </summary>
    public SourcePolicyOptions Sources { get; init; } = new();

    /// <summary>PEM, followed by its chain, or PFX; null serves HTTP.</summary>
    public string? TlsCertificate { get; init; }

    /// <summary>PEM; null if the certificate's file contains the key.</summary>
    public string? TlsKey { get; init; }

    /// <summary>
    /// Host names by which a browser may reach a node without API keys, besides <c>localhost</c> and loopback addresses.
    /// </summary>
    public IReadOnlyList<string> AllowedHosts { get; init; } = [];

    public Uri? OtlpEndpoint { get; init; }

    public IReadOnlyList<string> OtlpHeaders { get; init; } = [];

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
