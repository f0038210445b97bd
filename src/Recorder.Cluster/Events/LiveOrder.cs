using Recorder.Contracts;

namespace Recorder.Cluster.Events;

/// <summary>
/// Decides when the events that a node learns of are told to those who subscribed. The numbers of a recorder's events rise: none is told below one that
/// was told. A tenure's first event waits for the event that it names as the one before it, but not for ever.
/// </summary>
/// <param name="mayStillCome">Whether the node lives whose event is waited for.</param>
internal sealed class LiveOrder(Func<string, bool> mayStillCome, TimeProvider time)
{
    /// <summary>How long an event waits for one of a node that lives.</summary>
    public static readonly TimeSpan LongPatience = TimeSpan.FromSeconds(8);

    /// <summary>How long an event waits for one of a node that does not: another node may have it.</summary>
    public static readonly TimeSpan ShortPatience = TimeSpan.FromSeconds(1);

    /// <summary>Of a recorder's tenures only the latest can matter to a reader.</summary>
    public const int MaxTenures = 32;

    // Beyond it nothing waits any longer.
    private const int MaxWaiting = 10_000;

    private readonly Dictionary<RecorderId, State> _states = [];
    private readonly HashSet<State> _waiting = [];
    private int _count;

    public RecorderOrder OrderOf(RecorderId recorder) => StateOf(recorder).Order;

    /// <summary>The events that wait.</summary>
    public IEnumerable<LoggedEvent> Waiting => _waiting.SelectMany(state => state.Waiting.Values);

    /// <summary>Everything that is known was told, as far as readers that come from now on care.</summary>
    public void Restored(RecorderId recorder)
    {
        var state = StateOf(recorder);
        state.Told = state.Order.FindOrder().Ends is [.., var last] ? last : null;
    }

    /// <summary>Takes the next event of a node's journal.</summary>
    /// <returns>The events that are told now, in order.</returns>
    public IReadOnlyList<LoggedEvent> Offer(LoggedEvent raised)
    {
        var state = StateOf(raised.Recorder);
        var isFirst = state.Order.Find(raised.Number.Tenure) is null;
        state.Order.Add(raised.Number, raised.After, raised.Journal);
        if (raised.Late is { } late)
            state.Order.NoteToldLate(late);

        if (raised.Number <= state.Told)
            return [];

        if (state.Waiting.Count == 0 && state.Order.Top == raised.Number.Tenure && (!isFirst || IsNext(state, raised)))
        {
            state.Told = raised.Number;
            return [raised];
        }

        if (state.Waiting.Count == 0)
            state.Since = time.GetTimestamp();

        if (state.Waiting.TryAdd(raised.Number, raised))
            _count++;

        _waiting.Add(state);
        return Release(state, isDue: _count > MaxWaiting);
    }

    /// <summary>The events that waited long enough.</summary>
    public IReadOnlyList<LoggedEvent> Expire() => _waiting.Count == 0 ? [] :
    [
        .. _waiting.ToList().SelectMany(state => Release(state, time.GetElapsedTime(state.Since) >= PatienceFor(state))),
    ];

    private static bool IsNext(State state, LoggedEvent first) =>
        first.After is not { } after || after <= state.Told || state.Order.FindOrder().Missing is null;

    private TimeSpan PatienceFor(State state) =>
        state.Order.FindOrder().Missing is { } missing && mayStillCome(missing.Tenure.Node) ? LongPatience : ShortPatience;

    private List<LoggedEvent> Release(State state, bool isDue)
    {
        var order = state.Order.FindOrder();
        if (!isDue && order.Missing is { } missing && !(missing <= state.Told))
            return [];

        List<LoggedEvent> ready = [.. state.Waiting.Values.Where(raised => !(raised.Number <= state.Told) && order.Contains(raised.Number))];
        state.Told = ready.Count > 0 ? ready[^1].Number : state.Told;
        _count -= state.Waiting.Count;
        state.Waiting.Clear();
        _waiting.Remove(state);
        return ready;
    }

    private State StateOf(RecorderId recorder)
    {
        if (!_states.TryGetValue(recorder, out var state))
            _states.Add(recorder, state = new State());

        return state;
    }

    private sealed class State
    {
        public RecorderOrder Order { get; } = new(MaxTenures);

        public EventNumber? Told { get; set; }

        public SortedDictionary<EventNumber, LoggedEvent> Waiting { get; } = [];

        public long Since { get; set; }
    }
}
