using Recorder.Cluster.Events;
using Recorder.Cluster.Tenures;

namespace Recorder.Cluster.Tests.Schedules;

/// <summary>
/// All events of one recorder that a node knows, and the one order of them. The highest tenure counts; its first event names the event before it, and so
/// on back to the recorder's first. Nodes that have the same events have the same order, however the events reached them.
/// </summary>
internal sealed class EventHistory
{
    private readonly SortedDictionary<Tenure, KnownEvents> _tenures = [];
    private readonly RecorderOrder _order = new();

    /// <summary>Adds an event.</summary>
    /// <returns>False when it was known.</returns>
    public bool Add(OrderedEvent raised)
    {
        if (!_tenures.TryGetValue(raised.Number.Tenure, out var events))
            _tenures.Add(raised.Number.Tenure, events = new KnownEvents());

        var (count, isNew) = (events.Count, events.Add(raised));
        foreach (var next in events.Take(events.Count).Skip((int)count))
            _order.Add(next.Number, next.After, next.Number.Number);

        return isNew;
    }

    public OrderedEvent? Find(EventNumber number) =>
        _tenures.TryGetValue(number.Tenure, out var events) ? events.Find(number.Number) : null;

    /// <summary>
    /// How many events of each tenure are known from its first on: what two nodes compare now and then. Journals alone do not bring everything back that a
    /// node knew whose folder was restored.
    /// </summary>
    public IReadOnlyDictionary<Tenure, long> Counts => _tenures.ToDictionary(tenure => tenure.Key, tenure => tenure.Value.Count);

    /// <summary>The known events that another node lacks.</summary>
    public IEnumerable<OrderedEvent> FindBeyond(IReadOnlyDictionary<Tenure, long> counts) =>
        _tenures.SelectMany(tenure => tenure.Value.Take(tenure.Value.Count).Skip((int)counts.GetValueOrDefault(tenure.Key)));

    /// <summary>The last event of the highest tenure below one, as far as it is known without a hole.</summary>
    public EventNumber? LastBefore(Tenure tenure) => _order.LastBefore(tenure);

    /// <summary>The last event of each tenure that counts, oldest first.</summary>
    /// <returns>Empty while an event is missing that the order needs.</returns>
    public IReadOnlyList<EventNumber> FindOrder() => _order.FindOrder() is { Missing: null } order ? order.Ends : [];

    /// <summary>The events in order.</summary>
    public IEnumerable<OrderedEvent> Read() => FindOrder().SelectMany(last => _tenures[last.Tenure].Take(last.Number));

    /// <summary>The known events that have no place in the order.</summary>
    public IEnumerable<EventRange> FindLate() => _order.FindLate();

    /// <summary>Finds what a subscriber is told next. Numbers rise: it is told no event below one that it was told.</summary>
    /// <param name="last">The last event that it was told; null for none.</param>
    public SubscriberStep FindNext(EventNumber? last)
    {
        var order = FindOrder();
        if (last is not { } told)
            return new SubscriberStep(order.Count > 0 ? Find(order[0] with { Number = 1 }) : null, []);

        foreach (var end in order)
        {
            if (end.Tenure == told.Tenure && told.Number < end.Number)
                return new SubscriberStep(Find(told with { Number = told.Number + 1 }), []);

            if (end.Tenure > told.Tenure)
                return new SubscriberStep(Find(end with { Number = 1 }), FindMissed(order, told));
        }

        return new SubscriberStep(null, [], IsLost: Find(told) is null);
    }

    // What the order has below the last event told, and the way there did not have.
    private IReadOnlyList<EventRange> FindMissed(IReadOnlyList<EventNumber> order, EventNumber told)
    {
        var way = _order.FindOrder(told) is { Missing: null } known ? known : EventOrder.Empty;
        return [.. order.Where(end => end.Tenure < told.Tenure)
            .Select(end => new EventRange(end.Tenure, way.EndOf(end.Tenure) + 1, end.Number))
            .Where(range => range.From <= range.To)];
    }

    /// <summary>The events of one tenure, which may arrive in any order.</summary>
    private sealed class KnownEvents
    {
        private readonly Dictionary<long, OrderedEvent> _events = [];

        /// <summary>How many are known from the first on.</summary>
        public long Count { get; private set; }

        public bool Add(OrderedEvent raised)
        {
            var isNew = _events.TryAdd(raised.Number.Number, raised);
            while (_events.ContainsKey(Count + 1))
                Count++;

            return isNew;
        }

        public OrderedEvent? Find(long number) => _events.GetValueOrDefault(number);

        public IEnumerable<OrderedEvent> Take(long count)
        {
            for (var number = 1L; number <= count; number++)
                yield return _events[number];
        }
    }
}

/// <summary>An event as the cluster orders it.</summary>
/// <param name="Content">The event itself, which the order does not look at.</param>
/// <param name="After">
/// Of a tenure's first event: the last event before it, which ends what counts of the tenures before. Null for a recorder's very first event.
/// </param>
/// <param name="IsCertain">Whether the holder before said itself that <paramref name="After"/> was its last event.</param>
/// <param name="Late">Of a LateMedia event: the events that its holder raised when another had taken over, and that have no place in the order.</param>
internal sealed record OrderedEvent(
    EventNumber Number, string Content, EventNumber? After = null, bool IsCertain = true, EventRange? Late = null);

/// <summary>What a subscriber is told next.</summary>
/// <param name="Event">The event; null when there is none now.</param>
/// <param name="Missed">
/// Events that it is never told, because they stand before one that it was told: it followed the side of a partition whose events do not count.
/// </param>
/// <param name="IsLost">
/// Whether this node does not know the event that the subscriber was told last. If that lasts, the event was lost with the folder of the node that
/// raised it, and the subscriber is told where to go on.
/// </param>
internal readonly record struct SubscriberStep(OrderedEvent? Event, IReadOnlyList<EventRange> Missed, bool IsLost = false);

internal static class EventRanges
{
    public static bool Contains(this EventRange range, EventNumber number) =>
        number.Tenure == range.Tenure && number.Number >= range.From && number.Number <= range.To;
}
