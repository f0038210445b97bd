namespace Recorder.Testing;

/// <summary>
/// The clock of a <see cref="RecorderWorld"/>: wall clock, timers and the media of all scripted sources move together, and only when
/// the spec says so; Akka's <see cref="TestScheduler"/> is the same clock. Hours pass in milliseconds.
/// </summary>
public sealed class VirtualClock : TimeProvider
{
    /// <summary>How finely timers are told apart: those due within one step fire together. 10 ms.</summary>
    public static readonly TimeSpan Step = TimeSpan.FromMilliseconds(10);

    internal static readonly DateTimeOffset Epoch = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly DeliveryOrder _order;
    private readonly List<ScriptedSource> _sources = [];
    private TestScheduler _scheduler = null!;
    private bool _advancing;
    private TimeSpan _set;

    internal VirtualClock(DeliveryOrder order) => _order = order;

    /// <summary>Time since the world began.</summary>
    public TimeSpan Elapsed => _scheduler.Now - Epoch;

    /// <inheritdoc />
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc />
    public override DateTimeOffset GetUtcNow() => _scheduler.Now + _set;

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
        _advancing = true;
        try
        {
            while (Elapsed < end)
            {
                Move(end);
                _order.RunUntilIdle();
            }
        }
        finally
        {
            _advancing = false;
        }
    }

    /// <summary>
    /// Sets the wall clock forward or back, as somebody or a time daemon does on a machine: no time goes by, timers and timestamps do not notice.
    /// </summary>
    /// <param name="by">How far; less than zero is back.</param>
    public void SetWallClock(TimeSpan by) => _set += by;

    internal void Drive(TestScheduler scheduler)
    {
        _scheduler = scheduler;
        FollowScheduler();
    }

    internal void Drive(ScriptedSource source) => _sources.Add(source);

    // One step, no further than the next media: what is due in it is sent together, for the seed to decide who goes first.
    private void Move(TimeSpan end)
    {
        using var together = _order.Gather();
        var next = Elapsed + Step < end ? Elapsed + Step : end;
        foreach (var source in _sources)
        {
            next = source.NextDue is { } due && due > Elapsed && due < next ? due : next;
        }

        _scheduler.Advance(next - Elapsed);
        DeliverDue();
    }

    private void DeliverDue()
    {
        foreach (var source in _sources)
        {
            source.DeliverDue(Elapsed);
        }
    }

    // A spec that knows Akka's TestKit may move the scheduler instead of this clock: the sources play along.
    private void FollowScheduler() => _scheduler.Advanced.ScheduleOnce(TimeSpan.FromTicks(1), () =>
    {
        FollowScheduler();
        if (!_advancing)
        {
            DeliverDue();
        }
    });
}
