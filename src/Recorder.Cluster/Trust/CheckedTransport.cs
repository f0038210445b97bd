using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Akka.Actor.Setup;
using Akka.Event;
using Akka.Remote.Transport;
using Akka.Remote.Transport.DotNetty;

namespace Recorder.Cluster.Trust;

/// <summary>What the transport of an actor system trusts. It shows the certificate with which it was created, and checks by the folder as it is at the time.</summary>
internal sealed class TrustSetup(TrustFolder folder, Refusals refusals, TimeProvider clock) : Setup
{
    private readonly NodeTrust _own = folder.Current;

    /// <summary>Whether the node has another certificate by now.</summary>
    public bool IsRenewed => folder.Current.Certificate.Thumbprint != _own.Certificate.Thumbprint;

    public Refusals Refusals => refusals;

    public ConnectionCheck Connections { get; } = new(() => folder.Current, refusals, clock);

    /// <summary>Mutual TLS for Akka.Remote. Its own checks of chain and host do not count: they know no CA but the system's.</summary>
    public DotNettySslSetup Tls =>
        new(_own.Certificate, suppressValidation: false, requireMutualAuthentication: true, validateCertificateHostname: false, IsAccepted);

    /// <summary>Why this node itself would refuse its certificate; null if it would not.</summary>
    public Refusal? FindOwnProblem() => folder.Current.Check(_own.Certificate, null, clock.GetUtcNow());

    private bool IsAccepted(X509Certificate2? certificate, X509Chain? chain, string remotePeer, SslPolicyErrors errors, ILoggingAdapter log)
    {
        // Akka names the node to which it connects by its address in the cluster, and one that connects by the address of its socket.
        var host = remotePeer.Contains('@') ? Address.Parse(remotePeer).Host : null;
        if (folder.Current.Check(certificate, host, clock.GetUtcNow()) is not { } refusal)
            return true;

        var says = certificate is null ? CertificateIdentity.Unknown : CertificateIdentity.Of(certificate);
        refusals.Refuses(says.Role == CertificateRole.Unknown ? PeerName.Of(remotePeer) : $"{says} at {PeerName.Of(remotePeer)}", refusal);
        return false;
    }
}

/// <summary>The part of a socket's address by which a peer is known again: its port is another one for every connection.</summary>
internal static class PeerName
{
    public static string Of(string address) => System.Net.IPEndPoint.TryParse(address, out var endpoint)
        ? (endpoint.Address.IsIPv4MappedToIPv6 ? endpoint.Address.MapToIPv4() : endpoint.Address).ToString()
        : address[(address.IndexOf('@', StringComparison.Ordinal) + 1)..];
}

/// <summary>Wraps the transport of an actor system that has a <see cref="TrustSetup"/>; <see cref="Name"/> names it in the configuration.</summary>
internal sealed class CheckedTransportProvider : ITransportAdapterProvider
{
    public const string Name = "checked";

    /// <summary>How the message of a connection begins that was not made.</summary>
    public const string Refused = "Refused by certificate: ";

    public Transport Create(Transport wrappedTransport, ExtendedActorSystem system) =>
        new CheckedTransport(wrappedTransport, system, system.Settings.Setup.Get<TrustSetup>().Value.Connections);

    /// <summary>A transport that asks a <see cref="ConnectionCheck"/> before it connects.</summary>
    private sealed class CheckedTransport : Transport
    {
        private readonly Transport _transport;
        private readonly ConnectionCheck _check;

        public CheckedTransport(Transport transport, ActorSystem system, ConnectionCheck check)
        {
            (_transport, _check) = (transport, check);
            System = system;
            SchemeIdentifier = transport.SchemeIdentifier;
            MaximumPayloadBytes = transport.MaximumPayloadBytes;
        }

        public override Task<(Address, TaskCompletionSource<IAssociationEventListener>)> Listen() => _transport.Listen();

        public override bool IsResponsibleFor(Address remote) => _transport.IsResponsibleFor(remote);

        public override async Task<AssociationHandle> Associate(Address remoteAddress) =>
            remoteAddress is { Host: { } host, Port: { } port } && await _check.FindRefusalAsync(host, port).ConfigureAwait(false) is { } reason
                ? throw new InvalidAssociationException($"{Refused}{remoteAddress}, {reason}.")
                : await _transport.Associate(remoteAddress).ConfigureAwait(false);

        public override Task<bool> Shutdown() => _transport.Shutdown();

        public override Task<bool> ManagementCommand(object message) => _transport.ManagementCommand(message);
    }
}
