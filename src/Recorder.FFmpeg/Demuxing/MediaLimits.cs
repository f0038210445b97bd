namespace Recorder.FFmpeg;

/// <summary>
/// Limits for one source, checked before anything is decoded: a small file can declare hundreds of tracks, or frames that take
/// gigabytes when they are decoded.
/// </summary>
public sealed record MediaLimits
{
    /// <summary>The defaults.</summary>
    public static MediaLimits Default { get; } = new();

    /// <summary>The largest number of tracks of any kind. Default: 32.</summary>
    public int Tracks { get; init; } = 32;

    /// <summary>The largest number of pixels of one frame. Default: 67,108,864 (8192×8192).</summary>
    public long Pixels { get; init; } = 64L << 20;

    /// <summary>Checks the streams of a source that no demuxer has opened.</summary>
    /// <param name="name">The source's name in the error.</param>
    /// <param name="streams">Its streams.</param>
    /// <exception cref="FFmpegException">A limit is exceeded.</exception>
    public void Check(string name, IReadOnlyList<StreamInfo> streams)
    {
        var check = new MediaLimitCheck(name, this);
        if (streams.Count > Tracks)
            throw check.TooManyTracks();
        check.Check(streams);
    }
}
