namespace Recorder.Actors.Capture;

/// <summary>What the timeline did about wrong timestamps.</summary>
/// <param name="Track">The track.</param>
/// <param name="Verdict">What changed about its drift; null for a jump.</param>
/// <param name="By">How far the timestamps jumped, or how far they had drifted when the correction began.</param>
/// <param name="Rate">How much too slow they run, as a part of 1.</param>
/// <param name="Gap">Time without media at a jump.</param>
/// <param name="Since">Arrival time since which they were wrong.</param>
/// <param name="IsNoticeable">Whether the correction is more than a gentle one that nobody notices.</param>
internal sealed record TimestampCorrection(
    int Track, DriftVerdict? Verdict, TimeSpan By, double Rate, TimeSpan Gap, TimeSpan Since, bool IsNoticeable)
{
    private const int MostUnreported = 64;

    /// <summary>Adds it to the corrections to report, unless too many are waiting.</summary>
    public void AddTo(List<TimestampCorrection> corrections)
    {
        if (corrections.Count < MostUnreported)
            corrections.Add(this);
    }
}
