using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Serialization;
using Recorder.Cluster.Trust;
using Recorder.Node.Cli.Arguments;
using Recorder.Node.Cli.Terminal;

namespace Recorder.Node.Cluster.Certificates;

/// <summary><c>recorder cluster cert</c>: makes the certificates by which the nodes of a cluster know each other.</summary>
internal sealed class CertificateCommand(CommandOutput console, TimeProvider time)
{
    private const string DefaultFolder = "cluster-certs";
    private const int MostDays = 36_500;
    private const int AuthorityDays = 3650;
    private const int LeafDays = 730;

    private readonly Option<string?> _dir = CliOption.Text("--dir", "DIR", $"The folder of the CA (default: {DefaultFolder}).");
    private readonly Option<int?> _days = CliOption.Number("--days", $"How long it is valid (default: {LeafDays}; a CA {AuthorityDays}).", 1);
    private readonly Option<bool> _force = CliOption.Flag("--force", "Replace what exists.");
    private readonly Option<bool> _json = CliOption.Flag("--json", "Print JSON.");
    private readonly Option<string[]> _hosts = CliOption.List(
        "--host", "HOST", "A name or address at which the other nodes reach it. Can be repeated (default: those of the certificate that --force replaces).");

    private readonly Argument<string> _name = new("NAME") { Description = "The name of the node or client." };
    private readonly Argument<string> _file = new("FILE") { Description = "A certificate, PEM." };

    public Command Create()
    {
        var authority = new Command("ca", "Make the cluster's CA and secret: the beginning of a cluster.").With(_dir, _days, _force, _json);
        var node = new Command("node", "Make the bundle of a node, for 'recorder serve --cluster-certs'.") { _name }.With(_hosts, _dir, _days, _force, _json);
        var client = new Command("client", "Make the bundle of a client, without the cluster's secret.") { _name }.With(_dir, _days, _force, _json);
        var show = new Command("show", "Print what a certificate is, for whom, and until when.") { _file }.With(_json);
        authority.SetAction(line => Run(line, CreateAuthority));
        node.SetAction(line => Run(line, all => CreateBundle(all, CertificateRole.Node)));
        client.SetAction(line => Run(line, all => CreateBundle(all, CertificateRole.Client)));
        show.SetAction(line => Run(line, Show));
        return new Command("cert", "Make and show the certificates of a cluster.") { authority, node, client, show };
    }

    private int Run(ParseResult line, Action<ParseResult> action)
    {
        try
        {
            action(line);
            return ExitCode.Done;
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException or CryptographicException)
        {
            console.Error(failed.Message);
            return ExitCode.Failed;
        }
    }

    private void CreateAuthority(ParseResult line)
    {
        var folder = FolderOf(line);
        if (folder.FindAuthority() is { } existing && !line.GetValue(_force))
            throw new UsageException($"'{existing}' already exists; --force makes a new CA, and nodes with certificates of the old one are refused then.");

        using var authority = folder.CreateAuthority(DaysOf(line, AuthorityDays));
        Print(line, authority, folder.PathOf(""), $"Keep {CertificateFolder.AuthorityKeyFile} here and nowhere else: who has it can make nodes.");
    }

    private void CreateBundle(ParseResult line, CertificateRole role)
    {
        var folder = FolderOf(line);
        var name = line.GetValue(_name)!;
        if (!RecorderId.TryParse(name, out _))
            throw new UsageException($"'{name}' is not a name; use 1 to 64 letters, digits, '.', '_' and '-', and no dot first.");

        var identity = new CertificateIdentity(role, name);
        var hosts = role == CertificateRole.Node ? HostsOf(line, folder, identity) : [];
        if (folder.FindBundle(identity) is { } existing && !line.GetValue(_force))
            throw new UsageException($"'{existing}' already exists; use --force to renew it.");

        using var certificate = folder.CreateBundle(identity, hosts, DaysOf(line, LeafDays));
        Print(line, certificate, folder.PathOf(name), role == CertificateRole.Node
            ? $"Copy the folder to the node and start it with --cluster-certs DIR. A node that runs notices new files."
            : "Nodes do not accept it as a node.");
    }

