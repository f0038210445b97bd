namespace Recorder.Actors.Storage;

/// <summary>What has written to a volume and wants it durable. The steps of one round come in this order.</summary>
internal interface ISyncable
{
    /// <summary>Whether it waits for the next round; kept by the volume.</summary>
    bool IsQueued { get; set; }

    /// <summary>On the writing thread: what was written until now is what this round is about.</summary>
    void BeginRound();

    /// <summary>Beside it: lets everything set out for the platter. Waits for nothing.</summary>
    void Start();

    /// <summary>Beside it: waits for the media.</summary>
    void SyncMedia();

    /// <summary>Beside it: waits for the indexes, which are behind the media of all.</summary>
    void SyncIndex();
}

/// <summary>
/// Makes what was written to one volume durable, all of it in one round, half a second after the first write that is in it or as soon as
/// the round before has ended. Used on the volume's writing thread; what waits for the platter runs beside it, so that writes go on.
/// </summary>
/// <param name="post">Runs a job on the writing thread.</param>
/// <param name="aside">Runs a job beside it.</param>
/// <param name="wake">Has <see cref="Due"/> called on the writing thread after a time.</param>
/// <param name="time">The clock.</param>
internal sealed class SyncRounds(Action<Action> post, Action<Action> aside, Action<TimeSpan> wake, TimeProvider time)
{
    /// <summary>The promise is a second; a round takes its time, too.</summary>
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

    /// <summary>There is something to make durable.</summary>
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

    /// <summary>The time is over.</summary>
    public void Due()
    {
        _waiting = false;
        Begin();
    }

    private void Plan()
    {
        if (_running || _dirty.Count == 0)
        {
            return;
        }

        var left = _atOnce ? TimeSpan.Zero : Interval - time.GetElapsedTime(_since);
        if (left <= TimeSpan.Zero)
        {
            // Behind what waits to be written, so that it is in it.
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
        {
            return;
        }

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
