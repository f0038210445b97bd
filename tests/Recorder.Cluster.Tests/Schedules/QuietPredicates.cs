using Recorder.Cluster.Events;
using Recorder.Cluster.Registry;
using Recorder.Cluster.Tenures;

namespace Recorder.Cluster.Tests.Schedules;

/// <summary>When nothing has gone wrong for a while, the nodes are one formation and know the same, and each recorder has its one holder.</summary>
internal sealed class QuietPredicates(World world, HolderPredicates holders)
{
    private readonly Dictionary<string, Tenure?> _settled = [];

    /// <summary>From now on, no recorder changes its holder.</summary>
    public void NoteHolders()
    {
        foreach (var recorder in world.Recorders)
            _settled[recorder] = holders.FindLastingHolders(recorder) is [var holder] ? holder.Process!.TenureOf(recorder).Held : null;
    }

    /// <summary>From now on, a recorder may change its holder.</summary>
    public void ForgetHolders() => _settled.Clear();

    public void Check()
    {
        if (!world.Akka.IsMerged)
        {
            var members = string.Join(" and ", world.Akka.Formations.Select(formation => formation.Members.Count));
            world.Break($"there are {world.Akka.Formations.Count} formations of {members}: " +
                string.Join("; ", world.Nodes.Select(node => node.DescribeFormation())));
        }

        foreach (var recorder in world.Recorders)
            CheckRecorder(recorder);
    }

    /// <summary>A node that drains holds nothing.</summary>
    public void CheckDrained(SimulatedNode drained)
    {
        foreach (var recorder in world.Recorders.Where(recorder => drained.Process!.TenureOf(recorder).Held is not null))
            world.Break($"{drained.Name} drains and still holds {recorder}: {world.Describe(recorder)}");
    }

    private void CheckRecorder(string recorder)
    {
        var registered = CheckRegistry(recorder);
        var isToBeRecorded = HolderPredicates.IsToBeRecorded(registered);
        var isAbsent = world.CameraOf(recorder).IsOff && isToBeRecorded;
        CheckHolder(recorder, exists: registered?.Exists == true, isAbsent);

        var order = CheckHistories(recorder);
        var isStored = isToBeRecorded && !isAbsent;
        if (isStored)
            CheckLate(recorder, order);

        foreach (var subscriber in world.Subscribers.Where(subscriber => subscriber.Recorder == recorder))
            subscriber.Check(order, number => isStored && world.Nodes.Any(node => node.Process!.HistoryOf(recorder).Find(number) is not null), world.Break);
    }

    // All nodes know the same of a recorder: what all changes make of it.
    private RegisteredRecorder? CheckRegistry(string recorder)
    {
        var registered = world.Nodes.Select(node => node.Disk.Registry.GetValueOrDefault(recorder)).ToList();
        if (registered.Distinct().Count() != 1)
            world.Break($"the nodes' registries differ in {recorder}: {string.Join(" | ", registered)}");

        if (!world.Trouble.IsFolderLost && world.Witness.RegisteredAs(recorder) is { } expected && registered[0] != expected)
            world.Break($"all changes of {recorder} make {expected}, and the nodes know {registered[0]}");

        return registered[0];
    }

    // One node holds a recorder while it exists, or none; and the holder stays the same, whether its camera is there or not.
    private void CheckHolder(string recorder, bool exists, bool isAbsent)
    {
        var lasting = holders.FindLastingHolders(recorder);
        if (lasting.Count != (exists ? 1 : 0))
            world.Break($"{recorder} is held by {lasting.Count} nodes, exists is {exists}: {world.Describe(recorder)}");

        if (exists && lasting[0].Process!.TenureOf(recorder).Describe(world.Now)! is var holder &&
            (holder.IsStoring == isAbsent || holder.Tenure != _settled.GetValueOrDefault(recorder, holder.Tenure)))
        {
            world.Break($"{recorder} was held under {_settled.GetValueOrDefault(recorder)}, is absent {isAbsent}, and its holder says {holder}");
        }

        if (!isAbsent && world.Nodes.Count(node => node.Process!.TenureOf(recorder).Held is not null) > lasting.Count)
            world.Break($"{recorder} is tried on other nodes although its holder stores: {world.Describe(recorder)}");
    }

    // All nodes have the same order of a recorder's events; the longest is returned.
    private List<OrderedEvent> CheckHistories(string recorder)
    {
        var orders = world.Nodes.Select(node => node.Process!.HistoryOf(recorder).Read().ToList()).ToList();
        var order = orders.MaxBy(known => known.Count)!;
        foreach (var known in orders)
        {
            // The last events may be on their way.
            if (known.Count < order.Count - 10 || !known.SequenceEqual(order.Take(known.Count)))
                world.Break($"the nodes have different histories of {recorder}: {known.Count} events and {order.Count}: {string.Join(" | ", world.Nodes.Select(node => DescribeOrder(node, recorder)))}");
        }

        return order;
    }

    // Of all events that came too late for the order, the order says so.
    private void CheckLate(string recorder, List<OrderedEvent> order)
    {
        var told = order.Where(raised => raised.Late is not null).Select(raised => raised.Late!.Value).ToList();
        foreach (var range in world.Nodes.SelectMany(node => node.Process!.HistoryOf(recorder).FindLate()).Distinct())
        {
            if (!told.Any(late => late.Contains(new EventNumber(range.Tenure, range.From))) ||
                !told.Any(late => late.Contains(new EventNumber(range.Tenure, range.To))))
            {
                world.Break($"nobody was told that {range} of {recorder} is late; told are {string.Join(", ", told)}; " +
                    $"holder {holders.FindLastingHolders(recorder)[0].Process!.TenureOf(recorder).Held}; " +
                    $"orders {string.Join(" | ", world.Nodes.Select(node => DescribeOrder(node, recorder)))}");
            }
        }
    }

    private static string DescribeOrder(SimulatedNode node, string recorder)
    {
        var history = node.Process!.HistoryOf(recorder);
        return $"{node.Name}: {string.Join(" ", history.FindOrder())} L {string.Join(" ", history.FindLate())}";
    }
}
