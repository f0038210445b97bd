namespace Recorder.Rtsp.Tests.Sessions;

/// <summary>A clock that stands still until a spec advances it.</summary>
internal sealed class SpecTime : TimeProvider
{
    private long _ticks = TimeSpan.TicksPerHour;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public TimeSpan Now => new(_ticks);

    public override long GetTimestamp() => _ticks;

    public void Advance(TimeSpan by) => _ticks += by.Ticks;
}
