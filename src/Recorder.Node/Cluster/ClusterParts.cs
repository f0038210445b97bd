using Recorder.Node.Api;
using System.Net;
using System.Net.Sockets;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Recorder.Actors;
using Recorder.Actors.Secrets;
using Recorder.Cluster;
using Recorder.Cluster.Nodes;
using Recorder.Cluster.Runtime;
using Recorder.Cluster.Trust;
using Recorder.Node.Cluster.Certificates;
using Recorder.Node.Security;
using Recorder.Node.Serve;

namespace Recorder.Node.Cluster;

/// <summary>What connects a node with the others of its cluster. On a node on its own nobody has the key of its links.</summary>
internal sealed partial class ClusterParts : IDisposable
{
    private const string NoKey = "none";
    private const int KeyBytes = 32;

    private readonly SecretSeal? _secrets;
    private readonly TrustFolder? _trust;

    private ClusterParts(PeerSeal seal, PeerLinks links, SecretSeal? secrets, TrustFolder? trust) =>
        (Seal, Links, _secrets, _trust) = (seal, links, secrets, trust);

    public PeerSeal Seal { get; }

    public PeerLinks Links { get; }

    /// <summary>What the nodes of the cluster sign sessions with; null on a node on its own.</summary>
    public byte[]? SessionKey => _secrets?.SessionKey;

    /// <summary>Creates the node's part in the cluster; null for a node on its own.</summary>
    public Func<ClusterHost, Task<INodeCluster>>? Create { get; private init; }

    /// <exception cref="ServeException">The node does not fit into a cluster; the message says what to do.</exception>
    public static ClusterParts Open(ServeOptions options, ILoggerFactory logging, TimeProvider time, TimeProvider clock)
    {
        if (!options.IsClustered)
        {
            var none = new PeerSeal(null, options.Node, clock);
            return new ClusterParts(none, new PeerLinks(none), null, null);
        }

        var key = ReadKey(options);
        var card = CardOf(options, key);
        var trust = OpenTrust(options, card, logging, time);
        var seal = new PeerSeal(Derive(key, "peers"), options.Node, clock);
        var links = new PeerLinks(seal);
        var secrets = SecretSeal.Of(Derive(key, "sources"), "the cluster's key");
        var setup = new ClusterSetup(
            card, options.Join, options.Listen.Address.ToString(), options.DataFolder, secrets, links,
            (_, url) => new HttpJournalSource(links.Invoker, url), new HttpGreeter(links), new HttpTakePeers(links), trust);
        return new ClusterParts(seal, links, secrets, trust)
        {
            Create = async parts => await ClusterRuntime.OpenAsync(setup, parts, logging, time, CancellationToken.None),
        };
    }

    public void Dispose()
    {
        Links.Dispose();
        _secrets?.Dispose();
        _trust?.Dispose();
    }

