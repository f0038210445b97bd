using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Recorder.Cluster.Runtime;

/// <summary>
/// Why this node does not join those that its operator named. They are asked once a second: each reason is said when it has stood for a moment, and again
/// only when it has changed, so that nodes that start together say nothing.
/// </summary>
internal sealed partial class JoinProblems(ILogger logger, TimeProvider time)
{
    private static readonly TimeSpan SettleTime = TimeSpan.FromSeconds(2);

    // Reasons may alternate, where some requests of a busy node come too late.
    private static readonly TimeSpan RepeatAfter = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<string, (GreetingProblem Problem, long Since)> _standing = new();
    private readonly ConcurrentDictionary<(string Address, string Reason), long> _said = new();

    /// <summary>Each named node that is not joined, and why.</summary>
    public IReadOnlyList<(string Address, string Reason)> Current =>
        [.. _standing.Where(one => IsSettled(one.Value.Since)).OrderBy(one => one.Key, StringComparer.Ordinal).Select(one => (one.Key, one.Value.Problem.Reason))];

    /// <summary>Takes what became of asking a node.</summary>
    /// <param name="address">As the operator named it.</param>
    /// <param name="problem">Null when it answered as a node of this cluster.</param>
    public void Take(string address, GreetingProblem? problem)
    {
        if (problem is null)
        {
            _standing.TryRemove(address, out _);
            return;
        }

        var standing = _standing.AddOrUpdate(
            address, _ => (problem, time.GetTimestamp()), (_, before) => before.Problem == problem ? before : (problem, time.GetTimestamp()));
        if (IsSettled(standing.Since) && IsNew(address, problem.Reason, standing.Since))
        {
            if (problem.IsAway)
                LogAway(logger, address, problem.Reason);
            else
                LogNotJoined(logger, address, problem.Reason);
        }
    }

    private bool IsSettled(long since) => time.GetElapsedTime(since) >= SettleTime;

    private bool IsNew(string address, string reason, long since)
    {
        var key = (address, reason);
        if (_said.TryGetValue(key, out var last) && (since <= last || time.GetElapsedTime(last) < RepeatAfter))
            return false;

        _said[key] = time.GetTimestamp();
        return true;
    }

    [LoggerMessage(1, LogLevel.Warning, "{Address} {Reason}")]
    private static partial void LogNotJoined(ILogger logger, string address, string reason);

    [LoggerMessage(2, LogLevel.Information, "{Address} {Reason}")]
    private static partial void LogAway(ILogger logger, string address, string reason);
}
