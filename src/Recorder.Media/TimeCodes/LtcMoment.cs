using System.Globalization;
using Recorder.Contracts;

namespace Recorder.Media.TimeCodes;

/// <summary>What the linear time code in some sound says of a moment.</summary>
/// <param name="TimeCode">The time code of the frame that the moment is in; null when there is none, or none of the wanted kind.</param>
/// <param name="IntoFrame">How long before the moment its frame began.</param>
/// <param name="Problem">One sentence, without a name of the sound, that says why there is none; "" when there is.</param>
internal sealed record LtcMoment(TimeCode? TimeCode, TimeSpan IntoFrame, string Problem)
{
    // Under a second does not tell 29.97 from 30.
    private const int FewestFrames = 30;

    /// <param name="channels">The channels of the sound, of any of which time code is taken.</param>
    /// <param name="moment">Where the moment is, in samples after the first; it may lie outside.</param>
    /// <param name="rate">The wanted rate. Above 30, linear time code counts each second frame.</param>
    public static LtcMoment Find(IEnumerable<float[]> channels, int sampleRate, double moment, TimeCodeRate rate, bool isDropFrame)
    {
        var runs = channels.SelectMany(channel => RunsOf(channel, sampleRate)).ToList();
        if (runs.Count == 0)
            return None("has no linear time code");

        if (runs.Where(run => run.Count >= FewestFrames).MinBy(run => DistanceOf(run, moment)) is not { } nearest)
            return None("has linear time code only in pieces of less than a second");

        var counted = CountedBy(rate);
        if (LtcRate.Find(nearest, sampleRate) is not { } found)
            return None("has linear time code at no rate of time code");

        var drops = nearest[0].IsDropFrame;
        if (found != counted || drops != isDropFrame)
            return None($"has linear time code at {Name(found, drops)}, and the take counts {Name(counted, isDropFrame)}");

        var frame = nearest.MinBy(frame => Math.Abs((frame.Start + frame.End) / 2 - moment));
        var perFrame = (nearest[^1].End - nearest[0].Start) / nearest.Count * counted.Nominal / rate.Nominal;
        var away = (moment - frame.Start) / perFrame;
        return new LtcMoment(frame.At(rate)!.Value.Add((long)Math.Floor(away)), rate.TimeOf(1) * (away - Math.Floor(away)), "");
    }

    // Frames that follow each other in place and in number: damage and jumps end a run.
    private static IEnumerable<List<LtcFrame>> RunsOf(float[] samples, int sampleRate)
    {
        var frames = new List<LtcFrame>();
        new LtcDecoder(sampleRate).Decode(samples, frames);
        var run = new List<LtcFrame>();
        foreach (var frame in frames)
        {
            if (run.Count > 0 && !Follows(run[^1], frame))
            {
                yield return run;
                run = [];
            }

            run.Add(frame);
        }

        if (run.Count > 0)
            yield return run;
    }

    private static bool Follows(LtcFrame before, LtcFrame frame) =>
        frame.Start - before.End < (frame.End - frame.Start) / 2 && frame.IsDropFrame == before.IsDropFrame
        && (frame.Frames == before.Frames + 1 ? frame.Seconds == before.Seconds
            // The rate, which is not known yet, says with which number a second ends; the first number of a minute may be left out.
            : frame.Frames == (frame is { IsDropFrame: true, Seconds: 0 } && frame.Minutes % 10 != 0 ? 2 : 0) && frame.Seconds == (before.Seconds + 1) % 60);

    private static double DistanceOf(List<LtcFrame> run, double moment) =>
        Math.Max(0, Math.Max(run[0].Start - moment, moment - run[^1].End));

    private static TimeCodeRate CountedBy(TimeCodeRate rate) =>
        rate.Nominal <= 30 ? rate : TimeCodeRate.All.First(half => half.Nominal * 2 == rate.Nominal && half.IsNtsc == rate.IsNtsc);

    private static string Name(TimeCodeRate rate, bool drops) =>
        string.Create(CultureInfo.InvariantCulture, $"{rate} frames per second{(drops ? " with drop-frame counting" : rate.CanDropFrames ? " without drop-frame counting" : "")}");

    private static LtcMoment None(string problem) => new(null, TimeSpan.Zero, problem);
}
