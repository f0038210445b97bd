using Recorder.Cluster.Events;
using Recorder.Cluster.Registry;
using Recorder.Cluster.Tenures;

namespace Recorder.Cluster.Tests.Schedules;

// The predicates of the design.
internal sealed partial class World
{
    // A claim of five seconds, and until it is noticed.
    private static readonly TimeSpan LongestTry = TimeSpan.FromSeconds(7);

    // No recorder that is desired, and could be recorded by a living node, is without a storing holder for longer than a bound.
    private void CheckHolders()
    {
        foreach (var recorder in _cameras.Keys)
        {
            CheckHeld(recorder);
            var isDesired = Nodes.All(node => node.Disk.Registry.TryGetValue(recorder, out var known) && IsToBeRecorded(known));
            foreach (var node in Nodes)
            {
                if (!isDesired || !node.CanStore(recorder) || node.IsDraining)
                    _recordableSince.Remove((recorder, node.Name));
                else
                    _recordableSince.TryAdd((recorder, node.Name), Now);
            }

            var since = Nodes.Min(node => _recordableSince.GetValueOrDefault((recorder, node.Name), Now));
            var stored = _storedAt.GetValueOrDefault(recorder);
            var gap = Now - (since > stored ? since : stored);
            LongestGap = gap > LongestGap ? gap : LongestGap;
            if (gap > (_cameras[recorder].IsExclusive ? LongestWithoutExclusiveHolder : LongestWithoutHolder))
                Break($"{recorder} could be recorded for {gap.TotalSeconds:0} s and was not: {string.Join("; ", Nodes.Select(node => Describe(node, recorder)))}");
        }
    }

    // No recorder that exists is without a living holder for longer than a bound, whether its camera is there or not.
    private void CheckHeld(string recorder)
    {
        var exists = Nodes.All(node => node.Disk.Registry.TryGetValue(recorder, out var known) && known.Exists);
        foreach (var node in Nodes)
        {
            if (!exists || !node.IsRunning || node.IsDraining)
                _holdableSince.Remove((recorder, node.Name));
            else
                _holdableSince.TryAdd((recorder, node.Name), Now);
        }

        if (Nodes.Any(node => node.IsRunning && node.Process!.TenureOf(recorder) is { Held: not null } state && (state.IsConfirmed || IsToBeRecorded(node.Disk.Registry.GetValueOrDefault(recorder)))))
            _heldAt[recorder] = Now;

        var since = Nodes.Min(node => _holdableSince.GetValueOrDefault((recorder, node.Name), Now));
        var held = _heldAt.GetValueOrDefault(recorder);
        var gap = Now - (since > held ? since : held);
        if (gap > LongestWithoutHolder)
            Break($"{recorder} was without a holder for {gap.TotalSeconds:0} s: {string.Join("; ", Nodes.Select(node => Describe(node, recorder)))}");
    }

    private static bool IsToBeRecorded(RegisteredRecorder? known) => known is { Exists: true, Desired.Value: DesiredState.Recording };

    // A node that is tried while the holder is blind has a claim too, for a moment.
    private List<SimulatedNode> FindLastingHolders(string recorder) =>
    [
        .. Nodes.Where(node => node.Process?.TenureOf(recorder) is { Held: { } held } state &&
            (state.IsConfirmed || Now - _claimedAt[(recorder, held)] > LongestTry)),
    ];

    private string DescribeFormation(SimulatedNode node) =>
        node.Process is { } process
            ? $"{node.Name} {(process.IsControlPlaneUp ? "up" : "down")} in {process.Formation?.Id.ToString() ?? "none"}, decides {process.Formations.Decide(Now)}"
            : $"{node.Name} is down";

    private string Describe(SimulatedNode node, string recorder)
    {
        if (node.Process is not { } process)
            return $"{node.Name} is down";

        var state = process.TenureOf(recorder);
        var members = process.Formation is { } formation ? string.Join("", formation.Members.Select(member => member.Name)) : "no formation";
        return $"{node.Name} {(node.CanStore(recorder) ? "could" : "cannot")}, in {members}" +
            (process.Formation?.Entities.GetValueOrDefault(recorder) == process ? ", decides" : "") +
            (node.IsDraining ? ", draining" : "") + (node.IsPaused ? ", paused" : "") +
            $", holds {state.Held?.ToString() ?? "nothing"}, knows {state.HighestTerm}";
    }

