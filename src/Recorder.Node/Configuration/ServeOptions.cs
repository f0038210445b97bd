using System.Net;
using Recorder.FFmpeg;

namespace Recorder.Node.Configuration;

/// <summary>How a node serves; everything has a default but the folder.</summary>
internal sealed record ServeOptions
{
    /// <summary>Where recordings, catalogue and keys are kept.</summary>
    public required string DataFolder { get; init; }

    /// <summary>Where HTTP is answered; port 0 takes a free one.</summary>
    public IPEndPoint Listen { get; init; } = new(IPAddress.Loopback, 8080);

    /// <summary>The node's name in answers, descriptions and metrics.</summary>
    public string Node { get; init; } = Environment.MachineName;

    /// <summary>The database of the cluster that it takes part in, as Npgsql names it; null keeps it on its own.</summary>
    public string? Cluster { get; init; }

    /// <summary>Where the other nodes reach it; null is where it listens.</summary>
    public Uri? Advertise { get; init; }

    /// <summary>How much it takes, compared with other nodes. 100.</summary>
    public int Capacity { get; init; } = 100;

    /// <summary>What it is near to, <c>NAME:VALUE</c>: recorders with the label <c>on.NAME</c> live only where it is.</summary>
    public IReadOnlyList<string> NodeLabels { get; init; } = [];

    /// <summary>Bytes kept free on the volume of <see cref="DataFolder"/>; null is 1 GiB, or 5 % of a smaller one.</summary>
    public long? MinimumFree { get; init; }

    /// <summary>Most bytes of a request's body, except of what is pushed as media. 1 MiB.</summary>
    public long BodyLimit { get; init; } = 1 << 20;

    /// <summary>Most bytes of a request's headers. 32 KiB.</summary>
    public int HeaderLimit { get; init; } = 32 << 10;

    /// <summary>Most connections at a time, streams and pushes included. 1,024.</summary>
    public int ConnectionLimit { get; init; } = 1024;

    /// <summary>Most readers of events at a time. 512.</summary>
    public int SubscriberLimit { get; init; } = 512;

    /// <summary>How long a reader of events may take nothing before its connection is closed. 30 s.</summary>
    public TimeSpan SubscriberTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the requests under way may take when the node ends, and after them the recordings. 10 s each.</summary>
    public TimeSpan ShutdownTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Whether recordings under way are stopped when the node ends. Else they go on, as the same recordings, when it starts again.</summary>
    public bool StopsOnShutdown { get; init; }

    /// <summary>Most tracks and pixels of a source, and of a recording that is shown.</summary>
    public MediaLimits Limits { get; init; } = MediaLimits.Default;

    /// <summary>Certificates (PEM) that sources may be signed by, beside the system's; null for those alone.</summary>
    public string? SourceCertificates { get; init; }

    /// <summary>What sources may be named over HTTP; whether this machine's own may follows from <see cref="Listen"/>.</summary>
    public SourcePolicyOptions Sources { get; init; } = new();

    /// <summary>The certificate of HTTPS, PEM (its chain behind it) or PFX; null serves HTTP.</summary>
    public string? TlsCertificate { get; init; }

    /// <summary>The certificate's private key, PEM; null when it stands in the certificate's file.</summary>
    public string? TlsKey { get; init; }

    /// <summary>Names by which a browser may reach a node without API keys, beside <c>localhost</c> and addresses of loopback.</summary>
    public IReadOnlyList<string> AllowedHosts { get; init; } = [];

    /// <summary>Where traces and metrics go by OTLP over HTTP; null keeps them here, and costs nothing.</summary>
    public Uri? OtlpEndpoint { get; init; }

    /// <summary>Headers sent there, <c>name=value</c>: an API key, for example.</summary>
    public IReadOnlyList<string> OtlpHeaders { get; init; } = [];

    /// <summary>Whether only this machine reaches the node.</summary>
    public bool IsLocal => IPAddress.IsLoopback(Listen.Address);

    /// <summary>The folder below which each recorder has its own.</summary>
    public string RecordingsFolder => Path.Combine(DataFolder, "recordings");

    /// <summary>The catalogue's file.</summary>
    public string CatalogueFile => Path.Combine(DataFolder, "catalogue.db");

    /// <summary>The folder of secrets.</summary>
    public string KeysFolder => Path.Combine(DataFolder, "keys");

    /// <summary>Reads <c>127.0.0.1:8080</c>, <c>[::1]:8080</c>, <c>localhost:8080</c>.</summary>
    /// <returns>Where to listen; or null and what is wrong, as the end of a sentence.</returns>
    public static IPEndPoint? ReadListen(string text, out string problem)
    {
        problem = $"'{text}' is no address: write IP:PORT, for example 127.0.0.1:8080 or [::1]:8080.";
        const string Localhost = "localhost:";
        var numeric = text.StartsWith(Localhost, StringComparison.OrdinalIgnoreCase)
            ? $"{IPAddress.Loopback}:{text[Localhost.Length..]}"
            : text;
        var colon = numeric.LastIndexOf(':');
        var hasPort = colon > 0 && (numeric.IndexOf(':') == colon || numeric[colon - 1] == ']');
        if (!hasPort || !IPEndPoint.TryParse(numeric, out var endpoint))
        {
            return null;
        }

        problem = "";
        return endpoint;
    }
}
