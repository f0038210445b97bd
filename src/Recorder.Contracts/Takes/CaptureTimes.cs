namespace Recorder.Contracts;

/// <summary>Which clock says when frames were captured.</summary>
public enum CaptureClock
{
    /// <summary>Not known yet.</summary>
    Unknown = 0,

    /// <summary>The node's, when a frame arrived: as late as the network and the camera's encoder are slow.</summary>
    Arrival = 1,

    /// <summary>The camera's: by RTCP sender reports or a producer reference time, or by the timestamps of a device.</summary>
    Sender = 2,
}

/// <summary>The wall-clock times of a recording's key frames, which place it on one timeline with those of other recorders.</summary>
/// <param name="First">When the first frame was captured.</param>
/// <param name="Last">When the latest key frame was captured.</param>
/// <param name="Clock">Which clock says so.</param>
/// <param name="Delay">How long ago, by the node's clock, the latest key frame was captured when it was recorded.</param>
/// <param name="Drift">How much more time has passed between the two by the clock than on the recording's timeline, without pauses and gaps.</param>
public sealed record CaptureTimes(DateTimeOffset First, DateTimeOffset Last, CaptureClock Clock, TimeSpan Delay, TimeSpan Drift)
{
    /// <summary>The latest jump of the camera's clock; null for none.</summary>
    public ClockJump? Jump { get; init; }
}

/// <summary>A camera's clock was set while it was recorded. A jump of more than a second is left out of the times of its frames.</summary>
/// <param name="At">When the first key frame after it was captured.</param>
/// <param name="By">How far the clock moved; negative for back. As exact as the camera's packets arrive.</param>
/// <param name="Count">How often it has jumped since the recording began.</param>
public sealed record ClockJump(DateTimeOffset At, TimeSpan By, int Count);
