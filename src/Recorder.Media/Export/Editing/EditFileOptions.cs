using Recorder.Contracts;
using Recorder.Media.Codecs;

namespace Recorder.Media.Export.Editing;

internal enum EditContainer
{
    Unknown = 0,
    Mov = 1,
    Mp4 = 2,
}

/// <summary>What a file shows where the recording has a gap.</summary>
/// <remarks>
/// Time code counts on through a hole in either case, so one file with one time code track is right for each of its frames. An empty edit would be
/// exact, but editors are known to drop frames at edit lists; a file for each piece could begin at key frames only, and would not be one file an angle.
/// </remarks>
internal enum EditHoles
{
    Unknown = 0,

    /// <summary>The frame before it is shown for longer, and the report states the hole.</summary>
    Stated = 1,

    /// <summary>Black frames, encoded for it, where the hole ends with a key frame; a hole within a GOP is only stated.</summary>
    Black = 2,
}

/// <summary>How an angle is written as one file for an editor.</summary>
internal sealed record EditFileOptions
{
    public EditContainer Container { get; init; } = EditContainer.Mov;

    /// <summary>The rate of the file; null for the camera's own. Another than its own is refused, unless <see cref="Encode"/> says how to encode.</summary>
    public TimeCodeRate? Rate { get; init; }

    /// <summary>How video is encoded that has another rate than <see cref="Rate"/>; null refuses it.</summary>
    public EditEncoding? Encode { get; init; }

    /// <summary>The time code of the first frame, by the rate of the file and when it begins on the recording's timeline.</summary>
    public required Func<TimeCodeRate, TimeSpan, TimeCode> TimeCode { get; init; }

    public EditHoles Holes { get; init; } = EditHoles.Stated;

    /// <summary>
    /// How far the end of the file may be moved because the camera's clock drifts. Up to this the rate is constant; a camera that drifts more keeps its
    /// time by a hole of one frame now and then, if it is slow, or is moved up to <see cref="LargestShift"/>, if it is fast.
    /// </summary>
    public TimeSpan LargestDrift { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How far a frame may be moved to its place.</summary>
    public TimeSpan LargestShift { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Encodes black frames, and video of another rate.</summary>
    public IMediaCodecs Codecs { get; init; } = InProcessCodecs.Default;

    public ClipMetadata Metadata { get; init; } = new();

    /// <summary>Whether a file that is there is replaced.</summary>
    public bool Overwrite { get; init; }

    public string Format => Container == EditContainer.Mp4 ? "mp4" : "mov";
}
