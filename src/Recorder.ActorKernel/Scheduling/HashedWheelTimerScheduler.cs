using System.Diagnostics;
using Recorder.ActorKernel.Configuration;
using Recorder.ActorKernel.Dispatch;
using Recorder.ActorKernel.Event;

namespace Recorder.ActorKernel;

/// <summary>
/// The default scheduler: one thread that sleeps until the next entry of a heap is due, and costs nothing while none is. The
/// name is Akka.NET's, whose configurations name it.
/// </summary>
/// <remarks>Repeated work keeps its rate: the next time is counted from the last one due, not from when it ran. An action runs
/// on the scheduler's thread, so it must not block; a message only enters a mailbox there.</remarks>
public sealed class HashedWheelTimerScheduler : SchedulerBase, IDateTimeOffsetNowTimeProvider, IDisposable
{
    private readonly PriorityQueue<Entry, (long Due, long Order)> _entries = new();
    private readonly object _lock = new();
    private Thread? _thread;
    private long _order;
    private bool _stopped;

    /// <summary>A scheduler; its thread starts with the first entry.</summary>
    /// <param name="scheduler">The configuration.</param>
    /// <param name="log">The log.</param>
    public HashedWheelTimerScheduler(Config scheduler, ILoggingAdapter log)
        : base(scheduler, log)
    {
    }

    /// <inheritdoc/>
    public override TimeSpan MonotonicClock => Stopwatch.GetElapsedTime(0);

    /// <inheritdoc/>
    public override TimeSpan HighResMonotonicClock => Stopwatch.GetElapsedTime(0);

    /// <inheritdoc/>
    protected override DateTimeOffset TimeNow => TimeProvider.System.GetUtcNow();

    /// <summary>Stops the thread and drops what is not yet due.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _stopped = true;
            _entries.Clear();
            Monitor.PulseAll(_lock);
        }
    }

    /// <inheritdoc/>
    protected override void InternalScheduleTellOnce(
        TimeSpan delay, ICanTell receiver, object message, IActorRef sender, ICancelable cancelable) =>
        Add(new Entry(receiver, message, sender, null, cancelable), delay);

    /// <inheritdoc/>
    protected override void InternalScheduleTellRepeatedly(
        TimeSpan initialDelay, TimeSpan interval, ICanTell receiver, object message, IActorRef sender, ICancelable cancelable) =>
        Add(new Entry(receiver, message, sender, interval, cancelable), initialDelay);

    /// <inheritdoc/>
    protected override void InternalScheduleOnce(TimeSpan delay, Action action, ICancelable cancelable) =>
        Add(new Entry(null, action, null, null, cancelable), delay);

    /// <inheritdoc/>
    protected override void InternalScheduleOnce(TimeSpan delay, IRunnable action, ICancelable cancelable) =>
        Add(new Entry(null, action, null, null, cancelable), delay);

    /// <inheritdoc/>
    protected override void InternalScheduleRepeatedly(
        TimeSpan initialDelay, TimeSpan interval, Action action, ICancelable cancelable) =>
        Add(new Entry(null, action, null, interval, cancelable), initialDelay);

    /// <inheritdoc/>
    protected override void InternalScheduleRepeatedly(
        TimeSpan initialDelay, TimeSpan interval, IRunnable action, ICancelable cancelable) =>
        Add(new Entry(null, action, null, interval, cancelable), initialDelay);

    private static long Milliseconds => (long)Stopwatch.GetElapsedTime(0).TotalMilliseconds;

    private void Add(Entry entry, TimeSpan delay)
    {
        if (entry.Cancelable is { IsCancellationRequested: true })
            return;
        lock (_lock)
        {
            if (_stopped)
                throw new SchedulerException("cannot enqueue after timer shutdown");
            Enqueue(entry, Milliseconds + (long)Math.Ceiling(delay.TotalMilliseconds));
            if (_thread is null)
            {
                _thread = new Thread(Loop) { IsBackground = true, Name = "actor-scheduler" };
                _thread.Start();
            }
        }
    }

    private void Enqueue(Entry entry, long due)
    {
        entry.Due = due;
        var wake = !_entries.TryPeek(out _, out var next) || due < next.Due;
        _entries.Enqueue(entry, (due, _order++));
        if (wake)
            Monitor.Pulse(_lock);
    }

    private void Loop()
    {
        while (true)
        {
            Entry entry;
            lock (_lock)
            {
                if (!WaitForDue())
                    return;
                entry = _entries.Dequeue();
            }

            if (entry.Cancelable is { IsCancellationRequested: true })
                continue;
            var alive = Run(entry);
            if (!alive || entry.Interval is not { } interval || entry.Cancelable is { IsCancellationRequested: true })
                continue;
            lock (_lock)
            {
                if (_stopped)
                    return;
                Enqueue(entry, Math.Max(entry.Due + (long)Math.Ceiling(interval.TotalMilliseconds), entry.Due + 1));
            }
        }
    }

    private bool WaitForDue()
    {
        while (!_stopped)
        {
            if (!_entries.TryPeek(out var first, out var next))
            {
                Monitor.Wait(_lock);
                continue;
            }

            if (first.Cancelable is { IsCancellationRequested: true })
            {
                _entries.Dequeue();
                continue;
            }

            var left = next.Due - Milliseconds;
            if (left <= 0)
                return true;
            Monitor.Wait(_lock, (int)Math.Min(left, int.MaxValue));
        }

        return false;
    }

    private bool Run(Entry entry)
    {
        try
        {
            switch (entry.What)
            {
                case var message when entry.Receiver is not null:
                    entry.Receiver.Tell(message, entry.Sender);
                    break;
                case Action action:
                    action();
                    break;
                case IRunnable runnable:
                    runnable.Run();
                    break;
            }

            return true;
        }
        catch (Exception e)
        {
            Log.Error(e, "Scheduled work failed and is not repeated");
            return false;
        }
    }

    private sealed class Entry(ICanTell? receiver, object what, IActorRef? sender, TimeSpan? interval, ICancelable? cancelable)
    {
        public ICanTell? Receiver { get; } = receiver;

        public object What { get; } = what;

        public IActorRef? Sender { get; } = sender;

        public TimeSpan? Interval { get; } = interval;

        public ICancelable? Cancelable { get; } = cancelable;

        public long Due { get; set; }
    }
}
