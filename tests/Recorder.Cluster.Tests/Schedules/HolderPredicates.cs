using Recorder.Cluster.Registry;

namespace Recorder.Cluster.Tests.Schedules;

/// <summary>Whatever goes wrong: no recorder that a node could hold, or record, is without a holder for longer than a bound.</summary>
internal sealed class HolderPredicates(World world)
{
    // A recorder that could be recorded by a node for this long is recorded by one.
    private static readonly TimeSpan LongestWithoutHolder = TimeSpan.FromSeconds(30);

    // One node after the other tries, for up to six seconds each.
    private static readonly TimeSpan LongestWithoutExclusiveHolder = TimeSpan.FromSeconds(60);

    // A claim of five seconds, and until it is noticed.
    private static readonly TimeSpan LongestTry = TimeSpan.FromSeconds(7);

    // Nodes that cannot hear each other take a camera in turns, whose lengths double. Claims that lapse add to it.
    private const int MostTaken = 40;

    private static readonly TimeSpan TakenWithin = TimeSpan.FromSeconds(60);

    private readonly Dictionary<string, Queue<(TimeSpan At, int Evictions)>> _taken = [];
    private readonly Dictionary<string, TimeSpan> _heldAt = [];
    private readonly Dictionary<(string Recorder, string Node), TimeSpan> _recordableSince = [];
    private readonly Dictionary<(string Recorder, string Node), TimeSpan> _holdableSince = [];

    /// <summary>The longest time for which a recorder that could have been recorded was not.</summary>
    public TimeSpan LongestGap { get; private set; }

    /// <summary>How often nodes took a camera from each other within a minute, at most.</summary>
    public int MostTakenInAMinute { get; private set; }

    public static bool IsToBeRecorded(RegisteredRecorder? known) => known is { Exists: true, Desired.Value: DesiredState.Recording };

    public void Check()
    {
        foreach (var recorder in world.Recorders)
        {
            CheckHeld(recorder);
            CheckStored(recorder);
            CheckTaken(recorder);
        }
    }

    /// <summary>Finds who holds a recorder, without those that are tried while the holder is blind: they have a claim too, for a moment.</summary>
    public List<SimulatedNode> FindLastingHolders(string recorder) =>
    [
        .. world.Nodes.Where(node => node.Process?.TenureOf(recorder) is { Held: { } held } state &&
            (state.IsConfirmed || world.Now - world.Witness.ClaimedAt(recorder, held) > LongestTry)),
    ];

    // No recorder that exists is without a living holder for longer than a bound, whether its camera is there or not.
    private void CheckHeld(string recorder)
    {
        var exists = world.Nodes.All(node => node.Disk.Registry.TryGetValue(recorder, out var known) && known.Exists);
        foreach (var node in world.Nodes)
            NoteSince(_holdableSince, recorder, node, exists && node.IsRunning && !node.IsDraining);

        if (world.Nodes.Any(node => IsHeldBy(node, recorder)))
            _heldAt[recorder] = world.Now;

        var gap = FindGap(_holdableSince, recorder, _heldAt.GetValueOrDefault(recorder));
        if (gap > LongestWithoutHolder)
            world.Break($"{recorder} was without a holder for {gap.TotalSeconds:0} s: {world.Describe(recorder)}");
    }

    private static bool IsHeldBy(SimulatedNode node, string recorder) =>
        node.IsRunning && node.Process!.TenureOf(recorder) is { Held: not null } state &&
        (state.IsConfirmed || IsToBeRecorded(node.Disk.Registry.GetValueOrDefault(recorder)));

    // No recorder that is desired, and could be recorded by a living node, is without a storing holder for longer than a bound.
    private void CheckStored(string recorder)
    {
        var isDesired = world.Nodes.All(node => node.Disk.Registry.TryGetValue(recorder, out var known) && IsToBeRecorded(known));
        foreach (var node in world.Nodes)
            NoteSince(_recordableSince, recorder, node, isDesired && node.CanStore(recorder) && !node.IsDraining);

        var gap = FindGap(_recordableSince, recorder, world.Witness.StoredAt(recorder));
        LongestGap = gap > LongestGap ? gap : LongestGap;
        if (gap > (world.CameraOf(recorder).IsExclusive ? LongestWithoutExclusiveHolder : LongestWithoutHolder))
            world.Break($"{recorder} could be recorded for {gap.TotalSeconds:0} s and was not: {world.Describe(recorder)}");
    }

    private void CheckTaken(string recorder)
    {
        if (!_taken.TryGetValue(recorder, out var taken))
            _taken[recorder] = taken = [];

        var evictions = world.CameraOf(recorder).Evictions;
        taken.Enqueue((world.Now, evictions));
        while (world.Now - taken.Peek().At > TakenWithin)
            taken.Dequeue();

        var count = evictions - taken.Peek().Evictions;
        MostTakenInAMinute = Math.Max(MostTakenInAMinute, count);
        if (count > MostTaken)
            world.Break($"nodes took the camera of {recorder} from each other {count} times in a minute: {world.Describe(recorder)}");
    }

    private void NoteSince(Dictionary<(string Recorder, string Node), TimeSpan> since, string recorder, SimulatedNode node, bool isAble)
    {
        if (isAble)
            since.TryAdd((recorder, node.Name), world.Now);
        else
            since.Remove((recorder, node.Name));
    }

    // For how long any node was able and none did.
    private TimeSpan FindGap(Dictionary<(string Recorder, string Node), TimeSpan> ableSince, string recorder, TimeSpan doneAt)
    {
        var since = world.Nodes.Min(node => ableSince.GetValueOrDefault((recorder, node.Name), world.Now));
        return world.Now - (since > doneAt ? since : doneAt);
    }
}
