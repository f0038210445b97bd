namespace Recorder.Actors.Timing;

/// <summary>How far a node believes its system clock.</summary>
internal sealed record ClockOptions
{
    /// <summary>
    /// What the system clock may be put forward or back in all and still be believed, as a time daemon does. 5 min; a hundredth of the time that
    /// passes comes back, twenty times what a daemon may slew.
    /// </summary>
    public TimeSpan Tolerance { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The longest time for which a node may have been off, and its machine too, without anybody's word. 3 days: a long weekend.</summary>
    public TimeSpan LongestOff { get; init; } = TimeSpan.FromDays(3);

    /// <summary>No clock is right that says an earlier time: this program was not written yet.</summary>
    public DateTimeOffset Earliest { get; init; } = new(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>How often the clocks are compared. 5 s.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(5);
}
