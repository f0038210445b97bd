using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Actors.Catalogue;

/// <summary>The events on their way to the catalogue, in order. Beyond a bound the older half is folded into changes to
/// recordings: it is left out of the journal and nothing else is lost. The buffer outlives a restart of its actor.</summary>
internal sealed class CatalogueBuffer(int maxWaiting)
{
    private readonly List<object> _items = [];
    private int _inFlight;

    public int Count => _items.Count;
    public long NotJournaled { get; private set; }
    public bool IsWriting => _inFlight > 0;

    /// <summary>Returns how many events were now left out of the journal.</summary>
    public int Add(IEvent raised)
    {
        _items.Add(raised);
        return _items.Count - _inFlight > maxWaiting ? Fold((_items.Count - _inFlight) / 2) : 0;
    }

    /// <summary>In flight until <see cref="Written"/> removes them or <see cref="Failed"/> lets them wait again.</summary>
    public (IReadOnlyList<IEvent> Events, CatalogueChanges? Unjournaled) Take(int limit)
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

    // Folds the oldest events after those in flight, so that the order stays.
    private int Fold(int count)
    {
        if (_items[_inFlight] is not CatalogueChanges changes)
            _items.Insert(_inFlight, changes = new CatalogueChanges());

        var first = _inFlight + 1;
        foreach (var raised in _items.Skip(first).Take(count).Cast<IEvent>())
            changes.Add(raised);

        _items.RemoveRange(first, count);
        NotJournaled += count;
        return count;
    }
}
