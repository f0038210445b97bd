namespace Recorder.FFmpeg;

/// <summary>
/// What one source may ask for: a small file can declare hundreds of tracks, and a small picture unfold to gigabytes. Checked before
/// anything is decoded.
/// </summary>
public sealed record MediaLimits
{
    /// <summary>The defaults.</summary>
    public static MediaLimits Default { get; } = new();

    /// <summary>Most tracks of any kind. Default: 32.</summary>
    public int Tracks { get; init; } = 32;

    /// <summary>Most pixels of one picture. Default: 67,108,864 (8192×8192).</summary>
    public long Pixels { get; init; } = 64L << 20;
}
