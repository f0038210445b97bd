using Microsoft.Extensions.Logging;

namespace Recorder.Cluster.Trust;

internal static partial class TrustLog
{
    [LoggerMessage(1, LogLevel.Warning, "Refuses the connection with {Peer}: {Reason}. {Advice}")]
    public static partial void Refuses(ILogger logger, string peer, string reason, string advice);

    [LoggerMessage(2, LogLevel.Warning, "{Peer} refuses the connection of this node: {Reason}. {Advice}")]
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
