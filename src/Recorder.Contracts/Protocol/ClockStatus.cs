namespace Recorder.Contracts;

/// <summary>Whether a node trusts its system clock.</summary>
public enum ClockStatus
{
    /// <summary>Not set.</summary>
    Unknown = 0,

    /// <summary>The system clock advances at the same pace as the machine's monotonic clock.</summary>
    Trusted = 1,

    /// <summary>
    /// The system clock jumped. Retention removes nothing by age until the clock jumps back or an operator confirms the new time.
    /// </summary>
    Distrusted = 2,
}
