using System.Globalization;
using Recorder.Contracts;

namespace Recorder.Media.Interchange;

/// <summary>
/// Times as FCPXML has them: seconds of real time as a fraction whose denominator is that of the format's frame duration, unreduced, as in Final
/// Cut's own files: 107892 frames at 29.97 are 107999892/30000s.
/// </summary>
internal readonly struct FcpxmlTime(TimeCodeRate rate)
{
    private readonly long _numerator = rate.IsNtsc ? rate.Denominator : 100;
    private readonly long _denominator = rate.IsNtsc ? rate.Numerator : rate.Numerator * 100;

    public string Of(long frames) =>
        frames == 0 ? "0s" : string.Create(CultureInfo.InvariantCulture, $"{frames * _numerator}/{_denominator}s");
}
