namespace Recorder.Node.Tests.Api;

/// <summary>A machine's clocks that go on as they do, and a wall clock that a spec sets.</summary>
internal sealed class SettableTime : TimeProvider
{
    private long _set;

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + TimeSpan.FromTicks(Interlocked.Read(ref _set));

    /// <summary>Sets the wall clock forward or back.</summary>
    public void Set(TimeSpan by) => Interlocked.Add(ref _set, by.Ticks);
}
