using System.Net;
using System.Security.Authentication;
using Akka.Event;

namespace Recorder.Cluster.Trust;

/// <summary>
/// Says in a sentence what Akka.Remote says in a page: that a connection from outside did not come about. Akka.Remote tells of it by its log only, so that the only
/// way to hear of it is to read that log.
/// </summary>
internal sealed class HandshakeWatch : ReceiveActor
{
    /// <summary>What is left out of the log, because this actor says it.</summary>
    public static readonly IReadOnlyList<string> Sources = ["TcpServerHandler", "TcpClientHandler"];

    private const string NoCertificate = "Mutual TLS required";

    private readonly TrustSetup _trust;

    public HandshakeWatch(TrustSetup trust)
    {
        _trust = trust;
        Receive<Warning>(OnWarning);
        Receive<Error>(OnError);
    }

    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe(Self, typeof(Warning));
        Context.System.EventStream.Subscribe(Self, typeof(Error));
    }

    private void OnWarning(Warning warning)
    {
        if (warning.Message is LogMessage message && message.Format.StartsWith(NoCertificate, StringComparison.Ordinal))
            _trust.Refusals.Refuses(PeerName.Of(message.Parameters().First().ToString()!), Refusal.NoCertificate);
    }

    private void OnError(Error error)
    {
        if (error is not { Cause: { } cause, Message: LogMessage message } || !Sources.Contains(error.LogClass.Name)
            || message.Parameters().OfType<EndPoint>().ElementAtOrDefault(1)?.ToString() is not { } peer)
        {
            return;
        }

        if (ConnectionCheck.IsAlert(cause))
            _trust.Refusals.IsRefused(PeerName.Of(peer), _trust.FindOwnProblem());
        // The validator has said it already when the certificate was refused.
        else if (cause.GetBaseException() is AuthenticationException { Message: var text } && text.Contains("frame", StringComparison.OrdinalIgnoreCase))
            _trust.Refusals.Refuses(PeerName.Of(peer), Refusal.NoTls);
    }
}