    // What a node has of another's journal is a part of that journal.
    private void CheckCopies()
    {
        foreach (var node in Nodes)
        {
            var entries = node.Disk.Journal.Kept.ToDictionary(kept => kept.Number, kept => kept.Entry);
            foreach (var other in Nodes)
            {
                if (!other.Disk.Copies.TryGetValue(node.Name, out var copy) || copy.Position is not { } position || !node.Disk.Journal.Contains(position))
                    continue;

                foreach (var (number, entry) in copy.Kept.Where(kept => entries.ContainsKey(kept.Number) && entries[kept.Number] != kept.Entry))
                    Break($"{other.Name} has another entry {number} of the journal of {node.Name}: {entry}, not {entries[number]}");
            }
        }
    }

    private void CheckQuietCluster()
    {
        CheckCopies();
        if (!IsMerged)
            Break($"there are {_formations.Count} formations of {string.Join(" and ", _formations.Select(formation => formation.Members.Count))}: {string.Join("; ", Nodes.Select(DescribeFormation))}");

        foreach (var recorder in _cameras.Keys)
            CheckQuietRecorder(recorder);
    }

    private void CheckDrained(SimulatedNode drained)
    {
        foreach (var recorder in _cameras.Keys.Where(recorder => drained.Process!.TenureOf(recorder).Held is not null))
            Break($"{drained.Name} drains and still holds {recorder}: {string.Join("; ", Nodes.Select(node => Describe(node, recorder)))}");
    }

    // Nodes that reach each other know the same; one of them holds the recorder while it exists, or none.
    private void CheckQuietRecorder(string recorder)
    {
        var registered = Nodes.Select(node => node.Disk.Registry.GetValueOrDefault(recorder)).ToList();
        if (registered.Distinct().Count() != 1)
            Break($"the nodes' registries differ in {recorder}: {string.Join(" | ", registered)}");

        if (!_isFolderLost && _registered.TryGetValue(recorder, out var expected) && registered[0] != expected)
            Break($"all changes of {recorder} make {expected}, and the nodes know {registered[0]}");

        var holders = FindLastingHolders(recorder);
        var exists = registered[0]?.Exists == true;
        var isAbsent = _cameras[recorder].IsOff && IsToBeRecorded(registered[0]);
        var isDesired = IsToBeRecorded(registered[0]) && !isAbsent;
        if (holders.Count != (exists ? 1 : 0))
            Break($"{recorder} is held by {holders.Count} nodes, exists is {exists}: {string.Join("; ", Nodes.Select(node => Describe(node, recorder)))}");

        if (exists && holders[0].Process!.TenureOf(recorder).Describe(Now)! is var holder &&
            (holder.IsStoring == isAbsent || holder.Tenure != _settled.GetValueOrDefault(recorder, holder.Tenure)))
        {
            Break($"{recorder} was held under {_settled.GetValueOrDefault(recorder)}, is absent {isAbsent}, and its holder says {holder}");
        }

        if (!isAbsent && Nodes.Count(node => node.Process!.TenureOf(recorder).Held is not null) > holders.Count)
            Break($"{recorder} is tried on other nodes although its holder stores: {string.Join("; ", Nodes.Select(node => Describe(node, recorder)))}");

        var orders = Nodes.Select(node => node.Process!.HistoryOf(recorder).Read().ToList()).ToList();
        var order = orders.MaxBy(known => known.Count)!;
        foreach (var known in orders)
        {
            // The last events may be on their way.
            if (known.Count < order.Count - 10 || !known.SequenceEqual(order.Take(known.Count)))
                Break($"the nodes have different histories of {recorder}: {known.Count} events and {order.Count}");
        }

        var late = order.Where(raised => raised.Late is not null).Select(raised => raised.Late!.Value).ToList();
        if (isDesired)
        {
            foreach (var range in Nodes.SelectMany(node => node.Process!.HistoryOf(recorder).FindLate()).Distinct())
            {
                if (!late.Any(told => told.Contains(new EventNumber(range.Tenure, range.From))) ||
                    !late.Any(told => told.Contains(new EventNumber(range.Tenure, range.To))))
                {
                    Break($"nobody was told that {range} of {recorder} is late; told are {string.Join(", ", late)}; holder {holders[0].Process!.TenureOf(recorder).Held}; orders {string.Join(" | ", Nodes.Select(n => n.Name + ": " + string.Join(" ", n.Process!.HistoryOf(recorder).FindOrder()) + " L " + string.Join(" ", n.Process!.HistoryOf(recorder).FindLate())))}");
                }
            }
        }

        foreach (var subscriber in _subscribers.Where(subscriber => subscriber.Recorder == recorder))
            subscriber.Check(order, number => isDesired && Nodes.Any(node => node.Process!.HistoryOf(recorder).Find(number) is not null), Break);
    }

