using Recorder.Cluster.Tenures;

namespace Recorder.Cluster.Events;

/// <summary>
/// What counts of a recorder's events. The highest tenure counts; its first event names the event before it, and so on back to the first event that is
/// known. Nodes that know the same events have the same order, however the events reached them.
/// </summary>
/// <remarks>It has no events, only the first and the last number of each tenure. All events between them are known.</remarks>
/// <param name="maxTenures">How many tenures are kept: of a recorder's tenures only the latest can matter to a reader.</param>
internal sealed class RecorderOrder(int maxTenures = int.MaxValue)
{
    private readonly SortedDictionary<Tenure, TenureEvents> _tenures = [];
    private EventOrder? _order;
    private Tenure? _forgotten;

    /// <summary>The tenures that are known, lowest first.</summary>
    public IEnumerable<TenureEvents> Tenures => _tenures.Values;

    /// <summary>The highest tenure that raised an event.</summary>
    public Tenure? Top { get; private set; }

    /// <summary>Adds a tenure's next event.</summary>
    /// <param name="journal">Its number in the journal of the tenure's node.</param>
    public void Add(EventNumber number, EventNumber? after, long journal) => Put(
        _tenures.TryGetValue(number.Tenure, out var known)
            ? known with { Last = Math.Max(known.Last, number.Number), LastJournal = Math.Max(known.LastJournal, journal) }
            : new TenureEvents(number.Tenure, number.Number, number.Number, journal, journal, after < new EventNumber(number.Tenure, 0) ? after : null));

    /// <summary>Adds a tenure as it was known before.</summary>
    public void Put(TenureEvents events)
    {
        _order = null;
        _tenures[events.Tenure] = events;
        if (!(events.Tenure < Top))
            Top = events.Tenure;

        if (_tenures.Count > maxTenures)
        {
            _forgotten = _tenures.Keys.First();
            _tenures.Remove(_forgotten.Value);
        }
    }

    /// <summary>A LateMedia event sums up events of a tenure.</summary>
    public void NoteToldLate(EventRange late)
    {
        if (_tenures.TryGetValue(late.Tenure, out var known))
            _tenures[late.Tenure] = known with { ToldLate = Math.Max(known.ToldLate, late.To) };
    }

    public TenureEvents? Find(Tenure tenure) => _tenures.GetValueOrDefault(tenure);

    /// <summary>The last event of the highest tenure below one.</summary>
    public EventNumber? LastBefore(Tenure tenure)
    {
        EventNumber? last = null;
        foreach (var (other, events) in _tenures)
        {
            if (other < tenure)
                last = new EventNumber(other, events.Last);
        }

        return last;
    }

    public EventOrder FindOrder() => _order ??= _tenures.Count == 0 ? EventOrder.Empty : FindOrder(new EventNumber(Top!.Value, _tenures[Top.Value].Last));

    /// <summary>What counted for who was told an event last.</summary>
    public EventOrder FindOrder(EventNumber end)
    {
        List<EventNumber> ends = [];
        EventNumber? missing = null;
        for (EventNumber? last = end; last is { } at;)
        {
            if (!_tenures.TryGetValue(at.Tenure, out var events) ? !(at.Tenure <= _forgotten) : events.Last < at.Number)
                missing = at;

            if (events is null)
                break;

            ends.Add(at with { Number = Math.Min(at.Number, events.Last) });
            last = events.After;
        }

        ends.Reverse();
        return new EventOrder(ends, missing);
    }

    /// <summary>The known events that have no place in the order.</summary>
    public IEnumerable<EventRange> FindLate()
    {
        var order = FindOrder();
        return order.Missing is not null ? [] : _tenures.Values
            .Select(events => new EventRange(events.Tenure, Math.Max(events.First, order.EndOf(events.Tenure) + 1), events.Last))
            .Where(range => range.From <= range.To);
    }

    /// <summary>Those of them that no LateMedia event sums up.</summary>
    public IEnumerable<EventRange> FindUntoldLate() => FindLate()
        .Select(range => range with { From = Math.Max(range.From, _tenures[range.Tenure].ToldLate + 1) })
        .Where(range => range.From <= range.To && range.Tenure != EventNumbers.NoTenure);
}

/// <summary>What is known of the events of one tenure.</summary>
/// <param name="FirstJournal">The number of its first event in the journal of its node.</param>
/// <param name="LastJournal">The number of its last event there.</param>
/// <param name="After">The last event before its first; null when none is known.</param>
/// <param name="ToldLate">The number up to which LateMedia events sum its events up.</param>
internal sealed record TenureEvents(
    Tenure Tenure, long First, long Last, long FirstJournal, long LastJournal, EventNumber? After, long ToldLate = 0);

/// <summary>A recorder's events that count.</summary>
/// <param name="Ends">The last event of each tenure that counts, oldest first.</param>
/// <param name="Missing">An event that the order needs and that is not known; the order before it is not known either.</param>
internal sealed record EventOrder(IReadOnlyList<EventNumber> Ends, EventNumber? Missing)
{
    public static readonly EventOrder Empty = new([], null);

    public bool Contains(EventNumber number) => number.Number <= EndOf(number.Tenure);

    /// <summary>The number of a tenure's last event that counts; 0 for none.</summary>
    public long EndOf(Tenure tenure)
    {
        foreach (var end in Ends)
        {
            if (end.Tenure == tenure)
                return end.Number;
        }

        return 0;
    }
}
