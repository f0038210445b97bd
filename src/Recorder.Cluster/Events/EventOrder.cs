using Recorder.Actors.Catalogue.Sql;
using Recorder.Contracts;

namespace Recorder.Cluster.Events;

/// <summary>
/// Puts the events of recorders in order that come from several nodes: each once, none behind a later one. What a node tells of a recorder that
/// another has taken is late, and dropped; what a recorder's next node tells before the last one has told all waits for it a little.
/// </summary>
/// <typeparam name="T">An event.</typeparam>
/// <param name="patience">How long an event waits for those before it.</param>
/// <param name="time">Tells the time.</param>
internal sealed class EventOrder<T>(TimeSpan patience, TimeProvider time)
{
    // Beyond it nothing waits any longer.
    private const int MostWaiting = 10_000;

    private readonly Dictionary<RecorderId, (long Sequence, string Node)> _last = [];
    private readonly SortedDictionary<(RecorderId, long), (T Event, string Node, long At)> _waiting = new(ByRecorder.Instance);

    /// <summary>Whether a node lives and cannot be heard just now: what waits for it waits until it can, or has died.</summary>
    public Func<string, bool>? IsCutOff { get; set; }

    /// <summary>Events that wait.</summary>
    public int Waiting => _waiting.Count;

    /// <summary>They.</summary>
    public IEnumerable<T> All => _waiting.Values.Select(it => it.Event);

    /// <summary>The reader has a recorder's events up to a number: what a node says who has them.</summary>
    public void Seen(RecorderId recorder, long sequence, string node)
    {
        if (sequence > 0 && (!_last.TryGetValue(recorder, out var last) || sequence > last.Sequence))
        {
            _last[recorder] = (sequence, node);
        }
    }

    /// <summary>Takes an event; adds what can go on to a list.</summary>
    public void Offer(RecorderId recorder, long sequence, string node, T raised, List<T> ready)
    {
        var isKnown = _last.TryGetValue(recorder, out var last);
        if (isKnown && sequence <= last.Sequence)
        {
            return;
        }

        var isNext = !isKnown || sequence == last.Sequence + 1 || node == last.Node
            // Its last node died: nothing before it is still to come.
            || sequence / Journal.NumbersOfATenure > last.Sequence / Journal.NumbersOfATenure;
        if (isNext)
        {
            _last[recorder] = (sequence, node);
            ready.Add(raised);
            Follow(recorder, ready);
        }
        else
        {
            _waiting.TryAdd((recorder, sequence), (raised, node, time.GetTimestamp()));
            if (_waiting.Count > MostWaiting)
            {
                Release(_ => true, ready);
            }
        }
    }

    /// <summary>What waited long enough goes on.</summary>
    public void Expire(List<T> ready) => Release(
        waiting => time.GetElapsedTime(waiting.At) >= patience && IsCutOff?.Invoke(_last[waiting.Recorder].Node) != true, ready);

    private void Follow(RecorderId recorder, List<T> ready)
    {
        while (_last.TryGetValue(recorder, out var last) && _waiting.Remove((recorder, last.Sequence + 1), out var next))
        {
            _last[recorder] = (last.Sequence + 1, next.Node);
            ready.Add(next.Event);
        }
    }

    private void Release(Func<(RecorderId Recorder, long At), bool> isDue, List<T> ready)
    {
        foreach (var ((recorder, sequence), waiting) in _waiting.Where(it => isDue((it.Key.Item1, it.Value.At))).ToList())
        {
            if (_waiting.Remove((recorder, sequence)) && sequence > _last[recorder].Sequence)
            {
                _last[recorder] = (sequence, waiting.Node);
                ready.Add(waiting.Event);
                Follow(recorder, ready);
            }
        }
    }

    private sealed class ByRecorder : IComparer<(RecorderId Recorder, long Sequence)>
    {
        public static readonly ByRecorder Instance = new();

        public int Compare((RecorderId Recorder, long Sequence) x, (RecorderId Recorder, long Sequence) y)
        {
            var byRecorder = string.CompareOrdinal(x.Recorder.Value, y.Recorder.Value);
            return byRecorder != 0 ? byRecorder : x.Sequence.CompareTo(y.Sequence);
        }
    }
}
