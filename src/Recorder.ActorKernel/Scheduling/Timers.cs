using System.Diagnostics.CodeAnalysis;
using Recorder.ActorKernel.Event;

namespace Recorder.ActorKernel;

/// <summary>An actor with timers, which the runtime sets before the constructor of the actor runs.</summary>
public interface IWithTimers
{
    /// <summary>The timers.</summary>
    ITimerScheduler Timers { get; set; }
}

/// <summary>Messages to Self, by key. A timer ends with the instance of the actor; what a cancelled or replaced timer had
/// already put into the mailbox is dropped.</summary>
public interface ITimerScheduler
{
    /// <summary>The keys of the timers that run.</summary>
    IReadOnlyCollection<object> ActiveTimers { get; }

    /// <summary>Begins a timer that sends again and again.</summary>
    /// <param name="key">Its key; a timer with the same key is replaced.</param>
    /// <param name="msg">What.</param>
    /// <param name="interval">How often; also the first time.</param>
    void StartPeriodicTimer(object key, object msg, TimeSpan interval);

    /// <summary>Begins a timer that sends again and again.</summary>
    /// <param name="key">Its key; a timer with the same key is replaced.</param>
    /// <param name="msg">What.</param>
    /// <param name="interval">How often; also the first time.</param>
    /// <param name="sender">From whom.</param>
    void StartPeriodicTimer(object key, object msg, TimeSpan interval, IActorRef? sender);

    /// <summary>Begins a timer that sends again and again.</summary>
    /// <param name="key">Its key; a timer with the same key is replaced.</param>
    /// <param name="msg">What.</param>
    /// <param name="initialDelay">After how long first.</param>
    /// <param name="interval">How often then.</param>
    void StartPeriodicTimer(object key, object msg, TimeSpan initialDelay, TimeSpan interval);

    /// <summary>Begins a timer that sends again and again.</summary>
    /// <param name="key">Its key; a timer with the same key is replaced.</param>
    /// <param name="msg">What.</param>
    /// <param name="initialDelay">After how long first.</param>
    /// <param name="interval">How often then.</param>
    /// <param name="sender">From whom.</param>
    void StartPeriodicTimer(object key, object msg, TimeSpan initialDelay, TimeSpan interval, IActorRef? sender);

    /// <summary>Begins a timer that sends once.</summary>
    /// <param name="key">Its key; a timer with the same key is replaced.</param>
    /// <param name="msg">What.</param>
    /// <param name="timeout">After how long.</param>
    void StartSingleTimer(object key, object msg, TimeSpan timeout);

    /// <summary>Begins a timer that sends once.</summary>
    /// <param name="key">Its key; a timer with the same key is replaced.</param>
    /// <param name="msg">What.</param>
    /// <param name="timeout">After how long.</param>
    /// <param name="sender">From whom.</param>
    void StartSingleTimer(object key, object msg, TimeSpan timeout, IActorRef? sender);

    /// <summary>Whether a timer runs.</summary>
    /// <param name="key">Its key.</param>
    /// <returns>Whether.</returns>
    bool IsTimerActive(object key);

    /// <summary>Ends a timer.</summary>
    /// <param name="key">Its key.</param>
    void Cancel(object key);

    /// <summary>Ends all timers.</summary>
    void CancelAll();
}

/// <summary>What a timer puts into the mailbox.</summary>
internal sealed class TimerMessage(object key, int generation, TimerScheduler owner, object message)
    : IAutoReceivedMessage, INoSerializationVerificationNeeded, IDeadLetterSuppression
{
    public object Key { get; } = key;

    public int Generation { get; } = generation;

    public TimerScheduler Owner { get; } = owner;

    public object Message { get; } = message;

    public override string ToString() => $"TimerMsg(key={Key}, generation={Generation}, message={Message})";
}

/// <summary>The timers of one instance of an actor.</summary>
internal sealed class TimerScheduler(ActorCell cell) : ITimerScheduler
{
    private readonly Dictionary<object, RunningTimer> _timers = [];
    private int _generation;

    public IReadOnlyCollection<object> ActiveTimers => _timers.Keys;

    public void StartPeriodicTimer(object key, object msg, TimeSpan interval) =>
        Start(key, msg, interval, interval, cell.Self);

    public void StartPeriodicTimer(object key, object msg, TimeSpan interval, IActorRef? sender) =>
        Start(key, msg, interval, interval, sender);

    public void StartPeriodicTimer(object key, object msg, TimeSpan initialDelay, TimeSpan interval) =>
        Start(key, msg, initialDelay, interval, cell.Self);

    public void StartPeriodicTimer(object key, object msg, TimeSpan initialDelay, TimeSpan interval, IActorRef? sender) =>
        Start(key, msg, initialDelay, interval, sender);

    public void StartSingleTimer(object key, object msg, TimeSpan timeout) => Start(key, msg, timeout, null, cell.Self);

    public void StartSingleTimer(object key, object msg, TimeSpan timeout, IActorRef? sender) =>
        Start(key, msg, timeout, null, sender);

    public bool IsTimerActive(object key) => _timers.ContainsKey(key);

    public void Cancel(object key)
    {
        if (_timers.Remove(key, out var timer))
            timer.Task.Cancel();
    }

    public void CancelAll()
    {
        foreach (var timer in _timers.Values)
            timer.Task.Cancel();
        _timers.Clear();
    }

    /// <summary>The message of a timer that still runs; false for one that was cancelled or replaced, or of an old instance.</summary>
    public bool TryUnwrap(TimerMessage timerMessage, [NotNullWhen(true)] out object? message)
    {
        message = null;
        if (!ReferenceEquals(timerMessage.Owner, this)
            || !_timers.TryGetValue(timerMessage.Key, out var timer)
            || timer.Generation != timerMessage.Generation)
        {
            return false;
        }

        if (!timer.Repeats)
            _timers.Remove(timerMessage.Key);
        message = timerMessage.Message;
        return true;
    }

    private void Start(object key, object msg, TimeSpan delay, TimeSpan? interval, IActorRef? sender)
    {
        Cancel(key);
        var generation = ++_generation;
        var message = new TimerMessage(key, generation, this, msg);
        var scheduler = cell.SystemImpl.Scheduler;
        var task = new Cancelable(scheduler);
        if (interval is { } every)
            scheduler.ScheduleTellRepeatedly(delay, every, cell.Self, message, sender, task);
        else
            scheduler.ScheduleTellOnce(delay, cell.Self, message, sender, task);
        _timers[key] = new RunningTimer(generation, interval is not null, task);
    }

    private readonly record struct RunningTimer(int Generation, bool Repeats, ICancelable Task);
}
