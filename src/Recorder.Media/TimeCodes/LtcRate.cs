using Recorder.Contracts;

namespace Recorder.Media.TimeCodes;

/// <summary>Finds the rate of linear time code, which does not say it, by measuring.</summary>
internal static class LtcRate
{
    // 29.97 and 30 are 0.1 % apart, and sound cards are up to 0.01 % off.
    private const double Tolerance = 0.0004;
    private const int FewestFrames = 20;

    /// <summary>Finds the rate at which frames follow, of those up to 30 frames per second.</summary>
    /// <param name="frames">Frames that follow one another without one missing, at least 20.</param>
    /// <returns>Null when they are too few, some are missing, or no rate is near.</returns>
    public static TimeCodeRate? Find(IReadOnlyList<LtcFrame> frames, int sampleRate)
    {
        if (frames.Count < FewestFrames)
            return null;

        for (var i = 1; i < frames.Count; i++)
        {
            if (frames[i].Start - frames[i - 1].End > (frames[i].End - frames[i].Start) / 2)
                return null;
        }

        var perSecond = frames.Count * sampleRate / (frames[^1].End - frames[0].Start);
        foreach (var rate in TimeCodeRate.All)
        {
            if (rate.Nominal <= 30 && Math.Abs(perSecond * rate.Denominator / rate.Numerator - 1) < Tolerance && frames.All(frame => frame.At(rate) is not null))
                return rate;
        }

        return null;
    }
}
