using System.Globalization;

namespace Recorder.Cluster.Trust;

/// <summary>Why a node refuses another, in a sentence about the other, and what its operator can do.</summary>
internal sealed record Refusal(string Reason, string Advice)
{
    public static Refusal NoCertificate { get; } = new(
        "it shows no certificate", "Start it with --cluster-certs and a bundle that 'recorder cluster cert node' makes");

    public static Refusal NoTls { get; } = new(
        "it does not speak TLS", "If it is a node, it needs --cluster-certs and a bundle that 'recorder cluster cert node' makes");

    public static Refusal CertificatesExpected { get; } = new(
        "it takes part with certificates, and this node has none", "Start this node with --cluster-certs and a bundle that 'recorder cluster cert node' makes");

    public static Refusal OtherAuthority(string subject) => new(
        $"its certificate ({subject}) is not signed by this cluster's CA", "Make it one beside the ca.key of this cluster, by 'recorder cluster cert node'");

    public static Refusal Expired(DateTimeOffset until) => new(
        $"its certificate expired on {Day(until)}", "Renew it by 'recorder cluster cert node NAME --force'; if it is still valid there, the clocks differ");

    public static Refusal NotYetValid(DateTimeOffset from) => new(
        $"its certificate is not valid before {Day(from)}", "Compare the clocks of both machines");

    public static Refusal NoNode(CertificateIdentity identity) => new(
        $"its certificate says {identity}", "Only nodes may take part: make it a certificate by 'recorder cluster cert node'");

    public static Refusal OtherHost(string host, IEnumerable<string> hosts) => new(
        $"its certificate is for {string.Join(", ", hosts)}, and not for {host}", $"Make it again with --host {host}, or change its --advertise");

    public static Refusal Invalid(string problem) => new($"its certificate is not valid ({problem})", "Make it a new one by 'recorder cluster cert node'");

    private static string Day(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture);
}

/// <summary>The certificates of this node are of no use to it; the message says why and what to do.</summary>
internal sealed class TrustException(string message, Exception? inner = null) : Exception(message, inner);
