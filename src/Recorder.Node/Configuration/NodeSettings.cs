using System.Net;

namespace Recorder.Node.Configuration;

/// <summary>The settings of a node. A spec compares them with docs/reference/configuration.md.</summary>
internal static class NodeSettings
{
    public static readonly IReadOnlyList<Setting> All =
    [
        One("data", "DIR", "none: required", "where recordings, catalogue and keys are kept; made if it does not exist",
            (options, text) => options with { DataFolder = Path.GetFullPath(text) }),
        new("listen", "IP:PORT", "127.0.0.1:8080", "where HTTP is answered; port 0 takes a free one", Listen),
        One("node", "NAME", "the machine's", "the node's name in answers and metrics", (options, text) => options with { Node = text }),
        new("join", "HOST:PORT", "none: on its own", "nodes of the cluster to take part in, by where they answer HTTP; a name with several addresses means all of them",
            Join) { IsList = true },
        Count("clusterPort", "a free one", "TCP port on which the nodes of the cluster reach each other, beside HTTP",
            (options, n) => options with { ClusterPort = checked((int)n) }),
        One("clusterKey", "FILE", "none: loopback only", "the secret that all nodes of the cluster share, 32 bytes in Base64; none trusts the network",
            (options, text) => options with { ClusterKey = text }),
        One("clusterCerts", "DIR", "none: connections of the cluster without TLS",
            "the node's bundle of 'recorder cluster cert node': certificate, key, CA, and cluster.key in place of clusterKey",
            (options, text) => options with { ClusterCertificates = Path.GetFullPath(text) }),
        Url("advertise", "where it listens", "where the other nodes of the cluster reach this one", "PORT",
            (options, url) => options with { Advertise = url }),
        Many("nodeLabels", "NAME:VALUE", "none", "labels of the node; a recorder with the label on.NAME runs only on nodes whose label NAME has the same value",
            (options, labels) => options with { NodeLabels = labels }) with { Flag = "--label" },
        Count("capacity", "100", "share of the recorders that the node takes, relative to the other nodes", (options, n) => options with { Capacity = checked((int)n) }),
        One("tlsCert", "FILE", "none: HTTP", "certificate of HTTPS, PEM with its chain, or PFX", (options, text) => options with { TlsCertificate = text }),
        One("tlsKey", "FILE", "in the certificate's file", "the certificate's private key, PEM", (options, text) => options with { TlsKey = text }),
        Many("allowedHosts", "NAME", "none", "names by which browsers may reach a node without API keys, beside localhost",
            (options, names) => options with { AllowedHosts = names }) with { Flag = "--allowed-host" },
        Many("sourceSchemes", "NAME", "test, push, file, rtsp, rtsps, rtmp, rtmps, srt, http, https, udp, tcp", "schemes of the sources that may be named over HTTP",
            (options, names) => options with { Sources = options.Sources with { Schemes = names } }) with { Flag = "--source-scheme" },
        Many("sourceFolders", "DIR", "none: no files", "folders whose files may be named as sources over HTTP",
            (options, folders) => options with { Sources = options.Sources with { Folders = [.. folders.Select(Path.GetFullPath)] } })
            with { Flag = "--source-folder" },
        Many("sourceNetworks", "NETWORK", "private, public", "networks that sources may be in: private, public, or 10.20.0.0/16",
            (options, networks) => options with { Sources = options.Sources with { Networks = networks } }) with { Flag = "--source-network" },
        One("ca", "FILE", "the system's alone", "certificates (PEM) that sources of https, rtsps and rtmps may be signed by, beside the system's",
            (options, text) => options with { SourceCertificates = Path.GetFullPath(text) }),
        Count("maxTracks", "32", "most tracks of a source; sources with more are refused",
            (options, n) => options with { Limits = options.Limits with { Tracks = checked((int)n) } }),
        Count("maxPixels", "67108864", "most pixels of a frame, 8192 × 8192; sources with larger ones are refused",
            (options, n) => options with { Limits = options.Limits with { Pixels = n } }),
        Size("minFree", "1G, 5 % of a small volume", "space kept free on the volume: the oldest recordings make room; 0 keeps none",
            (options, n) => options with { MinimumFree = n }),
        Count("bodyLimit", "1M", "most bytes of a request's body, media aside", (options, n) => options with { BodyLimit = n }),
        Count("headerLimit", "32k", "most bytes of a request's headers", (options, n) => options with { HeaderLimit = checked((int)n) }),
        Count("connectionLimit", "1024", "most connections at a time", (options, n) => options with { ConnectionLimit = checked((int)n) }),
        Count("subscriberLimit", "512", "most readers of events at a time", (options, n) => options with { SubscriberLimit = checked((int)n) }),
        Time("subscriberTimeout", "30s", "how long a reader of events may accept nothing", (options, t) => options with { SubscriberTimeout = t }),
        Time("shutdownTimeout", "10s", "how long requests, and after them recordings, may take to end",
            (options, t) => options with { ShutdownTimeout = t }),
        new("onShutdown", "ACTION", "keep", "what happens to running recordings: keep continues them when the node starts again, stop ends them",
            OnShutdown),
        Url("otlpEndpoint", "none: off", "where traces and metrics go by OTLP over HTTP, for example http://127.0.0.1:4318",
            "4318", (options, url) => options with { OtlpEndpoint = url }),
        Many("otlpHeaders", "NAME=VALUE", "none", "headers sent with them", (options, headers) => options with { OtlpHeaders = headers })
            with { Flag = "--otlp-header" },
        new("hyperdecks", "NAME=RECORDER+RECORDER@PORT", "none: off",
            "groups of recorders, by ids or by labels as NAME:VALUE, that HyperDeck's remote controls start and stop as one; each on a TCP port, 9993 unless said",
            HyperDecks) { IsList = true, Flag = "--hyperdeck" },
        new("hyperdeckAllow", "NETWORK", "none: loopback only",
            "networks or addresses whose clients may control these groups, for example 10.20.0.0/16; there is no password", HyperDeckAllow)
            { IsList = true },
    ];

