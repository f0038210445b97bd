using Recorder.Cluster.Events;
using Recorder.Cluster.Registry;
using Recorder.Cluster.Tenures;

namespace Recorder.Cluster.Tests.Schedules;

/// <summary>Sees what every node does, as no node of a cluster can: that nothing is done twice, and what the predicates ask for.</summary>
internal sealed class Witness(World world)
{
    private readonly Dictionary<(string, Tenure), TimeSpan> _claimedAt = [];
    private readonly Dictionary<(string, EventNumber), string> _raised = [];
    private readonly Dictionary<string, TimeSpan> _storedAt = [];
    private readonly Dictionary<string, RegisteredRecorder> _registered = [];

    public void NoteClaim(string recorder, Tenure tenure)
    {
        if (!_claimedAt.TryAdd((recorder, tenure), world.Now))
            world.Break($"tenure {tenure} of {recorder} was claimed twice");
    }

    public void NoteRaised(string recorder, OrderedEvent raised)
    {
        if (!_raised.TryAdd((recorder, raised.Number), raised.Content))
            world.Break($"event {raised.Number} of {recorder} was raised twice");
    }

    public void NoteRegistered(string recorder, RegisteredRecorder changed) =>
        _registered[recorder] = _registered.TryGetValue(recorder, out var before) ? before.MergeWith(changed).Merged : changed;

    public void NoteStored(string recorder) => _storedAt[recorder] = world.Now;

    public TimeSpan ClaimedAt(string recorder, Tenure tenure) => _claimedAt[(recorder, tenure)];

    /// <summary>When any node last stored a fragment of a recorder.</summary>
    public TimeSpan StoredAt(string recorder) => _storedAt.GetValueOrDefault(recorder);

    /// <summary>What all changes of a recorder, on whatever node, make of it; null before the first.</summary>
    public RegisteredRecorder? RegisteredAs(string recorder) => _registered.GetValueOrDefault(recorder);
}
