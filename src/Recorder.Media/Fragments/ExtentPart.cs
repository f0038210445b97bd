using Recorder.Media.Mp4;


namespace Recorder.Media.Fragments;

/// <summary>An extent and where its fragments are.</summary>
internal sealed record ExtentPart(Extent Row, FragmentMap Map)
{
    public Mp4Header Header => Map.Header;

    /// <summary>Where its bytes are.</summary>
    public IMediaSource Source { get; init; } = new LocalMedia(Row.Path);

    /// <summary>The first fragment that is wanted: what is before, another part has.</summary>
    public int First { get; init; }

    /// <summary>Behind the last fragment that is wanted: those known when the part was made, as the map may grow.</summary>
    public int Count { get; init; } = Map.Count;

    /// <summary>Whether nothing is wanted.</summary>
    public bool IsEmpty => Count <= First;

    /// <summary>The moment of the recording's timeline that is the extent's 0.</summary>
    public TimeSpan Zero { get; init; } = Row.MediaTime;

    /// <summary>
    /// When a fragment begins, on the recording's timeline: its first picture is shown then, or, within a group of pictures with B-frames,
    /// would be if pictures were shown in the order in which they are decoded. Rises from fragment to fragment.
    /// </summary>
    public TimeSpan TimeOf(int fragment) => Zero + Map.TimeOf(fragment);

    /// <summary>When the reference track's last sample of a fragment ends; another's, where it has none of that track.</summary>
    public TimeSpan EndOf(int fragment)
    {
        var (track, run) = (Header.Reference, Map.Run(fragment, Header.Reference));
        for (var other = 0; !run.Exists && other < Header.Tracks.Count; other++)
        {
            (track, run) = (other, Map.Run(fragment, other));
        }

        return TimeOf(fragment) + (run.Exists ? Mp4Time.ToTime(run.Duration, Header.Tracks[track].Timescale) : TimeSpan.Zero);
    }
}
