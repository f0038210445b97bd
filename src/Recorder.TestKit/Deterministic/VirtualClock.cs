namespace Recorder.Testing;

/// <summary>The clock of a <see cref="RecorderWorld"/>. The wall clock, actors' timers and the media of all scripted sources
/// advance together, and only when the spec calls <see cref="Advance"/>. Hours of virtual time take milliseconds.</summary>
/// <remarks>Akka's <see cref="TestScheduler"/> is the same clock: advancing either advances both.</remarks>
/// <example>
/// <code>
/// recorder.Start();
/// Clock.Advance(TimeSpan.FromHours(1));
/// recorder.Stop();
/// </code>
/// </example>
public sealed class VirtualClock : TimeProvider
{
    /// <summary>The resolution of timers, 10 ms: timers that are due within one step fire together.</summary>
    public static readonly TimeSpan Step = TimeSpan.FromMilliseconds(10);

    internal static readonly DateTimeOffset Epoch = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly DeliveryOrder _order;
    private readonly List<ScriptedSource> _sources = [];
    private TestScheduler _scheduler = null!;
    private bool _advancing;
    private TimeSpan _adjustment;

    internal VirtualClock(DeliveryOrder order) => _order = order;

    /// <summary>Virtual time since the world was created.</summary>
    public TimeSpan Elapsed => _scheduler.Now - Epoch;

    /// <inheritdoc />
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc />
    public override DateTimeOffset GetUtcNow() => _scheduler.Now + _adjustment;

    /// <inheritdoc />
    public override long GetTimestamp() => Elapsed.Ticks;

    /// <summary>Not supported: actors take their timers from the scheduler.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        throw new NotSupportedException("The virtual clock has no timers; use the scheduler of the actor system.");

    /// <summary>Advances the time: timers fire, sources deliver, and actors process everything, before it returns.</summary>
    /// <param name="by">How far to advance.</param>
    /// <exception cref="ArgumentOutOfRangeException">The time is negative.</exception>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        var end = Elapsed + by;
        _order.RunUntilIdle();
        _advancing = true;
        try
        {
            while (Elapsed < end)
            {
                AdvanceStep(end);
                _order.RunUntilIdle();
            }
        }
        finally
        {
            _advancing = false;
        }
    }

    /// <summary>Sets the wall clock as an administrator does. No time passes: timers and timestamps are not affected.</summary>
    /// <param name="by">How far to set the clock; a negative time sets it back.</param>
    public void SetWallClock(TimeSpan by) => _adjustment += by;

    internal void Drive(TestScheduler scheduler)
    {
        _scheduler = scheduler;
        FollowScheduler();
    }

    internal void Drive(ScriptedSource source) => _sources.Add(source);

    // Advances by one step, or to the next media if that is earlier. Everything due is sent together, and the seed decides the
    // order.
    private void AdvanceStep(TimeSpan end)
    {
        using var together = _order.Gather();
        var next = Elapsed + Step < end ? Elapsed + Step : end;
        foreach (var source in _sources)
            next = source.NextDue is { } due && due > Elapsed && due < next ? due : next;

        _scheduler.Advance(next - Elapsed);
        DeliverDue();
    }

    private void DeliverDue()
    {
        foreach (var source in _sources)
            source.DeliverDue(Elapsed);
    }

    // A spec may advance Akka's scheduler instead of this clock; the sources then deliver their media too.
    private void FollowScheduler() => _scheduler.Advanced.ScheduleOnce(TimeSpan.FromTicks(1), () =>
    {
        FollowScheduler();
        if (!_advancing)
            DeliverDue();
    });
}
