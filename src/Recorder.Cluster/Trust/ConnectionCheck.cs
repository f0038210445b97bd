using System.Diagnostics;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Recorder.Cluster.Trust;

/// <summary>
/// Connects to a node as Akka.Remote is about to, and finds out whether the two accept each other. Akka.Remote ends its actor system when a handshake that it began
/// fails: without this check one node with a wrong certificate would end the control plane of every node that connects to it.
/// </summary>
internal sealed class ConnectionCheck(Func<NodeTrust> trust, Refusals refusals, TimeProvider clock)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan ShortestVerdict = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestVerdict = TimeSpan.FromMilliseconds(500);

    /// <summary>Says it when one of the two refuses the other.</summary>
    /// <returns>Why the connection is not made; null to make it, be it only to fail as connections fail.</returns>
    public async Task<string?> FindRefusalAsync(string host, int port)
    {
        var peer = $"{host}:{port}";
        var own = trust();
        Refusal? refusal = null;
        using var deadline = new CancellationTokenSource(Timeout, clock);
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(host, port, deadline.Token).ConfigureAwait(false);
        }
        catch (Exception unreachable) when (unreachable is SocketException or OperationCanceledException)
        {
            return null;
        }

        var tls = new SslStream(new NetworkStream(socket), leaveInnerStreamOpen: false);
        await using (tls.ConfigureAwait(false))
        {
            try
            {
                var startedAt = Stopwatch.GetTimestamp();
                await tls.AuthenticateAsClientAsync(OptionsFor(host, own, found => refusal = found), deadline.Token).ConfigureAwait(false);
                if (await IsAcceptedAsync(tls, Stopwatch.GetElapsedTime(startedAt)).ConfigureAwait(false))
                    return null;
            }
            catch (Exception failed) when (failed is AuthenticationException or IOException)
            {
                if (refusal is null && !IsAlert(failed))
                    refusal = Refusal.NoTls;
            }
            catch (OperationCanceledException)
            {
                return null;
            }
        }

        refusals.Remember(peer);
        if (refusal is not null)
            refusals.Refuses(peer, refusal);
        else
            refusals.IsRefused(peer, own.Check(own.Certificate, null, clock.GetUtcNow()));

        return refusal?.Reason ?? "it refuses this node's certificate";
    }

    /// <summary>Whether a handshake failed because the other side said so.</summary>
    public static bool IsAlert(Exception failed) =>
        failed.Message.Contains("alert", StringComparison.OrdinalIgnoreCase) || (failed.InnerException is { } inner && IsAlert(inner));

    private SslClientAuthenticationOptions OptionsFor(string host, NodeTrust own, Action<Refusal?> onChecked) => new()
    {
        TargetHost = host,
        // What DotNetty speaks at most.
        EnabledSslProtocols = SslProtocols.Tls12,
        AllowTlsResume = false,
        CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        ClientCertificateContext = SslStreamCertificateContext.Create(own.Certificate, null, offline: true),
        RemoteCertificateValidationCallback = (_, certificate, _, _) =>
        {
            var found = own.Check(certificate as X509Certificate2, host, clock.GetUtcNow());
            onChecked(found);
            return found is null;
        },
    };

    // .NET judges the client's certificate after the handshake, and hangs up when it does not like it. A node that accepts it says nothing before it is spoken to.
    private static async Task<bool> IsAcceptedAsync(SslStream tls, TimeSpan handshake)
    {
        var wait = 2 * handshake;
        using var verdict = new CancellationTokenSource(wait < ShortestVerdict ? ShortestVerdict : wait > LongestVerdict ? LongestVerdict : wait);
        try
        {
            return await tls.ReadAsync(new byte[1], verdict.Token).ConfigureAwait(false) > 0;
        }
        catch (OperationCanceledException)
        {
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
