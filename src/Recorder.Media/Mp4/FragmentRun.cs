namespace Recorder.Media.Mp4;

/// <summary>The samples of one track in a fragment, in the track's timescale and from the extent's 0.</summary>
/// <param name="Start">Decode time of the first sample; below 0 without samples.</param>
/// <param name="CompositionOffset">How much later than its decode time the first sample is shown.</param>
internal readonly record struct FragmentRun(long Start, long Duration, uint LastDuration, int CompositionOffset)
{
    public static readonly FragmentRun None = new(-1, 0, 0, 0);

    /// <summary>How many samples there are; 0 in a map from an earlier version of this program.</summary>
    public int Samples { get; init; }

    public bool Exists => Start >= 0;

    public long End => Start + Duration;

    public FragmentRun Scale(uint from, uint to) => from == to || !Exists ? this : new(
        Mp4Time.Rescale(Start, from, to),
        Mp4Time.Rescale(End, from, to) - Mp4Time.Rescale(Start, from, to),
        (uint)Mp4Time.Rescale(LastDuration, from, to),
        (int)Mp4Time.Rescale(CompositionOffset, from, to))
    { Samples = Samples };
}
