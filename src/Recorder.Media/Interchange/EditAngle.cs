using System.Collections.Immutable;
using Recorder.Contracts;

namespace Recorder.Media.Interchange;

/// <summary>The file of one camera in a take.</summary>
internal sealed record EditAngle
{
    /// <summary>"A". No two angles of a take have the same.</summary>
    public required string Name { get; init; }

    public string CameraId { get; init; } = "";

    public string CameraName { get; init; } = "";

    public string Reel { get; init; } = "";

    /// <summary>The path of the file from the folder of the project file, with '/' between folders.</summary>
    public required string FileName { get; init; }

    /// <summary>The time code of the file's first frame, in the take's rate and counting.</summary>
    public required TimeCode Start { get; init; }

    /// <summary>How long the file plays, in frames of the take's rate. Its holes count.</summary>
    public required long Frames { get; init; }

    public required int Width { get; init; }

    public required int Height { get; init; }

    public AngleSound? Sound { get; init; }

    /// <summary>How far the frame that moved most was moved, when timestamps were laid on the grid of the rate.</summary>
    public TimeSpan LargestShift { get; init; }

    /// <summary>How its video was encoded anew for the rate; null when its frames are those of the camera.</summary>
    public AngleEncoding? Encoding { get; init; }

    /// <summary>Where nothing was recorded, in rising order.</summary>
    public ImmutableArray<AngleHole> Holes { get; init; } = [];
}

/// <param name="Quality">The constant rate factor of x264.</param>
/// <param name="CameraRate">Frames per second that the camera sent.</param>
internal sealed record AngleEncoding(string Codec, int Quality, double CameraRate, long Repeated, long Dropped);

/// <param name="SampleRate">Samples per second.</param>
internal sealed record AngleSound(int Channels, int SampleRate);

/// <summary>Frames of a file during which nothing was recorded.</summary>
/// <param name="At">Frames after the first of the file.</param>
/// <param name="IsBlack">
/// Whether the file has black there, and a marker says so. Otherwise the file shows nothing of its own for that long (an empty edit, a frame that
/// stands still), and the timeline has a gap.
/// </param>
internal sealed record AngleHole(long At, long Frames, string Reason, bool IsBlack);
