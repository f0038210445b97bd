using System.Globalization;
using Recorder.Contracts;

namespace Recorder.Actors.Timing;

/// <summary>
/// A node's time, for what is decided by date and cannot be undone or must not be cheated: it goes on by the machine's steady clock when the
/// system clock jumps. Its timestamps and timers are the system's. Safe to use from any thread.
/// </summary>
internal sealed class NodeClock : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly MachineTime _machine;
    private readonly ClockOptions _options;
    private ClockState _state;

    /// <summary>Until <see cref="Begin"/> it knows nothing of the past.</summary>
    /// <param name="time">The system clock.</param>
    /// <param name="options">How far it is believed.</param>
    /// <param name="machine">The steady clock; null is the one that belongs to <paramref name="time"/>.</param>
    public NodeClock(TimeProvider time, ClockOptions? options = null, MachineTime? machine = null)
    {
        (_time, _options, _machine) = (time, options ?? new ClockOptions(), machine ?? MachineTime.Of(time));
        _state = ClockState.Begin(null, null, _time.GetUtcNow(), _machine.Read(), _machine.Boot, _options);
    }

    public override long TimestampFrequency => _time.TimestampFrequency;

    public override TimeZoneInfo LocalTimeZone => _time.LocalTimeZone;

    /// <summary>How far the system clock is believed.</summary>
    public ClockOptions Options => _options;

    /// <summary>The node's time.</summary>
    public override DateTimeOffset GetUtcNow() => ReadClocks().Time;

    public override long GetTimestamp() => _time.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        _time.CreateTimer(callback, state, dueTime, period);

    /// <summary>Goes on from what the last process knew.</summary>
    /// <param name="saved">What it kept; null when it kept nothing.</param>
    /// <param name="newest">The newest time that the data folder knows of; null when it is new.</param>
    public ClockState Begin(ClockState? saved, DateTimeOffset? newest)
    {
        lock (_gate)
        {
            return _state = ClockState.Begin(saved, newest, _time.GetUtcNow(), _machine.Read(), _machine.Boot, _options);
        }
    }

    /// <summary>Compares the clocks.</summary>
    public ClockState ReadClocks()
    {
        lock (_gate)
        {
            return _state = _state.Advance(_time.GetUtcNow(), _machine.Read(), _options);
        }
    }

    /// <summary>Somebody says that the system clock is right; does nothing when it is trusted already.</summary>
    /// <param name="countsOffTime">As for <see cref="ClockState.Accept"/>.</param>
    /// <returns>Null when that was asked for and there is no time off to count.</returns>
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

    /// <summary>When something was captured, by the node's time; null when that is what its stamp says.</summary>
    public DateTimeOffset? TimeOf(DateTimeOffset stamp)
    {
        lock (_gate)
        {
            return ReadClocks().TimeOf(stamp, _options);
        }
    }

    /// <summary>
    /// A recording that was interrupted, with its end as the system clock would have it now: the time from there on is what is known to have passed,
    /// not what two clocks say. After time off that nobody can tell it is the clock's word.
    /// </summary>
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

    /// <summary>What was stored is moved.</summary>
    /// <param name="shifts">How many of the shifts are done.</param>
    public void CompleteShifts(int shifts)
    {
        lock (_gate)
        {
            _state = _state with { Shifts = [.. _state.Shifts.Skip(shifts)] };
        }
    }

    /// <summary>A sentence for the people who operate the node.</summary>
    public static string Describe(ClockState state) => state.IsTrusted
        ? string.Create(CultureInfo.InvariantCulture, $"The system clock is trusted ({state.Wall.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}).")
        : string.Create(
            CultureInfo.InvariantCulture,
            $"The system clock says {state.Wall.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}, {Spoken(state)}; nothing is removed by age until it is back, or 'recorder clock trust' says that it is right.");

    private static string Spoken(ClockState state) => state.HasNoPast
        ? "before this program was made"
        : string.Create(
            CultureInfo.InvariantCulture,
            $"{Spoken(state.Offset.Duration())} {(state.Offset > TimeSpan.Zero ? "ahead of" : "behind")} the time that the node has counted");

    private static string Spoken(TimeSpan time) =>
        time.TotalDays >= 2 ? $"{Math.Round(time.TotalDays)} days" : time.TotalHours >= 2 ? $"{Math.Round(time.TotalHours)} hours" : $"{Math.Round(time.TotalMinutes)} minutes";
}
