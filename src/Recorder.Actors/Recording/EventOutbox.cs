using Recorder.Contracts;

namespace Recorder.Actors.Recording;

/// <summary>
/// Keeps a recorder's events in the order in which they were raised. The event of a blob waits until the blob is stored, and later events wait
/// behind it. Events get consecutive numbers, and in a cluster the tenure of their node, when they leave the outbox.
/// </summary>
/// <param name="last">The number of the recorder's last event.</param>
internal sealed class EventOutbox(long last = 0)
{
    private readonly Queue<Place> _places = new();
    private readonly Dictionary<long, Place> _reserved = [];
    private long _sequence = last;
    private long _tickets;
    private EventTenure? _tenure;
    private EventBefore? _before;
    private bool _hasRaised;
    private bool _isClaim;
    private bool _isDiscarding;

    /// <summary>The number of events that have not left the outbox.</summary>
    public int Waiting => _places.Count;

    /// <summary>Continues after an earlier owner. Call only while no event waits.</summary>
    public void ContinueFrom(RecorderHistory history)
    {
        (_sequence, _tenure, _isClaim) = (history.LastSequence, history.Tenure, history.IsClaim);
        _hasRaised = history.Last is { } last && last.Tenure == history.Tenure;
        _before = _hasRaised || history.Last is not { Sequence: > 0 } ? null : history.Last;
    }

    /// <summary>Raises events under a tenure from now on; those that waited for it leave.</summary>
    /// <param name="before">The last event before the tenure's first, as far as the node knows.</param>
    /// <param name="floor">No event of the tenure has a number up to this one, if the recorder raised events under another tenure before.</param>
    public void BeginTenure(EventTenure tenure, EventBefore? before, long floor)
    {
        if (_tenure == tenure && !_isClaim)
            return;

        if (_tenure is { } own && !_isClaim)
        {
            // The recorder itself knows best which its last event was. Nobody has an event of a tenure that raised none.
            var last = _hasRaised ? new EventBefore(own, _sequence, IsCertain: true) : _before;
            before = last is null || (before is { Tenure: { } known } && (last.Tenure is null || known > last.Tenure)) ? before : last;
            _sequence = Math.Max(_sequence, floor);
        }

        // What was left of the recorder may have been ended under the claim.
        var hasBegun = _isClaim && _hasRaised && _tenure == tenure;
        (_tenure, _before, _hasRaised, _isClaim) = (tenure, hasBegun ? null : before, hasBegun, false);
    }

    /// <summary>The recorder ends. Events that wait for a tenure, which will not begin any more, are discarded.</summary>
    public void End() => _isDiscarding = _isClaim;

    /// <summary>Adds an event that can leave after those before it.</summary>
    public void Raise(Func<long, DateTimeOffset, RecorderProtocol.IEvent> create) =>
        _places.Enqueue(new Place { Create = create, IsDecided = true });

    /// <summary>Reserves a place in the order for an event whose content is not known yet.</summary>
    /// <returns>The ticket that fills or releases the place.</returns>
    public long Reserve()
    {
        var place = new Place();
        _places.Enqueue(place);
        _reserved.Add(++_tickets, place);
        return _tickets;
    }

    /// <summary>Puts an event into its reserved place. Has no effect when the ticket was used before.</summary>
    public void Fill(long ticket, Func<long, DateTimeOffset, RecorderProtocol.IEvent> create) => Decide(ticket, create);

    /// <summary>Releases a reserved place without an event, so that later events can leave.</summary>
    public void Release(long? ticket)
    {
        if (ticket is { } reserved)
            Decide(reserved, create: null);
    }

    /// <summary>Removes and returns the next event that can leave; null when none can.</summary>
    public RecorderProtocol.IEvent? TakeNext(DateTimeOffset now)
    {
        while ((!_isClaim || _isDiscarding) && _places.TryPeek(out var place) && place.IsDecided)
        {
            _places.Dequeue();
            if (place.Create is { } create && !_isDiscarding)
                return Stamp(create(++_sequence, now));
        }

        return null;
    }

    private RecorderProtocol.IEvent Stamp(RecorderProtocol.IEvent raised)
    {
        if (_tenure is null || raised is not RaisedEvent unstamped)
            return raised;

        var stamped = unstamped with { Tenure = _tenure, Before = _before };
        (_before, _hasRaised) = (null, true);
        return (RecorderProtocol.IEvent)stamped;
    }

    private void Decide(long ticket, Func<long, DateTimeOffset, RecorderProtocol.IEvent>? create)
    {
        if (_reserved.Remove(ticket, out var place))
            (place.Create, place.IsDecided) = (create, true);
    }

    private sealed class Place
    {
        public Func<long, DateTimeOffset, RecorderProtocol.IEvent>? Create { get; set; }

        public bool IsDecided { get; set; }
    }
}
