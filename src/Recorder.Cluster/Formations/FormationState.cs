namespace Recorder.Cluster.Formations;

/// <summary>What a node knows of the formation of another: the nodes that were joined from one first node, and have not been parted since.</summary>
/// <param name="Id">Drawn when the formation began; both sides of a split in two keep it.</param>
/// <param name="Leader">The first of its nodes by name.</param>
internal readonly record struct Formation(StartId Id, string Leader) : IComparable<Formation>
{
    public int CompareTo(Formation other) => Id != other.Id ? Id.CompareTo(other.Id) : string.CompareOrdinal(Leader, other.Leader);
}

/// <summary>What a node's control plane does about its formation.</summary>
internal enum FormationDecision
{
    Nothing = 0,

    /// <summary>Join the formation of the node that answered.</summary>
    Join = 1,

    /// <summary>Form a cluster of one, which others may join.</summary>
    FormAlone = 2,

    /// <summary>End the control plane, start it again and join the other formation. Recordings go on meanwhile.</summary>
    Restart = 3,
}

/// <summary>
/// Decides when a node's control plane joins, forms alone, or gives its formation up for another. Of two formations of one cluster that have seen each
/// other for a while the higher gives up; where links flap, it waits longer each time.
/// </summary>
internal sealed class FormationState
{
    /// <summary>How long a node that starts asks the nodes it knows before it forms alone.</summary>
    public static readonly TimeSpan AskBeforeAlone = TimeSpan.FromSeconds(3);

    /// <summary>How long two formations must have seen each other before they merge.</summary>
    public static readonly TimeSpan SeenBeforeMerge = TimeSpan.FromSeconds(10);

    /// <summary>How long they must have, where formations part again and again.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(2);

    // An answer older than this says nothing about now.
    private static readonly TimeSpan SightTimeout = TimeSpan.FromSeconds(5);

    // After a formation has held this long, the next merge waits no longer than the first.
    private static readonly TimeSpan CalmAfter = TimeSpan.FromMinutes(5);

    // A node that reaches some nodes of a formation and not all of them joins it and is downed again and again, and nobody decides for it meanwhile. After
    // two such times it forms alone, and merges later.
    private static readonly TimeSpan LostAfter = TimeSpan.FromSeconds(10);
    private const int MostLost = 2;

    private readonly Dictionary<string, (Formation Formation, TimeSpan Since, TimeSpan At)> _seen = [];
    private TimeSpan _startedAt;
    private TimeSpan? _enteredAt;
    private TimeSpan _aloneUntil;
    private int _lostInARow;
    private TimeSpan _wait = SeenBeforeMerge;
    private TimeSpan _mergedAt = TimeSpan.MinValue;

    /// <summary>The formation of which this node is part; null while its control plane is down or has not joined one.</summary>
    public Formation? Own { get; private set; }

    /// <summary>The control plane has started and is part of no formation yet.</summary>
    public void Start(TimeSpan now)
    {
        _lostInARow = now - _enteredAt < LostAfter ? _lostInARow + 1 : 0;
        (Own, _startedAt, _enteredAt) = (null, now, null);
    }

    public void Enter(Formation formation)
    {
        // What was seen before says nothing of now: a node that has just died was seen in the formation that this one was until then.
        if (Own != formation)
            _seen.Clear();

        Own = formation;
    }

    public void Leave() => Own = null;

    /// <summary>A node answered which formation it is part of; null for none.</summary>
    public void See(string node, Formation? formation, TimeSpan now)
    {
        if (formation is not { } seen)
            _seen.Remove(node);
        else if (_seen.TryGetValue(node, out var before) && before.Formation == seen && now - before.At <= SightTimeout)
            _seen[node] = (seen, before.Since, now);
        else
            _seen[node] = (seen, now, now);
    }

    /// <summary>Whether a node lives in another formation than this node.</summary>
    public bool IsElsewhere(string node, TimeSpan now) =>
        _seen.TryGetValue(node, out var seen) && now - seen.At <= SightTimeout && seen.Formation != Own;

    /// <summary>Decides what to do now.</summary>
    /// <returns>The decision, and the node whose formation to join.</returns>
    public (FormationDecision Decision, string? Node) Decide(TimeSpan now)
    {
        var visible = _seen.Where(entry => now - entry.Value.At <= SightTimeout).OrderBy(entry => entry.Value.Formation).ThenBy(entry => entry.Key).ToList();
        if (Own is not { } own)
        {
            if (visible.Count > 0 && _lostInARow < MostLost)
                return (FormationDecision.Join, visible[0].Key);

            if (now - _startedAt < AskBeforeAlone)
                return default;

            _aloneUntil = visible.Count > 0 ? now + SeenBeforeMerge : now;
            return (FormationDecision.FormAlone, null);
        }

        _enteredAt ??= now;
        if (_mergedAt > TimeSpan.MinValue && now - _mergedAt >= CalmAfter)
            (_wait, _mergedAt) = (SeenBeforeMerge, TimeSpan.MinValue);

        var lower = visible.Where(entry => entry.Value.Formation.CompareTo(own) < 0 && now - entry.Value.Since >= _wait).ToList();
        if (lower.Count == 0 || now < _aloneUntil)
            return default;

        // To give a formation up is not to be downed.
        (_mergedAt, _enteredAt) = (now, null);
        _wait = _wait * 2 < LongestWait ? _wait * 2 : LongestWait;
        return (FormationDecision.Restart, lower[0].Key);
    }
}
