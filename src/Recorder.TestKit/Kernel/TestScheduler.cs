using System.Diagnostics;
using Recorder.ActorKernel.Configuration;
using Recorder.ActorKernel.Dispatch;
using Recorder.ActorKernel.Event;

namespace Recorder.ActorKernel.Testing;

/// <summary>
/// A scheduler whose time stands still until a test moves it. What is due runs on the test's thread, in the order of its time;
/// what a repeated item missed is not made up for: it runs once and then starts again from the time reached. Select it with
/// <c>akka.scheduler.implementation = "Akka.TestKit.TestScheduler, Akka.TestKit"</c>.
/// </summary>
public class TestScheduler : IScheduler, IAdvancedScheduler
{
    private readonly Lock _gate = new();
    private readonly PriorityQueue<Item, (long Due, long Order)> _items = new();
    private DateTimeOffset _now;
    private long _order;

    /// <summary>Makes one; its time begins at the present.</summary>
    /// <param name="schedulerConfig">Not used.</param>
    /// <param name="log">Not used.</param>
    public TestScheduler(Config schedulerConfig, ILoggingAdapter log) => _now = TimeProvider.System.GetUtcNow();

    /// <summary>The time that the test has come to.</summary>
    public DateTimeOffset Now
    {
        get
        {
            lock (_gate)
                return _now;
        }
    }

    /// <summary>Real time since some moment: a test does not move it.</summary>
    public TimeSpan MonotonicClock => Stopwatch.GetElapsedTime(0);

    /// <summary>Real time since some moment: a test does not move it.</summary>
    public TimeSpan HighResMonotonicClock => Stopwatch.GetElapsedTime(0);

    /// <summary>This scheduler.</summary>
    public IAdvancedScheduler Advanced => this;

    /// <summary><see cref="Now"/>, for heirs.</summary>
    protected DateTimeOffset TimeNow => Now;

    /// <summary>Moves the time on and runs what is due by then.</summary>
    /// <param name="offset">By how much.</param>
    public void Advance(TimeSpan offset)
    {
        List<Item> due = [];
        lock (_gate)
        {
            _now += offset;
            while (_items.TryPeek(out _, out var next) && next.Due <= _now.UtcTicks)
                due.Add(_items.Dequeue());
        }

        // Outside of the lock: what runs may schedule. What it schedules waits for the next move, even if it is due already.
        foreach (var item in due)
        {
            if (item.Cancelable?.IsCancellationRequested == true)
                continue;
            item.Run();
            if (item.Interval is { } interval && item.Cancelable?.IsCancellationRequested != true)
                Add(item, interval);
        }
    }

    /// <summary>Moves the time on to a moment and runs what is due by then.</summary>
    /// <param name="when">The moment.</param>
    /// <exception cref="InvalidOperationException">It is in the past.</exception>
    public void AdvanceTo(DateTimeOffset when)
    {
        var now = Now;
        if (when < now)
            throw new InvalidOperationException($"Time does not go back: it is {now:O}, not {when:O}.");
        Advance(when - now);
    }

    /// <inheritdoc/>
    public void ScheduleTellOnce(TimeSpan delay, ICanTell receiver, object message, IActorRef? sender) =>
        ScheduleTellOnce(delay, receiver, message, sender, null);

    /// <inheritdoc/>
    public void ScheduleTellOnce(
        TimeSpan delay, ICanTell receiver, object message, IActorRef? sender, ICancelable? cancelable) =>
        Add(new Item(() => receiver.Tell(message, sender), null, cancelable), delay);

    /// <inheritdoc/>
    public void ScheduleTellRepeatedly(
        TimeSpan initialDelay, TimeSpan interval, ICanTell receiver, object message, IActorRef? sender) =>
        ScheduleTellRepeatedly(initialDelay, interval, receiver, message, sender, null);

    /// <inheritdoc/>
    public void ScheduleTellRepeatedly(
        TimeSpan initialDelay,
        TimeSpan interval,
        ICanTell receiver,
        object message,
        IActorRef? sender,
        ICancelable? cancelable) =>
        Add(new Item(() => receiver.Tell(message, sender), interval, cancelable), initialDelay);

    /// <inheritdoc/>
    public void ScheduleOnce(TimeSpan delay, Action action) => ScheduleOnce(delay, action, null);

    /// <inheritdoc/>
    public void ScheduleOnce(TimeSpan delay, Action action, ICancelable? cancelable) =>
        Add(new Item(action, null, cancelable), delay);

    /// <inheritdoc/>
    public void ScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, Action action) =>
        ScheduleRepeatedly(initialDelay, interval, action, null);

    /// <inheritdoc/>
    public void ScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, Action action, ICancelable? cancelable) =>
        Add(new Item(action, interval, cancelable), initialDelay);

    /// <inheritdoc/>
    public void ScheduleOnce(TimeSpan delay, IRunnable action) => ScheduleOnce(delay, action.Run, null);

    /// <inheritdoc/>
    public void ScheduleOnce(TimeSpan delay, IRunnable action, ICancelable? cancelable) =>
        ScheduleOnce(delay, action.Run, cancelable);

    /// <inheritdoc/>
    public void ScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, IRunnable action) =>
        ScheduleRepeatedly(initialDelay, interval, action.Run, null);

    /// <inheritdoc/>
    public void ScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, IRunnable action, ICancelable? cancelable) =>
        ScheduleRepeatedly(initialDelay, interval, action.Run, cancelable);

    private void Add(Item item, TimeSpan delay)
    {
        lock (_gate)
            _items.Enqueue(item, ((_now + delay).UtcTicks, _order++));
    }

    private sealed record Item(Action Run, TimeSpan? Interval, ICancelable? Cancelable);
}
