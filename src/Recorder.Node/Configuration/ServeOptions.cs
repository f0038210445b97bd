using System.Net;
using Recorder.FFmpeg;

namespace Recorder.Node.Configuration;

/// <summary>The options of a node. Only the data folder has no default.</summary>
internal sealed record ServeOptions
{
    public required string DataFolder { get; init; }

    /// <summary>The address of the HTTP server; port 0 takes a free port. 127.0.0.1:8080.</summary>
    public IPEndPoint Listen { get; init; } = new(IPAddress.Loopback, 8080);

    public string Node { get; init; } = Environment.MachineName;

    /// <summary>The connection string of the cluster's PostgreSQL database; null for a node without a cluster.</summary>
    public string? Cluster { get; init; }

    /// <summary>The URL under which other nodes reach this one; null takes <see cref="Listen"/>.</summary>
    public Uri? Advertise { get; init; }

    /// <summary>The share of the recorders that the node takes, relative to the other nodes. 100.</summary>
    public int Capacity { get; init; } = 100;

    /// <summary>
    /// Labels of the node, <c>NAME:VALUE</c>. A recorder with the label <c>on.NAME</c> runs only where the value is the same.
    /// </summary>
    public IReadOnlyList<string> NodeLabels { get; init; } = [];

    /// <summary>
    /// Bytes kept free on the volume of <see cref="DataFolder"/>; null is 1 GiB, or 5 % of a volume below 20 GiB.
    /// </summary>
    public long? MinimumFree { get; init; }

    /// <summary>Most bytes of a request's body; pushed media has no limit. 1 MiB.</summary>
    public long BodyLimit { get; init; } = 1 << 20;

    /// <summary>Most bytes of a request's headers. 32 KiB.</summary>
    public int HeaderLimit { get; init; } = 32 << 10;

    /// <summary>Most connections at a time, streams and pushes included. 1,024.</summary>
    public int ConnectionLimit { get; init; } = 1024;

    public int SubscriberLimit { get; init; } = 512;

    /// <summary>How long a reader of events may accept nothing before its connection is closed. 30 s.</summary>
    public TimeSpan SubscriberTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a stopping node waits for requests, and then again for recordings, to end. 10 s.</summary>
    public TimeSpan ShutdownTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Whether a stopping node stops its recordings. If not, the same recordings continue when it starts again.
    /// </summary>
    public bool StopsOnShutdown { get; init; }

    /// <summary>Most tracks and pixels of a source, and of a recording that is decoded.</summary>
    public MediaLimits Limits { get; init; } = MediaLimits.Default;

    /// <summary>
    /// A file of certificates (PEM) that are trusted for sources, besides the system's; null trusts the system's only.
    /// </summary>
    public string? SourceCertificates { get; init; }

    /// <summary>
    /// The sources that may be named over HTTP. This machine itself may be one only while <see cref="Listen"/> is loopback.
    /// </summary>
    public SourcePolicyOptions Sources { get; init; } = new();

    /// <summary>The file of the HTTPS certificate: PEM, followed by its chain, or PFX; null serves HTTP.</summary>
    public string? TlsCertificate { get; init; }

    /// <summary>The file of the certificate's private key, PEM; null if the certificate's file contains it.</summary>
    public string? TlsKey { get; init; }

    /// <summary>
    /// Host names by which a browser may reach a node without API keys, besides <c>localhost</c> and loopback addresses.
    /// </summary>
    public IReadOnlyList<string> AllowedHosts { get; init; } = [];

    /// <summary>The OTLP endpoint (HTTP) for traces and metrics; null exports nothing.</summary>
    public Uri? OtlpEndpoint { get; init; }

    /// <summary>Headers of the export, <c>name=value</c>: an API key, for example.</summary>
    public IReadOnlyList<string> OtlpHeaders { get; init; } = [];

    /// <summary>Whether the node listens on loopback only.</summary>
    public bool IsLocal => IPAddress.IsLoopback(Listen.Address);

    /// <summary>The folder of recordings, with a folder for each recorder.</summary>
    public string RecordingsFolder => Path.Combine(DataFolder, "recordings");

    public string CatalogueFile => Path.Combine(DataFolder, "catalogue.db");

    public string KeysFolder => Path.Combine(DataFolder, "keys");

    /// <summary>Reads <c>127.0.0.1:8080</c>, <c>[::1]:8080</c>, <c>localhost:8080</c>.</summary>
    /// <returns>The endpoint; null if the text is wrong, with the end of a sentence that says how.</returns>
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
