using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Actors.Catalogue;

/// <summary>
/// Events on their way to the catalogue, in order. Beyond a bound the oldest are folded into what follows from them for the index: they
/// lose their place in the journal, nothing else. It outlives a restart of its actor.
/// </summary>
internal sealed class CatalogueBuffer(int most)
{
    private readonly List<object> _items = [];
    private int _inFlight;

    /// <summary>Events that wait, those in flight among them.</summary>
    public int Count => _items.Count;

    /// <summary>Events that lost their place in the journal, ever.</summary>
    public long LeftOut { get; private set; }

    public bool IsWriting => _inFlight > 0;

    /// <returns>How many events had to be left out.</returns>
    public int Add(IEvent raised)
    {
        _items.Add(raised);
        return _items.Count - _inFlight > most ? Fold((_items.Count - _inFlight) / 2) : 0;
    }

    /// <summary>The next to write: they stay until <see cref="Written"/> or <see cref="Failed"/> says what came of it.</summary>
    public (IReadOnlyList<IEvent> Events, CatalogueChanges? LeftOut) Take(int limit)
    {
        var folded = _items.Count > 0 ? _items[0] as CatalogueChanges : null;
        var events = _items.Skip(folded is null ? 0 : 1).TakeWhile(item => item is IEvent).Take(limit).Cast<IEvent>().ToList();
        _inFlight = events.Count + (folded is null ? 0 : 1);
        return (events, folded);
    }

    public void Written()
    {
        _items.RemoveRange(0, _inFlight);
        _inFlight = 0;
    }

    public void Failed() => _inFlight = 0;

    // Behind what is in flight, so that the order stays.
    private int Fold(int count)
    {
        if (_items[_inFlight] is not CatalogueChanges changes)
        {
            _items.Insert(_inFlight, changes = new CatalogueChanges());
        }

        var first = _inFlight + 1;
        foreach (var raised in _items.Skip(first).Take(count).Cast<IEvent>())
        {
            changes.Add(raised);
        }

        _items.RemoveRange(first, count);
        LeftOut += count;
        return count;
    }
}