    /// <summary>Reads the events of one recorder from a node, and goes on at another when that one dies.</summary>
    private sealed class Subscriber(string recorder)
    {
        private static readonly TimeSpan LostAfter = TimeSpan.FromSeconds(10);

        private List<OrderedEvent> _told = [];
        private List<EventRange> _missed = [];
        private TimeSpan _lostSince;
        private SimulatedProcess? _node;

        public string Recorder => recorder;

        public void Read(World world)
        {
            if (_node is null || !IsRunning(_node) || world.Random.Next(200) == 0)
                _node = world.Pick(world.Nodes).Process;

            for (var most = 5; most > 0 && _node is { Node.IsPaused: false } node; most--)
            {
                var step = node.HistoryOf(recorder).FindNext(_told.Count > 0 ? _told[^1].Number : null);
                _missed.AddRange(step.Missed);
                if (step.IsLost && world.Now - _lostSince > LostAfter)
                    (_told, _missed) = ([], []);

                _lostSince = step.IsLost ? _lostSince : world.Now;
                if (step.Event is not { } next)
                    return;

                if (_told.Count > 0 && next.Number.CompareTo(_told[^1].Number) <= 0)
                    world.Break($"a subscriber of {recorder} was told {next.Number} after {_told[^1].Number}");

                _told.Add(next);
            }
        }

        private static string Ranges(List<OrderedEvent> events) => string.Join(" ", events.GroupBy(raised => raised.Number.Tenure)
            .Select(tenure => $"{tenure.Key}#{tenure.Min(raised => raised.Number.Number)}-{tenure.Max(raised => raised.Number.Number)}"));

        // Everything in the order was told or named as missed; everything told is in the order, or was named as late in it. What was lost with the only
        // folder that had it cannot be named, and nobody names anything while the recorder is inactive
        // or its camera is off.
        public void Check(List<OrderedEvent> order, Func<EventNumber, bool> isKnown, Action<string> fail)
        {
            if (_told.Count == 0 || order.Count == 0)
                return;

            var late = order.Where(raised => raised.Late is not null).Select(raised => raised.Late!.Value).ToList();
            var inOrder = order.Select(raised => raised.Number).ToHashSet();
            var told = _told.Select(raised => raised.Number).ToHashSet();
            foreach (var raised in _told.Where(raised => !inOrder.Contains(raised.Number) && isKnown(raised.Number)))
            {
                if (raised.Number.CompareTo(order[^1].Number) < 0 && !late.Any(range => range.Contains(raised.Number)))
                    fail($"a subscriber of {recorder} was told {raised.Number}, which is neither in the order nor named as late");
            }

            foreach (var raised in order.TakeWhile(raised => raised.Number.CompareTo(_told[^1].Number) <= 0))
            {
                if (!told.Contains(raised.Number) && !_missed.Any(range => range.Contains(raised.Number)))
                    fail($"a subscriber of {recorder} was never told {raised.Number}: {Ranges(_told)} but {Ranges(order)}, missed {string.Join(", ", _missed)}");
            }
        }
    }
}
