namespace Recorder.Testing;

/// <summary>Akka's <see cref="TestScheduler"/> on the time of a <see cref="VirtualClock"/>. Akka creates this class from
/// <see cref="DeliveryOrder.Configuration"/>; specs advance <see cref="VirtualClock"/> instead.</summary>
public sealed class VirtualScheduler : TestScheduler
{
    /// <summary>Creates the scheduler; called by the actor system.</summary>
    /// <param name="schedulerConfig">The configuration of the actor system.</param>
    /// <param name="log">The log of the actor system.</param>
    public VirtualScheduler(Config schedulerConfig, ILoggingAdapter log)
        : base(schedulerConfig, log) =>
        // TestScheduler begins at the machine's time, which would make each run of a spec different.
        Advance(VirtualClock.Epoch - Now);
}
