using Recorder.Contracts;

namespace Recorder.Media.Export.Editing;

/// <param name="Frames">Frames written so far.</param>
/// <param name="Of">Frames that the file will have.</param>
internal readonly record struct EditProgress(long Frames, long Of);

/// <param name="Time">Where it begins in the file.</param>
/// <param name="Shown">What the file shows there.</param>
internal sealed record EditHole(GridHole Places, TimeSpan Time, EditHoles Shown);

/// <summary>How sound was laid beside the frames.</summary>
/// <param name="Offset">How much later than in the file the first sound was recorded: less than one packet.</param>
/// <param name="Dropped">Packets that were left out: before the first frame, or where there was sound already.</param>
/// <param name="Silence">How much silence was added where sound is missing.</param>
/// <param name="Held">Where sound is missing and could not be filled, for how long in all.</param>
/// <param name="LargestShift">How far a packet was moved so that all follow each other without a step.</param>
internal sealed record EditSound(string Codec, TimeSpan Offset, int Dropped, TimeSpan Silence, TimeSpan Held, TimeSpan LargestShift);

/// <summary>How video was encoded anew: H.264, with which quality, and how its frames were laid at another rate.</summary>
/// <param name="Quality">The constant rate factor of x264.</param>
/// <param name="Repeated">How many frames of the file show the frame before again.</param>
/// <param name="Dropped">How many frames of the source are not in the file.</param>
internal sealed record EditEncoded(int Quality, long Repeated, long Dropped);

/// <summary>What was written, and how it differs from what was recorded.</summary>
internal sealed record EditFileReport
{
    public required string Path { get; init; }

    public required long Bytes { get; init; }

    public required TimeCodeRate Rate { get; init; }

    /// <summary>Frames per second as they were recorded.</summary>
    public required double MeasuredRate { get; init; }

    /// <summary>Of the first frame.</summary>
    public required TimeCode TimeCode { get; init; }

    /// <summary>When the file begins on the recording's timeline: at the place of the first frame.</summary>
    public required TimeSpan Begin { get; init; }

    /// <summary>How many frames the source has: all of them are in the file, each once, unless it was encoded.</summary>
    public required long SourceFrames { get; init; }

    /// <summary>How many frames the file lasts, with those of holes.</summary>
    public required long Length { get; init; }

    /// <summary>How much later than the first frame's time the file begins; less than half a frame.</summary>
    public required TimeSpan Origin { get; init; }

    /// <summary>
    /// By how many millionths the source lasts longer than the file, because the camera's clock drifts and frames were laid by it; 0 where they were
    /// laid by time.
    /// </summary>
    public required double DriftPpm { get; init; }

    /// <summary>By how much a frame was moved to its place at most; above 0 when it was moved to a later time.</summary>
    public required TimeSpan LargestShift { get; init; }

    /// <summary>The place of the frame that was moved most.</summary>
    public required long ShiftedMost { get; init; }

    public required IReadOnlyList<EditHole> Holes { get; init; }

    /// <summary>How the video was encoded because its frames cannot be copied at the rate of the file; null when they were.</summary>
    public EditEncoded? Encoded { get; init; }

    /// <summary>Whether all frames last equally long; not where a hole is held.</summary>
    public required bool IsConstantRate { get; init; }

    public required IReadOnlyList<EditSound> Sound { get; init; }

    /// <summary>Whether the camera changed its parameter sets, so that a decoder must read those that stand before key frames.</summary>
    public required bool ChangesParameterSets { get; init; }

    /// <summary>Tracks that are not in the file, such as a second video.</summary>
    public required IReadOnlyList<string> LeftOut { get; init; }
}
