namespace Recorder.Media.Mp4;

/// <summary>What a fragment holds of one track, in the track's timescale as its extent counts it.</summary>
/// <param name="Start">Decode time of the first sample; below 0 when there is none.</param>
/// <param name="Duration">Of all samples.</param>
/// <param name="LastDuration">Of the last one.</param>
/// <param name="Shown">By how much the first one is shown after it is decoded.</param>
internal readonly record struct FragmentRun(long Start, long Duration, uint LastDuration, int Shown)
{
    public static readonly FragmentRun None = new(-1, 0, 0, 0);

    public bool Exists => Start >= 0;

    public long End => Start + Duration;

    /// <summary>The same on another timescale.</summary>
    public FragmentRun Scale(uint from, uint to) => from == to || !Exists ? this : new(
        Mp4Time.Rescale(Start, from, to),
        Mp4Time.Rescale(End, from, to) - Mp4Time.Rescale(Start, from, to),
        (uint)Mp4Time.Rescale(LastDuration, from, to),
        (int)Mp4Time.Rescale(Shown, from, to));
}
