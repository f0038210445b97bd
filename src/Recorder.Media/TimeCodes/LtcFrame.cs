using System.Globalization;
using Recorder.Contracts;

namespace Recorder.Media.TimeCodes;

/// <summary>A frame of linear time code (SMPTE ST 12-1) as it stands in sound. It does not say its rate, which is at most 30.</summary>
/// <param name="Start">Where its first bit begins, in samples after the first that was decoded.</param>
/// <param name="End">Where its last bit ends.</param>
internal readonly record struct LtcFrame(int Hours, int Minutes, int Seconds, int Frames, bool IsDropFrame, double Start, double End)
{
    /// <summary>
    /// The time code at a rate. Above 30 frames per second, linear time code counts each second frame, and this is the first of the two.
    /// </summary>
    /// <returns>Null when the rate does not have it: another rate is the right one, or the sound was damaged.</returns>
    public TimeCode? At(TimeCodeRate rate)
    {
        var text = string.Create(
            CultureInfo.InvariantCulture,
            $"{Hours:00}:{Minutes:00}:{Seconds:00}{(IsDropFrame ? ';' : ':')}{Frames * (rate.Nominal > 30 ? 2 : 1):00}");
        return TimeCode.TryParse(text, rate, out var timeCode) ? timeCode : null;
    }
}
