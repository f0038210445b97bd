namespace Recorder.Actors.Storage;

/// <summary>A writer whose writes a volume makes durable. A round calls the steps in this order.</summary>
internal interface ISyncable
{
    bool IsQueued { get; set; }

    /// <summary>Called on the writing thread: the round covers everything written until now.</summary>
    void BeginRound();

    /// <summary>Starts making everything durable without waiting. This and the following are not called on the writing thread.</summary>
    void Start();

    void SyncMedia();

    /// <summary>Makes the index file durable, after the media of all writers.</summary>
    void SyncIndex();
}

/// <summary>A round makes the writes of all recordings of a volume durable. It begins half a second after its first write, or
/// when the round before has ended. Used on the writing thread; the waits for stable storage run beside it, so that writes go
/// on.</summary>
internal sealed class SyncRounds(Action<Action> post, Action<Action> aside, Action<TimeSpan> wake, TimeProvider time)
{
    /// <summary>Half of the second within which written media is durable: a round takes time, too.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    private List<ISyncable> _dirty = [];
    private List<ISyncable> _round = [];
    private long _since;
    private bool _running;
    private bool _waiting;
    private bool _atOnce;
    private Action? _begin;
    private Action? _run;
    private Action? _end;

    public void Add(ISyncable written, bool atOnce)
    {
        if (!written.IsQueued)
        {
            _since = _dirty.Count == 0 ? time.GetTimestamp() : _since;
            written.IsQueued = true;
            _dirty.Add(written);
        }

        _atOnce |= atOnce;
        Plan();
    }

    public void Due()
    {
        _waiting = false;
        Begin();
    }

    private void Plan()
    {
        if (_running || _dirty.Count == 0)
            return;

        var left = _atOnce ? TimeSpan.Zero : Interval - time.GetElapsedTime(_since);
        if (left <= TimeSpan.Zero)
        {
            // After the waiting writes, so that the round covers them.
            _running = true;
            post(_begin ??= Begin);
        }
        else if (!_waiting)
        {
            _waiting = true;
            wake(left);
        }
    }

    private void Begin()
    {
        if (_dirty.Count == 0 || _round.Count > 0)
            return;

        (_dirty, _round, _running, _atOnce) = (_round, _dirty, true, false);
        foreach (var written in _round)
        {
            written.IsQueued = false;
            written.BeginRound();
        }

        aside(_run ??= Run);
    }

    private void Run()
    {
        _round.ForEach(static written => written.Start());
        _round.ForEach(static written => written.SyncMedia());
        _round.ForEach(static written => written.SyncIndex());
        post(_end ??= End);
    }

    private void End()
    {
        _running = false;
        _round.Clear();
        Plan();
    }
}
