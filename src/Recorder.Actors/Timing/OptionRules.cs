using System.Globalization;

namespace Recorder.Actors.Timing;

/// <summary>Checks option values; throws an <see cref="ArgumentException"/> that names the option and the limit.</summary>
internal static class OptionRules
{
    public static void RequireTime(string name, TimeSpan value, TimeSpan least, TimeSpan most) => Require(
        value >= least && value <= most,
        string.Create(
            CultureInfo.InvariantCulture,
            $"{name} is {value.TotalSeconds} s; it must be at least {least.TotalSeconds} s and at most {most.TotalSeconds} s."));

    public static void RequireCount(string name, long value, long least) => Require(
        value >= least, string.Create(CultureInfo.InvariantCulture, $"{name} is {value}; it must be at least {least}."));

    public static void Require(bool isValid, string problem)
    {
        if (!isValid)
            throw new ArgumentException($"The recorder's options cannot be used: {problem}");
    }
}
