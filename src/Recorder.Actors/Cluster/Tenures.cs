using System.Collections.Concurrent;
using Recorder.Contracts;

namespace Recorder.Actors.Cluster;

/// <summary>What this node owns, as far as it knows, and whether it may trust that. Safe to use from any thread.</summary>
internal sealed class Tenures(TimeSpan trust, TimeProvider time)
{
    private readonly ConcurrentDictionary<RecorderId, SharedIndex.Tenure> _held = new();
    private readonly ConcurrentDictionary<RecorderId, bool> _leaving = new();
    private long _trustedUntil = long.MinValue;

    /// <summary>
    /// Whether no other node can own what this one does: by its own clock, counted from before it asked for the lease. Until then it records
    /// on, and decides nothing.
    /// </summary>
    public bool AreTrusted => time.GetTimestamp() < Volatile.Read(ref _trustedUntil);

    public int Count => _held.Count;

    public IReadOnlyCollection<KeyValuePair<RecorderId, SharedIndex.Tenure>> All => [.. _held];

    /// <summary>Whether a recorder is here to be asked: not one that is being given up.</summary>
    public bool Holds(RecorderId recorder) => _held.ContainsKey(recorder) && !_leaving.ContainsKey(recorder);

    public SharedIndex.Tenure? Find(RecorderId recorder) => _held.TryGetValue(recorder, out var tenure) ? tenure : null;

    public Held? HeldOf(RecorderId recorder) => Find(recorder) is { } tenure ? new Held(recorder, tenure.Token) : null;

    public void Take(RecorderId recorder, long token, long since)
    {
        _held[recorder] = new SharedIndex.Tenure(token, since);
        _leaving.TryRemove(recorder, out _);
    }

    /// <summary>A recorder is being given up: what it wrote is still this node's.</summary>
    public void Leave(RecorderId recorder) => _leaving[recorder] = true;

    public bool Drop(RecorderId recorder)
    {
        _leaving.TryRemove(recorder, out _);
        return _held.TryRemove(recorder, out _);
    }

    /// <summary>The lease was renewed by a request that was sent at this timestamp.</summary>
    public void Renewed(long asked) =>
        Volatile.Write(ref _trustedUntil, asked + (long)(trust.TotalSeconds * time.TimestampFrequency));

    public void Distrust() => Volatile.Write(ref _trustedUntil, long.MinValue);
}
