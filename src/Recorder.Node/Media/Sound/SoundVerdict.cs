using Recorder.Node.Api;

namespace Recorder.Node.Media;

/// <summary>Says what the sound of two angles means for what their clocks say.</summary>
internal static class SoundVerdict
{
    /// <param name="match">Of the angle's sound in the reference's, both laid by the clocks: right clocks have no lag.</param>
    public static AngleSoundAnswer Of(TakeAngle reference, TakeAngle angle, SoundMatch match)
    {
        var byClock = angle.Times!.First - reference.Times!.First;
        var clocks = (reference.Uncertainty ?? TimeSpan.Zero) + (angle.Uncertainty ?? TimeSpan.Zero);
        var answer = new AngleSoundAnswer(angle.Recorder, angle.Camera, angle.Angle)
        {
            Confidence = Math.Round(match.Confidence, 2),
            ClockOffset = byClock,
            ClockUncertainty = clocks,
        };
        if (!match.IsCertain)
            return answer with { Detail = string.Create(CultureInfo.InvariantCulture, $"The sound of cameras {reference.Camera} and {angle.Camera} has too little in common within {SoundMatch.Furthest.TotalSeconds} s.") };

        // What is heard late by the angle's clock was recorded by frames that began early.
        var difference = -match.Lag;
        return answer with
        {
            Offset = byClock + difference,
            Uncertainty = match.Uncertainty,
            Difference = difference,
            Detail = difference.Duration() <= clocks + match.Uncertainty ? "" : string.Create(
                CultureInfo.InvariantCulture,
                $"By its sound, camera {angle.Camera} begins {difference.Duration().TotalMilliseconds:0} ms {(difference < TimeSpan.Zero ? "earlier" : "later")} than its clock says, which is more than both leave open (± {(clocks + match.Uncertainty).TotalMilliseconds:0} ms): its clock, or the delay between its sound and picture, is off, or its microphone is far away."),
        };
    }
}
