using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Recorder.Cluster.Trust;

/// <summary>Says which connections are refused, and remembers it. They are tried once a second: each reason is said once in ten minutes.</summary>
internal sealed class Refusals(ILogger logger, TimeProvider clock)
{
    // Anybody can connect from any number of addresses.
    private const int MostRemembered = 1000;
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Recent = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<(string Peer, string Reason), long> _said = new();
    private readonly ConcurrentDictionary<string, long> _refused = new();

    /// <summary>This node refuses another.</summary>
    /// <param name="peer">As far as it is known: its name, host and port.</param>
    public void Refuses(string peer, Refusal refusal)
    {
        if (IsNew(peer, refusal.Reason))
            TrustLog.Refuses(logger, peer, refusal.Reason, refusal.Advice);
    }

    /// <summary>Another node refuses this one.</summary>
    /// <param name="own">What this node itself finds wrong with its certificate; null when it finds nothing.</param>
    public void IsRefused(string peer, Refusal? own)
    {
        var (reason, advice) = own is null
            ? ("its log says why", "Compare ca.pem, role and clock of both nodes; 'recorder cluster cert show FILE' shows a certificate")
            : (own.Reason.Replace("its certificate", "this node's certificate", StringComparison.Ordinal), own.Advice);
        if (IsNew(peer, reason))
            TrustLog.IsRefused(logger, peer, reason, advice);
    }

    /// <summary>A connection to this address was refused, by one or the other side.</summary>
    public void Remember(string address) => Set(_refused, address);

    /// <summary>Whether a connection to an address was refused a short time ago: it need not be tried now.</summary>
    public bool IsRecent(string address) => _refused.TryGetValue(address, out var at) && clock.GetElapsedTime(at) < Recent;

    private bool IsNew(string peer, string reason)
    {
        if (_said.TryGetValue((peer, reason), out var last) && clock.GetElapsedTime(last) < Interval)
            return false;

        Set(_said, (peer, reason));
        return true;
    }

    private void Set<TKey>(ConcurrentDictionary<TKey, long> times, TKey key)
        where TKey : notnull
    {
        if (times.Count >= MostRemembered)
            times.Clear();

        times[key] = clock.GetTimestamp();
    }
}
