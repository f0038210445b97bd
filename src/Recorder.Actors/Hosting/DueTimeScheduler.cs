using System.Collections.Concurrent;
using Akka.Dispatch;
using Akka.Event;

namespace Recorder.Actors;

/// <summary>
/// A scheduler of an actor system that sleeps until something is due. Akka's own wakes threads at each tick, due or not: with a tick of 50 ms
/// that was a fortieth of the CPU time of 64 cameras. What is due within the same <see cref="Slot"/> is due at its end, so that many timers
/// wake the process once.
/// </summary>
/// <remarks>What waits when the system ends is dropped; Akka's own does it then. A repetition that fails goes on; Akka's own ends it.</remarks>
internal sealed class DueTimeScheduler(Config config, ILoggingAdapter log, TimeProvider time) : SchedulerBase(config, log), IDisposable
{
    public static readonly TimeSpan Slot = TimeSpan.FromMilliseconds(50);

    // A timer of .NET holds no more, about 49 days; a longer wait goes on from there.
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(40);

    private readonly TimeProvider _time = time;
    private readonly ConcurrentDictionary<Work, byte> _waiting = [];
    private volatile bool _isOver;

    /// <summary>As Akka creates it, which the configuration tells to.</summary>
    public DueTimeScheduler(Config config, ILoggingAdapter log)
        : this(config, log, TimeProvider.System)
    {
    }

    /// <summary>How much waits to be done.</summary>
    public int Count => _waiting.Count;

    public override TimeSpan MonotonicClock => _time.GetElapsedTime(0);

    public override TimeSpan HighResMonotonicClock => MonotonicClock;

    protected override DateTimeOffset TimeNow => _time.GetUtcNow();

    /// <summary>Nothing is due any more.</summary>
    public void Dispose()
    {
        _isOver = true;
        foreach (var work in _waiting.Keys)
            work.Dispose();
    }

    protected override void InternalScheduleTellOnce(
        TimeSpan delay, ICanTell receiver, object message, IActorRef sender, ICancelable cancelable) =>
        Start(() => receiver.Tell(message, sender), delay, null, cancelable);

    protected override void InternalScheduleTellRepeatedly(
        TimeSpan initialDelay, TimeSpan interval, ICanTell receiver, object message, IActorRef sender, ICancelable cancelable) =>
        Start(() => receiver.Tell(message, sender), initialDelay, interval, cancelable);

    protected override void InternalScheduleOnce(TimeSpan delay, Action action, ICancelable cancelable) =>
        Start(action, delay, null, cancelable);

    protected override void InternalScheduleOnce(TimeSpan delay, IRunnable action, ICancelable cancelable) =>
        Start(action.Run, delay, null, cancelable);

    protected override void InternalScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, Action action, ICancelable cancelable) =>
        Start(action, initialDelay, interval, cancelable);

    protected override void InternalScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, IRunnable action, ICancelable cancelable) =>
        Start(action.Run, initialDelay, interval, cancelable);

    // What is due at once is not put off: only waiting is done together.
    private static TimeSpan SlotEnd(TimeSpan due, TimeSpan now) =>
        due <= now ? now : new TimeSpan((due.Ticks + Slot.Ticks - 1) / Slot.Ticks * Slot.Ticks);

    private void Start(Action action, TimeSpan delay, TimeSpan? interval, ICancelable? cancelable)
    {
        if (cancelable?.IsCancellationRequested == true)
            return;

        if (_isOver)
            throw new SchedulerException("The actor system has ended: nothing can be scheduled any more.");

        var work = new Work(this, action, interval, cancelable);
        _waiting.TryAdd(work, 0);
        work.Wait(MonotonicClock + delay);
        if (_isOver || cancelable?.IsCancellationRequested == true)
            work.Dispose();
    }

    /// <summary>Something that is due once, or again and again.</summary>
    private sealed class Work : IDisposable
    {
        private readonly DueTimeScheduler _scheduler;
        private readonly Action _action;
        private readonly TimeSpan? _interval;
        private readonly ICancelable? _cancelable;
        private readonly ITimer _timer;
        private readonly CancellationTokenRegistration _cancellation;
        private TimeSpan _due;

        public Work(DueTimeScheduler scheduler, Action action, TimeSpan? interval, ICancelable? cancelable)
        {
            (_scheduler, _action, _interval, _cancelable) = (scheduler, action, interval, cancelable);
            // Whoever sets a timer does not lend it the activity and the scopes that it works in.
            using (AsyncFlowControl? _ = ExecutionContext.IsFlowSuppressed() ? null : ExecutionContext.SuppressFlow())
            {
                _timer = scheduler._time.CreateTimer(
                    static work => ((Work)work!).OnTime(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            }

            // Or a deadline of an hour that was met would be kept for an hour.
            _cancellation = cancelable?.Token.UnsafeRegister(static work => ((Work)work!).Dispose(), this) ?? default;
        }

        public void Wait(TimeSpan due)
        {
            _due = due;
            var now = _scheduler.MonotonicClock;
            // Timers are of whole milliseconds.
            var wait = TimeSpan.FromMilliseconds(Math.Ceiling((SlotEnd(due, now) - now).TotalMilliseconds));
            _timer.Change(wait < LongestWait ? wait : LongestWait, Timeout.InfiniteTimeSpan);
        }

        public void Dispose()
        {
            _scheduler._waiting.TryRemove(this, out _);
            _timer.Dispose();
            _cancellation.Unregister();
        }

        private void OnTime()
        {
            if (_scheduler._isOver || _cancelable?.IsCancellationRequested == true)
                return;

            // Timers run on a coarser clock, and end before a very long wait does.
            var now = _scheduler.MonotonicClock;
            if (_due > now)
            {
                Wait(_due);
                return;
            }

            if (_interval is null)
                Dispose();

#pragma warning disable CA1031 // The timers of the others go on.
            try
            {
                _action();
            }
            catch (Exception error)
            {
                _scheduler.Log.Error(error, "A scheduled action failed.");
            }
#pragma warning restore CA1031

            if (_interval is { } interval && _scheduler._waiting.ContainsKey(this))
                Wait(Next(_due + interval, _scheduler.MonotonicClock, interval));
        }

        // What was missed is not made up for: the machine slept, or all workers were busy.
        private static TimeSpan Next(TimeSpan due, TimeSpan now, TimeSpan interval) => due > now ? due : now + interval;
    }
}
