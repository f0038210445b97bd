using System.Globalization;
using Recorder.Contracts;

namespace Recorder.Actors.Timing;

/// <summary>
/// A node's clock, for decisions by date that cannot be undone: when the system clock jumps, the node's time continues with the
/// machine's monotonic clock. Its timestamps and timers are the system's. Safe to use from any thread.
/// </summary>
internal sealed class NodeClock : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly MachineTime _machine;
    private readonly ClockOptions _options;
    private ClockState _state;

    /// <summary>Makes a clock without a past; <see cref="Begin"/> adds the past of earlier processes.</summary>
    /// <param name="machine">The monotonic clock; null is the one that belongs to <paramref name="time"/>.</param>
    public NodeClock(TimeProvider time, ClockOptions? options = null, MachineTime? machine = null)
    {
        (_time, _options, _machine) = (time, options ?? new ClockOptions(), machine ?? MachineTime.Of(time));
        _state = ClockState.Begin(null, null, _time.GetUtcNow(), _machine.Read(), _machine.Boot, _options);
    }

    public override long TimestampFrequency => _time.TimestampFrequency;

    public override TimeZoneInfo LocalTimeZone => _time.LocalTimeZone;

    public ClockOptions Options => _options;

    public override DateTimeOffset GetUtcNow() => ReadClocks().Time;

    public override long GetTimestamp() => _time.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        _time.CreateTimer(callback, state, dueTime, period);

    public ClockState Begin(ClockState? saved, DateTimeOffset? newest)
    {
        lock (_gate)
        {
            return _state = ClockState.Begin(saved, newest, _time.GetUtcNow(), _machine.Read(), _machine.Boot, _options);
        }
    }

    public ClockState ReadClocks()
    {
        lock (_gate)
        {
            return _state = _state.Advance(_time.GetUtcNow(), _machine.Read(), _options);
        }
    }

    /// <summary>Trusts the system clock, as the operator asked; does nothing when it is trusted already.</summary>
    /// <returns>Null when <paramref name="countsOffTime"/> is set and there is no time off to count.</returns>
    public ClockState? Trust(bool countsOffTime)
    {
        lock (_gate)
        {
            var now = ReadClocks();
            return countsOffTime && !now.MayCountOffTime ? null
                : now.IsTrusted ? now
                : _state = now.Accept(countsOffTime, _options);
        }
    }

    public DateTimeOffset? TimeOf(DateTimeOffset stamp)
    {
        lock (_gate)
        {
            return ReadClocks().TimeOf(stamp, _options);
        }
    }

    // Corrects the end to the present system clock, so that the time since then is the time that really passed. After an
    // unknown time off the end stays as the clock stamped it.
    public InterruptedRecording? CorrectEnd(InterruptedRecording? interrupted)
    {
        lock (_gate)
        {
            var now = ReadClocks();
            return interrupted is null || now.MayCountOffTime ? interrupted : interrupted with
            {
                EndedAt = now.Wall - (now.Time - (now.TimeOf(interrupted.EndedAt, _options) ?? interrupted.EndedAt)),
            };
        }
    }

    public void CompleteShifts(int shifts)
    {
        lock (_gate)
        {
            _state = _state with { Shifts = [.. _state.Shifts.Skip(shifts)] };
        }
    }

    public static string Describe(ClockState state) => state.IsTrusted
        ? string.Create(CultureInfo.InvariantCulture, $"The system clock is trusted ({state.Wall.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}).")
        : string.Create(
            CultureInfo.InvariantCulture,
            $"The system clock says {state.Wall.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}, {Words(state)}; nothing is deleted by age until the clock is right again or 'recorder clock trust' confirms it.");

    private static string Words(ClockState state) => state.HasNoPast
        ? "before this program existed"
        : string.Create(
            CultureInfo.InvariantCulture,
            $"{Words(state.Offset.Duration())} {(state.Offset > TimeSpan.Zero ? "ahead of" : "behind")} the node's own time");

    private static string Words(TimeSpan time) =>
        time.TotalDays >= 2 ? $"{Math.Round(time.TotalDays)} days" : time.TotalHours >= 2 ? $"{Math.Round(time.TotalHours)} hours" : $"{Math.Round(time.TotalMinutes)} minutes";
}
