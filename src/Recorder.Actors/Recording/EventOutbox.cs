using Recorder.Contracts;

namespace Recorder.Actors.Recording;

/// <summary>
/// Keeps a recorder's events in the order in which they were raised although some wait for the disk: what is behind a blob that is
/// not yet stored waits with it. Numbers are given on the way out, consecutive.
/// </summary>
/// <param name="last">The number of the last event that was raised.</param>
internal sealed class EventOutbox(long last = 0)
{
    private readonly Queue<Slot> _slots = new();
    private long _sequence = last;

    /// <summary>Events that wait.</summary>
    public int Waiting => _slots.Count;

    /// <summary>The next event has the number after this one; none waits.</summary>
    public void GoOnFrom(long last) => _sequence = last;

    /// <summary>An event that can go out as soon as those before it have.</summary>
    public void Raise(Func<long, DateTimeOffset, RecorderProtocol.IEvent> create) => Reserve().Fill(create);

    /// <summary>A place in the order for an event whose content is not known yet.</summary>
    public Slot Reserve()
    {
        var slot = new Slot();
        _slots.Enqueue(slot);
        return slot;
    }

    /// <summary>The next event, if it is ready.</summary>
    public RecorderProtocol.IEvent? TakeNext(DateTimeOffset now)
    {
        while (_slots.TryPeek(out var slot) && slot.IsDecided)
        {
            _slots.Dequeue();
            if (slot.Create is { } create)
            {
                return create(++_sequence, now);
            }
        }

        return null;
    }

    /// <summary>One event's place in the order.</summary>
    internal sealed class Slot
    {
        public Func<long, DateTimeOffset, RecorderProtocol.IEvent>? Create { get; private set; }

        public bool IsDecided { get; private set; }

        public void Fill(Func<long, DateTimeOffset, RecorderProtocol.IEvent> create) => (Create, IsDecided) = (create, true);

        /// <summary>Nothing will come here: those behind go on.</summary>
        public void Abandon() => (Create, IsDecided) = (null, true);
    }
}