    private static Setting One(string key, string value, string absent, string description, Func<ServeOptions, string, ServeOptions> apply) =>
        new(key, value, absent, description, (options, values, out problem) =>
        {
            problem = values[0].Length == 0 ? "is empty; give it a value, or leave it out." : "";
            return problem.Length == 0 ? apply(options, values[0]) : null;
        });

    private static Setting Many(
        string key, string value, string absent, string description, Func<ServeOptions, IReadOnlyList<string>, ServeOptions> apply) =>
        new(key, value, absent, description, (options, values, out problem) =>
        {
            problem = values.Any(value => value.Length == 0) ? "has an empty value; give it a value, or leave it out." : "";
            return problem.Length == 0 ? apply(options, values) : null;
        })
        { IsList = true };

    private static Setting Count(string key, string absent, string description, Func<ServeOptions, long, ServeOptions> apply) =>
        new(key, "NUMBER", absent, description, (options, values, out problem) =>
        {
            var count = Quantity.ReadCount(values[0], "number", absent, out problem);
            if (count is > int.MaxValue)
            {
                problem = $"'{values[0]}' is too large; expected less than 2G.";
                return null;
            }

            return count is { } number ? apply(options, number) : null;
        });

    private static Setting Size(string key, string absent, string description, Func<ServeOptions, long, ServeOptions> apply) =>
        new(key, "BYTES", absent, description, (options, values, out problem) =>
        {
            problem = "";
            var bytes = values[0] == "0" ? 0 : Quantity.ReadCount(values[0], "size", "1G", out problem);
            return bytes is { } number ? apply(options, number) : null;
        });

    private static Setting Time(string key, string absent, string description, Func<ServeOptions, TimeSpan, ServeOptions> apply) =>
        new(key, "TIME", absent, description, (options, values, out problem) =>
            Quantity.ReadDuration(values[0], out problem) is { } time ? apply(options, time) : null);

    private static Setting Url(
        string key, string absent, string description, string port, Func<ServeOptions, Uri, ServeOptions> apply) =>
        new(key, "URL", absent, description, (options, values, out problem) =>
        {
            problem = $"'{values[0]}' is not a URL; expected http://HOST:{port} or https://HOST:{port}.";
            var isUrl = Uri.TryCreate(values[0], UriKind.Absolute, out var url) && (url.Scheme is "http" or "https");
            return isUrl ? apply(options, url!) : null;
        });

    private static ServeOptions? Join(ServeOptions options, IReadOnlyList<string> values, out string problem)
    {
        var invalid = values.FirstOrDefault(value => !Uri.TryCreate("http://" + value, UriKind.Absolute, out var url) || url.Authority != value || url.IsDefaultPort);
        problem = invalid is null ? "" : $"'{invalid}' is not an address; expected HOST:PORT, for example recorder-2:8080.";
        return invalid is null ? options with { Join = values } : null;
    }

    private static ServeOptions? Listen(ServeOptions options, IReadOnlyList<string> values, out string problem) =>
        ServeOptions.ReadListen(values[0], out problem) is { } endpoint ? options with { Listen = endpoint } : null;

    private static ServeOptions? HyperDecks(ServeOptions options, IReadOnlyList<string> values, out string problem)
    {
        var groups = new List<HyperDeckGroup>();
        foreach (var value in values)
        {
            if (HyperDeckGroup.Read(value, out problem) is not { } group)
                return null;

            groups.Add(group);
        }

        problem = HyperDeckGroup.FindConflict(groups) ?? "";
        return problem.Length == 0 ? options with { HyperDecks = groups } : null;
    }

    private static ServeOptions? HyperDeckAllow(ServeOptions options, IReadOnlyList<string> values, out string problem)
    {
        var networks = new List<IPNetwork>();
        foreach (var value in values)
        {
            if (IPAddress.TryParse(value, out var address))
            {
                networks.Add(new IPNetwork(address, address.GetAddressBytes().Length * 8));
            }
            else if (IPNetwork.TryParse(value, out var network))
            {
                networks.Add(network);
            }
            else
            {
                problem = $"'{value}' is not a network; expected for example 10.20.0.0/16 or the address 10.20.0.7.";
                return null;
            }
        }

        problem = "";
        return options with { HyperDeckAllow = networks };
    }

    private static ServeOptions? OnShutdown(ServeOptions options, IReadOnlyList<string> values, out string problem)
    {
        problem = values[0] is "keep" or "stop" ? "" : $"'{values[0]}' is unknown; expected keep or stop.";
        return problem.Length == 0 ? options with { StopsOnShutdown = values[0] == "stop" } : null;
    }
}