    private void Show(ParseResult line)
    {
        var file = line.GetValue(_file)!;
        try
        {
            using var certificate = X509CertificateLoader.LoadCertificateFromFile(file);
            Print(line, certificate, file, "");
        }
        catch (CryptographicException wrong)
        {
            throw new IOException($"'{file}' is not a certificate: {wrong.Message}", wrong);
        }
    }

    private void Print(ParseResult line, X509Certificate2 certificate, string place, string advice)
    {
        var shown = ShownCertificate.Of(certificate, place.TrimEnd('/'));
        if (line.GetValue(_json))
        {
            console.Line(JsonSerializer.Serialize(shown, ShownCertificateJson.Default.ShownCertificate));
            return;
        }

        var (until, left) = ($"{shown.Until:yyyy-MM-dd}", (int)(shown.Until - time.GetUtcNow()).TotalDays);
        console.Line($"{shown.Place}: {shown.Role}{(shown.Name is null ? "" : " " + shown.Name)}");
        if (shown.Hosts.Count > 0)
            console.Line($"  hosts   {string.Join(", ", shown.Hosts)}");

        console.Line($"  signed  {(shown.Role == "ca" ? $"by itself, {shown.Subject}" : $"by {shown.Issuer}")}");
        console.Line($"  valid   until {until}, {(left < 0 ? "expired" : $"{left} days")}");
        if (advice.Length > 0)
            console.Line(advice);
    }

    private IReadOnlyList<string> HostsOf(ParseResult line, CertificateFolder folder, CertificateIdentity identity)
    {
        var hosts = line.GetValue(_hosts) ?? [];
        if (Array.Find(hosts, host => Uri.CheckHostName(host) == UriHostNameType.Unknown) is { } wrong)
            throw new UsageException($"--host '{wrong}' is not a host; expected a name or an address without a port, for example recorder-1 or 10.0.0.1.");

        return hosts.Length > 0 ? hosts
            : line.GetValue(_force) && folder.ReadHosts(identity) is { Count: > 0 } known ? known
            : throw new UsageException("Missing required option '--host HOST', a name or address at which the other nodes reach this one.");
    }

    private CertificateFolder FolderOf(ParseResult line) => new(line.GetValue(_dir) ?? DefaultFolder, time);

    private int DaysOf(ParseResult line, int absent)
    {
        var days = line.GetValue(_days) ?? absent;
        return days <= MostDays ? days : throw new UsageException($"--days '{days}' is too long; the maximum is {MostDays}.");
    }
}

/// <summary>A certificate as it is printed.</summary>
internal sealed record ShownCertificate(
    string Place, string Role, string? Name, IReadOnlyList<string> Hosts, string Subject, string Issuer, DateTimeOffset From, DateTimeOffset Until, string Fingerprint)
{
    public static ShownCertificate Of(X509Certificate2 certificate, string place)
    {
        var identity = CertificateIdentity.Of(certificate);
        var isAuthority = certificate.Extensions.OfType<X509BasicConstraintsExtension>().Any(constraints => constraints.CertificateAuthority);
        var role = isAuthority ? "ca" : identity.Role == CertificateRole.Unknown ? "neither node nor client" : identity.Role.ToString().ToLowerInvariant();
        return new ShownCertificate(
            place, role, identity.Name.Length == 0 ? null : identity.Name, CertificateIdentity.HostsOf(certificate), certificate.Subject, certificate.Issuer,
            new DateTimeOffset(certificate.NotBefore).ToUniversalTime(), new DateTimeOffset(certificate.NotAfter).ToUniversalTime(),
            certificate.GetCertHashString(HashAlgorithmName.SHA256).ToLowerInvariant());
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ShownCertificate))]
internal sealed partial class ShownCertificateJson : JsonSerializerContext;
