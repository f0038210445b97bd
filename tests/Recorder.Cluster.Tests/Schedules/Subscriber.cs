using Recorder.Cluster.Events;

namespace Recorder.Cluster.Tests.Schedules;

/// <summary>Reads the events of one recorder from a node, and goes on at another when that one dies.</summary>
internal sealed class Subscriber(string recorder)
{
    private static readonly TimeSpan LostAfter = TimeSpan.FromSeconds(10);

    private List<OrderedEvent> _told = [];
    private List<EventRange> _missed = [];
    private TimeSpan _lostSince;
    private SimulatedProcess? _node;

    public string Recorder => recorder;

    public void Read(World world)
    {
        if (_node is null || !_node.IsAlive || world.Random.Next(200) == 0)
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
    // folder that had it cannot be named, and nobody names anything while the recorder is inactive or its camera is off.
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
