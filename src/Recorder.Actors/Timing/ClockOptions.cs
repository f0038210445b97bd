namespace Recorder.Actors.Timing;

/// <summary>How far a node trusts its system clock.</summary>
internal sealed record ClockOptions
{
    /// <summary>
    /// How far the system clock may be adjusted in total and still be trusted, for the corrections of a time daemon. 5 min; a
    /// hundredth of the passing time is added again, twenty times as much as a daemon slews.
    /// </summary>
    public TimeSpan Tolerance { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a node may have been off without the operator confirming it. 3 days: a long weekend.</summary>
    public TimeSpan LongestOff { get; init; } = TimeSpan.FromDays(3);

    /// <summary>The earliest plausible time: this program did not exist before.</summary>
    public DateTimeOffset Earliest { get; init; } = new(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(5);
}
