using Microsoft.Extensions.Logging;

namespace Recorder.Cluster.Trust;

/// <summary>
/// The folder with a node's certificate. It is read again when its files change, so that a certificate is renewed while the node records. A certificate that
/// expires soon is warned of each day.
/// </summary>
internal sealed class TrustFolder : IDisposable
{
    public static readonly TimeSpan WarnBefore = TimeSpan.FromDays(30);

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan WarnInterval = TimeSpan.FromDays(1);
    private static readonly string[] Files = [NodeTrust.CertificateFile, NodeTrust.KeyFile, NodeTrust.AuthorityFile];

    private readonly string _folder;
    private readonly Func<NodeTrust, string?> _findProblem;
    private readonly ILogger _logger;
    private readonly TimeProvider _clock;
    private readonly ITimer _timer;
    private readonly Lock _gate = new();
    private volatile NodeTrust _current;
    private Stamp _read;
    private Stamp _seen;
    private long? _warnedAt;

    private TrustFolder(string folder, Func<NodeTrust, string?> findProblem, ILogger logger, TimeProvider clock)
    {
        (_folder, _findProblem, _logger, _clock) = (folder, findProblem, logger, clock);
        _read = _seen = Stamp.Of(folder);
        _current = Read();
        _timer = clock.CreateTimer(_ => Look(), null, TimeSpan.Zero, Interval);
    }

    /// <summary>The certificate to be used now.</summary>
    public NodeTrust Current => _current;

    /// <param name="findProblem">Says why a certificate is of no use to this node; null if it is.</param>
    /// <exception cref="TrustException">There is none that can be used.</exception>
    public static TrustFolder Open(string folder, Func<NodeTrust, string?> findProblem, ILogger logger, TimeProvider clock) =>
        new(folder, findProblem, logger, clock);

    public void Dispose() => _timer.Dispose();

    private NodeTrust Read()
    {
        var trust = NodeTrust.Read(_folder);
        return _findProblem(trust) is { } problem
            ? throw new TrustException($"'{_folder}' cannot be used: {problem}; 'recorder cluster cert node' makes another.")
            : trust;
    }

    private void Look()
    {
        // A disk that does not answer keeps one look waiting, not many.
        if (!_gate.TryEnter())
            return;

        try
        {
            var stamp = Stamp.Of(_folder);
            // The files are replaced one after the other: they are read when they have been the same for one interval.
            if (stamp == _seen && stamp != _read)
                ReadAgain(stamp);

            _seen = stamp;
            WarnOfExpiry();
        }
        finally
        {
            _gate.Exit();
        }
    }

    private void ReadAgain(Stamp stamp)
    {
        _read = stamp;
        try
        {
            _current = Read();
            _warnedAt = null;
            TrustLog.Renewed(_logger, _current.Identity, _current.Until);
        }
        catch (TrustException unusable)
        {
            TrustLog.NotRenewed(_logger, _folder, unusable.Message);
        }
    }

    private void WarnOfExpiry()
    {
        var left = _current.Until - _clock.GetUtcNow();
        if (left > WarnBefore || (_warnedAt is { } at && _clock.GetElapsedTime(at) < WarnInterval))
            return;

        _warnedAt = _clock.GetTimestamp();
        if (left > TimeSpan.Zero)
            TrustLog.Expires(_logger, _current.Identity, _current.Until, (int)left.TotalDays, _current.Identity.Name);
        else
            TrustLog.Expired(_logger, _current.Identity, _current.Until, _current.Identity.Name);
    }

    /// <summary>When the files changed last, and how long they are. A file that is missing has a time of its own.</summary>
    private readonly record struct Stamp((DateTime, long) Certificate, (DateTime, long) Key, (DateTime, long) Authority)
    {
        public static Stamp Of(string folder)
        {
            var files = Array.ConvertAll(Files, file => new FileInfo(Path.Combine(folder, file)));
            var stamps = Array.ConvertAll(files, file => (file.LastWriteTimeUtc, file.Exists ? file.Length : -1));
            return new Stamp(stamps[0], stamps[1], stamps[2]);
        }
    }
}
