using Recorder.Contracts;

namespace Recorder.Actors.Recording;

/// <summary>
/// Keeps a recorder's events in the order in which they were raised. The event of a blob waits until the blob is stored, and later events wait
/// behind it. Events get consecutive numbers when they leave the outbox.
/// </summary>
/// <param name="last">The number of the recorder's last event.</param>
internal sealed class EventOutbox(long last = 0)
{
    private readonly Queue<Place> _places = new();
    private readonly Dictionary<long, Place> _reserved = [];
    private long _sequence = last;
    private long _tickets;

    /// <summary>The number of events that have not left the outbox.</summary>
    public int Waiting => _places.Count;

    /// <summary>Gives the next event the number after <paramref name="last"/>. Call only while no event waits.</summary>
    public void ContinueFrom(long last) => _sequence = last;

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
        while (_places.TryPeek(out var place) && place.IsDecided)
        {
            _places.Dequeue();
            if (place.Create is { } create)
                return create(++_sequence, now);
        }

        return null;
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
