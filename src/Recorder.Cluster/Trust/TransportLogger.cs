using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using Akka.Event;

namespace Recorder.Cluster.Trust;

/// <summary>
/// Passes Akka's log to the node's, and says in a sentence what Akka.Remote says in a page: that a connection was refused. Its log is the only place where
/// Akka.Remote tells of a handshake that failed.
/// </summary>
internal sealed class TransportLogger : QuietLogger
{
    private static readonly string[] Handlers = ["TcpServerHandler", "TcpClientHandler"];

    private readonly TrustSetup _trust = Context.System.Settings.Setup.Get<TrustSetup>().Value;

    protected override void Log(LogEvent log, ActorPath path)
    {
        var text = (log.Message as LogMessage)?.Format ?? "";
        if (text.StartsWith("Mutual TLS required", StringComparison.Ordinal))
            _trust.Refusals.Refuses(PeerOf(log, 0), Refusal.NoCertificate);
        else if (log.ToString()!.Contains(CheckedTransportProvider.Refused, StringComparison.Ordinal))
            return;
        else if (!Handlers.Contains(log.LogClass?.Name))
            base.Log(log, path);
        // It follows an error that says more.
        else if (!text.StartsWith("Rejected incoming connection", StringComparison.Ordinal) && !IsSaid(log))
            base.Log(log, path);
    }

    private bool IsSaid(LogEvent log)
    {
        if (log.Cause?.GetBaseException() is not { } cause)
            return false;

        if (cause.GetType().Name == "NotSslRecordException")
            _trust.Refusals.Refuses(PeerOf(log, 1), Refusal.NoTls);
        else if (ConnectionCheck.IsAlert(log.Cause))
            _trust.Refusals.IsRefused(PeerOf(log, 1), _trust.FindOwnProblem());
        else
            // The validator says itself what it refuses; and whoever hangs up while hands are shaken says nothing that could be passed on.
            return cause is IOException or SocketException || cause is AuthenticationException && cause.Message.Contains("RemoteCertificateValidationCallback", StringComparison.Ordinal);

        return true;
    }

    private static string PeerOf(LogEvent log, int index) =>
        PeerName.Of(((LogMessage)log.Message).Parameters().ElementAtOrDefault(index) switch
        {
            EndPoint address => address.ToString()!,
            string text => text,
            _ => "unknown",
        });
}
