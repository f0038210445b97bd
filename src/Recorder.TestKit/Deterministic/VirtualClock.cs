namespace Recorder.Testing;

/// <summary>
/// The clock of a <see cref="RecorderWorld"/>: wall clock, timers and the media of all scripted sources move together, and only when
/// the spec says so. Hours pass in milliseconds.
/// </summary>
public sealed class VirtualClock : TimeProvider
{
    /// <summary>How finely timers are told apart: those due within one step fire together. 10 ms.</summary>
    public static readonly TimeSpan Step = TimeSpan.FromMilliseconds(10);

    private static readonly DateTimeOffset Epoch = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly DeliveryOrder _order;
    private readonly List<ScriptedSource> _sources = [];
    private TestScheduler? _scheduler;

    internal VirtualClock(DeliveryOrder order) => _order = order;

    /// <summary>Time since the world began.</summary>
    public TimeSpan Elapsed { get; private set; }

    /// <inheritdoc />
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc />
    public override DateTimeOffset GetUtcNow() => Epoch + Elapsed;

    /// <inheritdoc />
    public override long GetTimestamp() => Elapsed.Ticks;

    /// <summary>Not offered: timers belong to the actors' scheduler.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        throw new NotSupportedException("Actors take their timers from the scheduler.");

    /// <summary>Moves the time on. Timers fire, sources that play deliver, and actors work on all of it before it returns.</summary>
    /// <param name="by">How far.</param>
    /// <exception cref="ArgumentOutOfRangeException">Time does not go back.</exception>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        var end = Elapsed + by;
        _order.RunUntilIdle();
        while (Elapsed < end)
        {
            var next = Elapsed + Step < end ? Elapsed + Step : end;
            foreach (var source in _sources)
            {
                next = source.NextDue is { } due && due > Elapsed && due < next ? due : next;
            }

            _scheduler?.Advance(next - Elapsed);
            Elapsed = next;
            foreach (var source in _sources)
            {
                source.DeliverDue(next);
            }

            _order.RunUntilIdle();
        }
    }

    internal void Drive(TestScheduler scheduler) => _scheduler = scheduler;

    internal void Drive(ScriptedSource source) => _sources.Add(source);
}
