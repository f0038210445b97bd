using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Recorder.Cluster.Trust;
using Recorder.Node.Cli;

namespace Recorder.Node.Tests.Cli;

#pragma warning disable CA1416 // The node runs on Unix.

/// <summary><c>recorder cluster cert</c>: which files it makes, and what it refuses.</summary>
public sealed class CertificateCommandSpecs : IDisposable
{
    private readonly Folder _folder = new();

    private string Certs => _folder["certs"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_CA_a_node_and_a_client_get_their_files()
    {
        await RunAsync("ca");
        await RunAsync("node", "n1", "--host", "10.0.0.1", "--host", "recorder-1");
        await RunAsync("client", "desk");

        FilesIn(Certs).ShouldBe(["ca.key", "ca.pem", "cluster.key"]);
        FilesIn(Path.Combine(Certs, "n1")).ShouldBe(["ca.pem", "cluster.key", "node.key", "node.pem"]);
        FilesIn(Path.Combine(Certs, "desk")).ShouldBe(["ca.pem", "client.key", "client.pem"]);
        Convert.FromBase64String(await File.ReadAllTextAsync(Path.Combine(Certs, "n1", "cluster.key"))).Length.ShouldBe(32);
        foreach (var secret in Directory.EnumerateFiles(Certs, "*.key", SearchOption.AllDirectories))
            File.GetUnixFileMode(secret).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite, secret);

        var trust = NodeTrust.Read(Path.Combine(Certs, "n1"));
        trust.FindProblem("n1", "recorder-1").ShouldBeNull();
        (trust.Until - DateTimeOffset.UtcNow).TotalDays.ShouldBe(730, 1);
        using var client = X509CertificateLoader.LoadCertificateFromFile(Path.Combine(Certs, "desk", "client.pem"));
        trust.Check(client, null, DateTimeOffset.UtcNow)!.Reason.ShouldBe("its certificate says client desk");
        using var authority = X509CertificateLoader.LoadCertificateFromFile(Path.Combine(Certs, "ca.pem"));
        (authority.NotAfter - DateTime.Now).TotalDays.ShouldBe(3650, 1);
    }

    [Fact]
    public async Task Nothing_is_replaced_without_force_and_the_secret_never()
    {
        await RunAsync("ca");
        await RunAsync("node", "n1", "--host", "10.0.0.1");
        var (secret, before) = (await File.ReadAllTextAsync(Path.Combine(Certs, "cluster.key")), NodeTrust.Read(Path.Combine(Certs, "n1")));

        (await RefusalOfAsync("ca")).ShouldBe(
            $"'{Certs}/ca.key' already exists; --force makes a new CA, and nodes with certificates of the old one are refused then.");
        (await RefusalOfAsync("node", "n1", "--host", "10.0.0.1")).ShouldBe($"'{Certs}/n1/node.key' already exists; use --force to renew it.");
        NodeTrust.Read(Path.Combine(Certs, "n1")).Certificate.ShouldBe(before.Certificate);

        await RunAsync("node", "n1", "--force", "--days", "9");
        var renewed = NodeTrust.Read(Path.Combine(Certs, "n1"));
        renewed.Hosts.ShouldBe(["10.0.0.1"]);
        (renewed.Until - DateTimeOffset.UtcNow).TotalDays.ShouldBe(9, 1);
        before.Check(renewed.Certificate, "10.0.0.1", DateTimeOffset.UtcNow).ShouldBeNull();

        await RunAsync("ca", "--force");
        (await File.ReadAllTextAsync(Path.Combine(Certs, "cluster.key"))).ShouldBe(secret);
    }

    [Fact]
    public async Task A_certificate_is_shown_for_people_and_programs()
    {
        await RunAsync("ca", "--days", "100");
        var made = JsonDocument.Parse(await RunAsync("node", "n1", "--host", "10.0.0.1", "--json")).RootElement;
        made.GetProperty("place").GetString().ShouldBe($"{Certs}/n1");
        made.GetProperty("role").GetString().ShouldBe("node");
        made.GetProperty("hosts")[0].GetString().ShouldBe("10.0.0.1");

        var file = Path.Combine(Certs, "n1", "node.pem");
        var shown = await OutputOfAsync("show", file);
        shown.ShouldContain($"{file}: node n1\n  hosts   10.0.0.1\n  signed  by CN=Recorder cluster CA ");
        shown.ShouldMatch(@"valid   until \d{4}-\d\d-\d\d, \d\d days", "no longer than its CA");
        (await OutputOfAsync("show", Path.Combine(Certs, "ca.pem"))).ShouldContain($"{Certs}/ca.pem: ca\n  signed  by itself, CN=Recorder cluster CA ");
    }

    [Theory]
    [InlineData("node", "Missing required argument 'NAME'. See 'recorder cluster cert node --help'.")]
    [InlineData("node n1", "Missing required option '--host HOST', a name or address at which the other nodes reach this one.")]
    [InlineData("node ../n1 --host n1", "'../n1' is not a name; use 1 to 64 letters, digits, '.', '_' and '-', and no dot first.")]
    [InlineData("node n1 --host n1:8080", "--host 'n1:8080' is not a host; expected a name or an address without a port, for example recorder-1 or 10.0.0.1.")]
    [InlineData("ca --days 0", "--days '0' is not valid; expected a whole number of at least 1.")]
    [InlineData("ca --days 100000", "--days '100000' is too long; the maximum is 36500.")]
    public async Task Wrong_usage_is_refused(string line, string sentence) => (await RefusalOfAsync(line.Split(' '))).ShouldBe(sentence);

    [Theory]
    [InlineData("node n1 --host n1 --dir DIR", "'DIR' has no CA; make one with 'recorder cluster cert ca', or name its folder with --dir.")]
    [InlineData("show DIR", "'DIR' is not a certificate: ASN1 corrupted data.")]
    public async Task What_cannot_be_read_is_a_failure(string line, string sentence)
    {
        var terminal = new Terminal();

        (await CommandLine.RunAsync([.. "cluster cert".Split(' '), .. line.Replace("DIR", _folder.Path).Split(' ')], terminal.Console)).ShouldBe(1);

        terminal.Error.ShouldBe($"recorder: {sentence.Replace("DIR", _folder.Path)}\n");
    }

    private static string[] FilesIn(string folder) => [.. Directory.GetFiles(folder).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    private Task<string> RefusalOfAsync(params string[] line) => Terminal.RefusalOfAsync(["cluster", "cert", .. line, "--dir", Certs]);

    private Task<string> RunAsync(params string[] line) => OutputOfAsync([.. line, "--dir", Certs]);

    private static async Task<string> OutputOfAsync(params string[] line)
    {
        var terminal = new Terminal();
        (await CommandLine.RunAsync(["cluster", "cert", .. line], terminal.Console)).ShouldBe(0, terminal.Error);
        return terminal.Output;
    }
}