    // A cluster is whoever has its key: two clusters never merge by mistake.
    private static NodeCard CardOf(ServeOptions options, byte[] key)
    {
        if (!RecorderId.TryParse(options.Node, out _))
            throw Usage($"'{options.Node}' is no name of a node in a cluster: use letters, digits, '.', '_' and '-' with --node.");

        if (options.Advertise is null && options.Listen.Port == 0)
            throw Usage("The other nodes must know where this one is: name a port with --listen, or its URL with --advertise.");

        if (options.Advertise is null && options.Listen.Address.ToString() is "0.0.0.0" or "::")
            throw Usage($"{options.Listen} does not say where the other nodes reach this one: name its URL with --advertise.");

        var url = options.Advertise ?? new Uri($"{(options.TlsCertificate is null ? "http" : "https")}://{options.Listen}");
        return new NodeCard
        {
            Node = options.Node,
            Start = StartId.Draw(),
            Folder = IdentityOf(options.DataFolder),
            Cluster = Convert.ToHexStringLower(Derive(key, "cluster")[..8]),
            Url = url,
            Host = url.Host.Trim('[', ']'),
            Port = options.ClusterPort ?? FindFreePort(options.Listen.Address),
            Capacity = options.Capacity,
            Labels = ReadLabels(options),
            Run = CountRun(options.DataFolder),
            Version = typeof(ClusterParts).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0],
        };
    }

    private static Dictionary<string, string> ReadLabels(ServeOptions options)
    {
        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var label in options.NodeLabels)
        {
            var colon = label.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0)
                throw Usage($"--label '{label}' has no name and value: write NAME:VALUE.");

            labels[label[..colon]] = label[(colon + 1)..];
        }

        return labels;
    }

    // Whoever reaches the control plane's port without a certificate can do anything on the node.
    private static byte[] ReadKey(ServeOptions options)
    {
        if (options is { ClusterKey: not null, ClusterCertificates: { } folder })
            throw Usage($"Options '--cluster-key' and '--cluster-certs' cannot be used together: the key is {Path.Combine(folder, CertificateFolder.SecretFile)}.");

        if (options is { ClusterKey: null, ClusterCertificates: null, IsLocal: false })
        {
            throw Usage(
                $"{options.Listen} can be reached from other machines: give the node a certificate of 'recorder cluster cert node' with --cluster-certs DIR. Without "
                + "TLS, give all nodes of the cluster the same --cluster-key FILE, or '--cluster-key none' where everybody in the network is trusted.");
        }

        return options.ClusterCertificates is not null ? ReadKey("--cluster-certs", Path.Combine(options.ClusterCertificates, CertificateFolder.SecretFile))
            : options.ClusterKey is null or NoKey ? new byte[KeyBytes]
            : ReadKey("--cluster-key", options.ClusterKey);
    }

    private static byte[] ReadKey(string option, string file)
    {
        var key = new byte[KeyBytes + 1];
        try
        {
            if (Convert.TryFromBase64String(File.ReadAllText(file).Trim(), key, out var length) && length == KeyBytes)
                return key[..KeyBytes];
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw Usage($"{option} '{file}' cannot be read: {unreadable.Message}");
        }

        throw Usage($"{option} '{file}' contains no key of {KeyBytes} bytes in Base64; 'openssl rand -base64 {KeyBytes}' makes one.");
    }

    private static TrustFolder? OpenTrust(ServeOptions options, NodeCard card, ILoggerFactory logging, TimeProvider time)
    {
        var logger = logging.CreateLogger<TrustFolder>();
        try
        {
            if (options.ClusterCertificates is { } folder)
                return TrustFolder.Open(folder, trust => trust.FindProblem(card.Node, card.Host), logger, time);
        }
        catch (TrustException unusable)
        {
            throw Usage($"--cluster-certs {unusable.Message}");
        }

        if (!options.IsLocal)
            LogNoTls(logger, card.Host, card.Port);

        return null;
    }

    private static byte[] Derive(byte[] key, string purpose) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, key, KeyBytes, info: Encoding.ASCII.GetBytes("recorder " + purpose));

    private static int FindFreePort(IPAddress address)
    {
        using var listener = new TcpListener(address, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static long CountRun(string folder)
    {
        var file = Path.Combine(folder, "node.life");
        var run = File.Exists(file) && long.TryParse(File.ReadAllText(file), CultureInfo.InvariantCulture, out var last) ? last + 1 : 1;
        PrivateFile.Replace(file, Encoding.ASCII.GetBytes(run.ToString(CultureInfo.InvariantCulture)));
        return run;
    }

    private static string IdentityOf(string folder)
    {
        var file = Path.Combine(folder, "node.id");
        PrivateFile.TryCreate(file, Encoding.ASCII.GetBytes(Guid.NewGuid().ToString("N")));
        return File.ReadAllText(file).Trim();
    }

    [LoggerMessage(
        EventId = 7020,
        Level = LogLevel.Warning,
        Message = "The nodes of the cluster connect to {Host}:{Port} without TLS: whoever reaches it can do anything on this node. Set --cluster-certs.")]
    private static partial void LogNoTls(ILogger logger, string host, int port);

    private static ServeException Usage(string message) => new(message) { IsUsage = true };
}
