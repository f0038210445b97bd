using System.Globalization;

namespace Recorder.Contracts;

/// <summary>
/// A SMPTE time code (ST 12-1): the number of a frame within 24 hours, written as hours, minutes, seconds and frames. Drop-frame counting, which
/// is written with a semicolon before the frames, leaves numbers out so that it stays near the clock at 29.97 and 59.94.
/// </summary>
public readonly record struct TimeCode
{
    private const int SecondsPerDay = 24 * 60 * 60;

    private TimeCode(long frame, TimeCodeRate rate, bool isDropFrame) => (Frame, Rate, IsDropFrame) = (frame, rate, isDropFrame);

    /// <summary>Frames since 00:00:00:00, less than a day has.</summary>
    public long Frame { get; }

    /// <summary>The rate at which the frames follow.</summary>
    public TimeCodeRate Rate { get; }

    /// <summary>Whether numbers are left out.</summary>
    public bool IsDropFrame { get; }

    /// <summary>Makes the time code of a frame; it begins again at 0 after 24 hours, also backwards.</summary>
    /// <exception cref="ArgumentException">Drop-frame counting does not exist at the rate.</exception>
    public static TimeCode At(long frame, TimeCodeRate rate, bool isDropFrame = false)
    {
        Check(rate, isDropFrame);
        var day = FramesPerDay(rate, isDropFrame);
        return new TimeCode(((frame % day) + day) % day, rate, isDropFrame);
    }

    /// <summary>
    /// Makes the time code of a time of day. With drop-frame counting it is up to 87 ms late at the end of a day, as every such clock is. Without,
    /// at 1000/1001 of a whole rate, it is right at this moment only: an hour of frames takes 3.6 s longer than an hour.
    /// </summary>
    /// <exception cref="ArgumentException">Drop-frame counting does not exist at the rate.</exception>
    public static TimeCode OfTimeOfDay(TimeSpan timeOfDay, TimeCodeRate rate, bool isDropFrame = false)
    {
        if (isDropFrame || !rate.IsNtsc)
            return At(rate.FramesIn(timeOfDay), rate, isDropFrame);

        var seconds = timeOfDay.Ticks / TimeSpan.TicksPerSecond;
        return At(seconds * rate.Nominal + timeOfDay.Ticks % TimeSpan.TicksPerSecond * rate.Nominal / TimeSpan.TicksPerSecond, rate);
    }

    /// <summary>Reads "10:20:30:12", or "10:20:30;12" for drop-frame counting.</summary>
    /// <returns>False when it is no time code, or no frame of the rate has it.</returns>
    public static bool TryParse(string text, TimeCodeRate rate, out TimeCode timeCode)
    {
        timeCode = default;
        if (text.Length != 11 || text[2] != ':' || text[5] != ':' || text[8] is not (':' or ';'))
            return false;

        Span<int> parts = stackalloc int[4];
        for (var i = 0; i < parts.Length; i++)
        {
            if (!int.TryParse(text.AsSpan(i * 3, 2), NumberStyles.None, CultureInfo.InvariantCulture, out parts[i]))
                return false;
        }

        var (hours, minutes, seconds, frames, drop) = (parts[0], parts[1], parts[2], parts[3], text[8] == ';');
        if (hours > 23 || minutes > 59 || seconds > 59 || frames >= rate.Nominal || (drop && !rate.CanDropFrames))
            return false;

        var dropped = drop ? rate.Nominal / 15 : 0;
        if (seconds == 0 && minutes % 10 != 0 && frames < dropped)
            return false;

        var minute = hours * 60L + minutes;
        timeCode = At((minute * 60 + seconds) * rate.Nominal + frames - dropped * (minute - minute / 10), rate, drop);
        return true;
    }

    /// <summary>The time code of a number of frames later.</summary>
    public TimeCode Add(long frames) => At(Frame + frames, Rate, IsDropFrame);

    /// <summary>"10:20:30:12"; with drop-frame counting "10:20:30;12".</summary>
    public override string ToString()
    {
        var (nominal, number) = (Rate.Nominal, Number());
        var seconds = number / nominal;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{seconds / 3600:00}:{seconds / 60 % 60:00}:{seconds % 60:00}{(IsDropFrame ? ';' : ':')}{number % nominal:00}");
    }

    // The frame's number as it is counted: drop-frame counting leaves out the first 2 numbers (4 at 59.94) of each minute but every tenth.
    private long Number()
    {
        if (!IsDropFrame)
            return Frame;

        var dropped = Rate.Nominal / 15;
        var perTenMinutes = 600L * Rate.Nominal - 9 * dropped;
        var (tens, rest) = (Frame / perTenMinutes, Frame % perTenMinutes);
        var minutes = rest < 60L * Rate.Nominal ? 0 : 1 + (rest - 60L * Rate.Nominal) / (60L * Rate.Nominal - dropped);
        return Frame + dropped * (9 * tens + minutes);
    }

    private static long FramesPerDay(TimeCodeRate rate, bool isDropFrame)
    {
        var all = (long)SecondsPerDay * rate.Nominal;
        return isDropFrame ? all - rate.Nominal / 15 * (SecondsPerDay / 60 - SecondsPerDay / 600) : all;
    }

    private static void Check(TimeCodeRate rate, bool isDropFrame)
    {
        if (rate.Nominal == 0)
            throw new ArgumentException("The rate is none of TimeCodeRate.All.", nameof(rate));
        if (isDropFrame && !rate.CanDropFrames)
            throw new ArgumentException($"Drop-frame counting does not exist at {rate} frames per second, only at 29.97 and 59.94.", nameof(isDropFrame));
    }
}
