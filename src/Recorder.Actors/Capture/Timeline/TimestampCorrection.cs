namespace Recorder.Actors.Capture;

/// <summary>By is how far the timestamps jumped, or had drifted when the correction began; Rate is how much too slow they run, as
/// a part of 1. The verdict is null for a jump.</summary>
internal sealed record TimestampCorrection(
    int Track, DriftVerdict? Verdict, TimeSpan By, double Rate, TimeSpan Gap, TimeSpan Since, bool IsNoticeable)
{
    private const int MostUnreported = 64;

    public void AddTo(List<TimestampCorrection> corrections)
    {
        if (corrections.Count < MostUnreported)
            corrections.Add(this);
    }
}
