using Recorder.Actors.Timing;

namespace Recorder.Actors.Tests.Retention;

/// <summary>
/// A machine's two clocks: time passes on both, only the wall clock can be set, and the other restarts at 0 with each boot.
/// </summary>
internal sealed class SettableTime(DateTimeOffset now) : TimeProvider
{
    private int _boots = 1;
    private TimeSpan _steady = TimeSpan.FromHours(1);
    private TimeSpan _suspended;

    public DateTimeOffset Now { get; private set; } = now;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => Now;

    public override long GetTimestamp() => _steady.Ticks;

    /// <summary>The monotonic clock of this boot.</summary>
    public MachineTime Machine() => new($"boot {_boots}", () => _steady + _suspended);

    public void Pass(TimeSpan time)
    {
        Now += time;
        _steady += time;
    }

    public void Set(TimeSpan by) => Now += by;

    public void SetTo(DateTimeOffset now) => Now = now;

    /// <summary>Suspends the machine: timestamps do not advance.</summary>
    public void Suspend(TimeSpan time)
    {
        Now += time;
        _suspended += time;
    }

    /// <summary>Boots the machine with a new wall-clock time.</summary>
    public void Boot(DateTimeOffset now)
    {
        (Now, _steady, _suspended) = (now, TimeSpan.FromSeconds(20), TimeSpan.Zero);
        _boots++;
    }
}
