using System.Collections.Immutable;
using System.Globalization;

namespace Recorder.Contracts;

/// <summary>A rate at which time code counts frames: one of those of SMPTE ST 12-1 and ST 12-3, from 23.976 to 60 frames per second.</summary>
public readonly record struct TimeCodeRate
{
    private const int Ntsc = 1001;

    private TimeCodeRate(int nominal, bool isNtsc) => (Nominal, IsNtsc) = (nominal, isNtsc);

    /// <summary>All rates, in rising order.</summary>
    public static ImmutableArray<TimeCodeRate> All { get; } =
    [
        new(24, true), new(24, false), new(25, false), new(30, true), new(30, false),
        new(48, true), new(48, false), new(50, false), new(60, true), new(60, false),
    ];

    /// <summary>Frames that the time code counts per second of its own: 30 for 29.97.</summary>
    public int Nominal { get; }

    /// <summary>Whether the frames are 1000/1001 as frequent as <see cref="Nominal"/> says.</summary>
    public bool IsNtsc { get; }

    /// <summary>The numerator of the frames per second: 30000 of 30000/1001, 25 of 25/1.</summary>
    public int Numerator => IsNtsc ? Nominal * 1000 : Nominal;

    /// <summary>The denominator of the frames per second: 1001 or 1.</summary>
    public int Denominator => IsNtsc ? Ntsc : 1;

    /// <summary>Whether drop-frame counting exists at the rate: only at 29.97 and 59.94.</summary>
    public bool CanDropFrames => IsNtsc && Nominal % 30 == 0;

    /// <summary>Finds the rate of a number of frames per second, which may be rounded to two decimals: 29.97, 23.98.</summary>
    /// <returns>The rate; null when time code has none such.</returns>
    public static TimeCodeRate? Find(double framesPerSecond)
    {
        foreach (var rate in All)
        {
            if (Math.Abs((double)rate.Numerator / rate.Denominator - framesPerSecond) < 0.006)
                return rate;
        }

        return null;
    }

    /// <summary>Reads a rate as <see cref="ToString"/> writes it, or as a fraction: "29.97", "23.976", "25", "30000/1001".</summary>
    /// <returns>False when it is not one of <see cref="All"/>.</returns>
    public static bool TryParse(string text, out TimeCodeRate rate)
    {
        var parts = text.Split('/');
        var culture = CultureInfo.InvariantCulture;
        var found = parts.Length switch
        {
            1 when double.TryParse(parts[0], NumberStyles.AllowDecimalPoint, culture, out var number) => Find(number),
            2 when int.TryParse(parts[0], NumberStyles.None, culture, out var over) && int.TryParse(parts[1], NumberStyles.None, culture, out var under)
                && under > 0 => Find((double)over / under),
            _ => null,
        };
        rate = found ?? default;
        return found is not null;
    }

    /// <summary>The time that a number of frames takes, to the nearest 100 ns.</summary>
    public TimeSpan TimeOf(long frames) => TimeSpan.FromTicks((long)Math.Round((decimal)frames * Denominator * TimeSpan.TicksPerSecond / Numerator));

    /// <summary>How many whole frames a time has room for.</summary>
    public long FramesIn(TimeSpan time) => (long)Math.Floor((decimal)time.Ticks * Numerator / ((decimal)Denominator * TimeSpan.TicksPerSecond));

    /// <summary>"23.976", "24", "25", "29.97", ….</summary>
    public override string ToString() => Math.Round((double)Numerator / Denominator, 3).ToString("0.###", CultureInfo.InvariantCulture);
}
