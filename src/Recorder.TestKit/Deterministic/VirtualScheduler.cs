namespace Recorder.Testing;

/// <summary>
/// Akka's <see cref="TestScheduler"/>, whose time is that of the <see cref="VirtualClock"/>: whichever of the two a spec moves, both move.
/// </summary>
public sealed class VirtualScheduler : TestScheduler
{
    /// <summary>Made by the actor system.</summary>
    /// <param name="schedulerConfig">Not used.</param>
    /// <param name="log">Not used.</param>
    public VirtualScheduler(Config schedulerConfig, ILoggingAdapter log)
        : base(schedulerConfig, log) =>
        // It begins at the machine's time, and a spec is to do the same each time.
        Advance(VirtualClock.Epoch - Now);
}
