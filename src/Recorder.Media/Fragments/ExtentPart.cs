using Recorder.Media.Mp4;

namespace Recorder.Media.Fragments;

/// <summary>An extent to play, or a part of it, and where its fragments are.</summary>
internal sealed record ExtentPart(Extent Extent, FragmentMap Map)
{
    public Mp4Header Header => Map.Header;

    public IMediaSource Source { get; init; } = new LocalMedia(Extent.Path);

    /// <summary>The first fragment to play; other extents have the time before.</summary>
    public int First { get; init; }

    /// <summary>Behind the last fragment to play. Does not grow with the map.</summary>
    public int Count { get; init; } = Map.Count;

    public bool IsEmpty => Count <= First;

    /// <summary>Where the extent's 0 is on the recording's timeline.</summary>
    public TimeSpan Zero { get; init; } = Extent.MediaTime;

    internal FragmentRange Fragments => new(this, First, Count);

    /// <summary>
    /// Returns when a fragment begins on the recording's timeline: when its first frame is shown, or, within a GOP with B-frames,
    /// when it would be if frames were shown in decode order. Never falls from fragment to fragment.
    /// </summary>
    public TimeSpan TimeOf(int fragment) => Zero + Map.TimeOf(fragment);

    /// <summary>Returns when the reference track of a fragment ends, or another track in its absence.</summary>
    public TimeSpan EndOf(int fragment) => TimeOf(fragment) + Map.DurationOf(fragment);
}
