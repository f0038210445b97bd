using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Recorder.Cluster.Trust;

internal static partial class TrustLog
{
    [LoggerMessage(1, LogLevel.Warning, "Refuses the connection with {Peer}: {Reason}. {Advice}")]
    public static partial void Refuses(ILogger logger, string peer, string reason, string advice);

    [LoggerMessage(2, LogLevel.Warning, "{Peer} refuses this node's certificate: {Reason}. {Advice}")]
    public static partial void IsRefused(ILogger logger, string peer, string reason, string advice);

    [LoggerMessage(3, LogLevel.Information, "The certificate of {Identity} was renewed; it is valid until {Until:u}")]
    public static partial void Renewed(ILogger logger, CertificateIdentity identity, DateTimeOffset until);

    [LoggerMessage(4, LogLevel.Error, "The new certificate in '{Folder}' cannot be used, and the one before stays in use: {Reason}")]
    public static partial void NotRenewed(ILogger logger, string folder, string reason);

    [LoggerMessage(5, LogLevel.Warning, "The certificate of {Identity} expires on {Until:u}, in {Days} days: other nodes refuse this one then. "
        + "Renew it by 'recorder cluster cert node {Name} --force'")]
    public static partial void Expires(ILogger logger, CertificateIdentity identity, DateTimeOffset until, int days, string name);

    [LoggerMessage(6, LogLevel.Error, "The certificate of {Identity} expired on {Until:u}: other nodes refuse this one. Recordings go on. "
        + "Renew it by 'recorder cluster cert node {Name} --force'")]
    public static partial void Expired(ILogger logger, CertificateIdentity identity, DateTimeOffset until, string name);
}

/// <summary>Says which connections are refused. They are tried once a second: each reason is said once in ten minutes.</summary>
internal sealed class RefusalLog(ILogger logger, TimeProvider clock)
{
    // Anybody can connect from any number of addresses.
    private const int MostRemembered = 1000;
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<(string Peer, string Reason), long> _said = new();

    /// <param name="peer">As far as it is known: its name, host and port.</param>
    public void Refuses(string peer, Refusal refusal)
    {
        if (IsNew(peer, refusal.Reason))
            TrustLog.Refuses(logger, peer, refusal.Reason, refusal.Advice);
    }

    /// <param name="own">What this node itself finds wrong with its certificate; null when it finds nothing.</param>
    public void IsRefused(string peer, Refusal? own)
    {
        var refusal = own ?? new Refusal("its log says why", "Compare ca.pem, role and clock of both nodes; 'recorder cluster cert show FILE' shows a certificate");
        if (IsNew(peer, refusal.Reason))
            TrustLog.IsRefused(logger, peer, refusal.Reason, refusal.Advice);
    }

    private bool IsNew(string peer, string reason)
    {
        var now = clock.GetTimestamp();
        if (_said.TryGetValue((peer, reason), out var last) && clock.GetElapsedTime(last, now) < Interval)
            return false;

        if (_said.Count >= MostRemembered)
            _said.Clear();

        _said[(peer, reason)] = now;
        return true;
    }
}
