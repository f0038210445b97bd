namespace Recorder.Node.Api;

/// <summary>How far apart a take's recorders are by their sound.</summary>
/// <param name="Take">The take.</param>
/// <param name="From">Where the compared sound begins, by the clock of the take.</param>
/// <param name="Length">How long it is.</param>
/// <param name="Angles">What is known of each recorder.</param>
internal sealed record TakeSoundAnswer(TakeId Take, DateTimeOffset From, TimeSpan Length, IReadOnlyList<AngleSoundAnswer> Angles)
{
    /// <summary>The first recorder with sound, with which the others are compared; null when none has any.</summary>
    public RecorderId? Reference { get; init; }
}

/// <summary>How far a recorder is from the reference by its sound. Durations are milliseconds.</summary>
/// <param name="Recorder">The recorder.</param>
/// <param name="Camera">What editors call the camera.</param>
/// <param name="Angle">The angle.</param>
internal sealed record AngleSoundAnswer(RecorderId Recorder, string Camera, string Angle)
{
    /// <summary>From the reference's first frame to this recorder's first frame, as their sound says; null when it says nothing.</summary>
    public TimeSpan? Offset { get; init; }

    /// <summary>How uncertain <see cref="Offset"/> is: how far parts of the sound disagree. 1 ms of it is 34 cm between microphones.</summary>
    public TimeSpan? Uncertainty { get; init; }

    /// <summary>How many times the found place is better than the next best. Below 1.5 there is no offset.</summary>
    public double? Confidence { get; init; }

    /// <summary>The same as <see cref="Offset"/>, as the clocks say.</summary>
    public TimeSpan? ClockOffset { get; init; }

    /// <summary>How uncertain <see cref="ClockOffset"/> is.</summary>
    public TimeSpan? ClockUncertainty { get; init; }

    /// <summary><see cref="Offset"/> without <see cref="ClockOffset"/>.</summary>
    public TimeSpan? Difference { get; init; }

    /// <summary>One sentence about why there is no offset, or about sound and clocks that disagree; "" when they agree.</summary>
    public string Detail { get; init; } = "";
}
