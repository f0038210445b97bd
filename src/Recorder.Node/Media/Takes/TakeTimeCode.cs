using Recorder.Media.Interchange;

namespace Recorder.Node.Media;

/// <summary>The time code of a take: which moment is which frame of it, and back. The one mapping of its timeline and of its export.</summary>
internal sealed class TakeTimeCode
{
    private static readonly TimeSpan HalfSecond = TimeSpan.FromSeconds(0.5);

    private readonly Take _take;

    // Of the take's moment, in the time zone of the node that ran the take.
    private readonly TimeSpan _timeOfDay;

    private readonly TimeCodeRate _own;

    /// <param name="counted">The rate at which frames are counted; null for the take's own.</param>
    public TakeTimeCode(Take take, TimeCodeRate? counted = null)
    {
        _take = take;
        _own = TimeCodeRate.TryParse(take.Rate, out var rate) ? rate : throw new InvalidDataException($"'{take.Rate}' is no rate of time code.");
        Rate = counted ?? rate;
        _timeOfDay = take.At is { } at && TimeCode.TryParse(take.TimeCode ?? "", rate, out var code)
            ? TimeOfDay(take, at, code)
            : TimeSpan.Zero;
    }

    /// <summary>The rate at which frames are counted.</summary>
    public TimeCodeRate Rate { get; }

    private DateTimeOffset At => _take.At!.Value;

    // How far into its frame the moment is, at the take's rate.
    private TimeSpan PhaseAt(TimeCodeRate rate) => rate == _own ? _take.TimeCodePhase ?? TimeSpan.Zero : TimeSpan.Zero;

    /// <summary>The frame of the take that is nearest to a moment.</summary>
    public TimeCode Of(DateTimeOffset moment) => Of(Rate, moment);

    /// <summary>At another rate a camera counts its own frames; at the take's rate all count from the take's moment.</summary>
    public TimeCode Of(TimeCodeRate rate, DateTimeOffset moment)
    {
        var away = (moment - At + PhaseAt(rate)).TotalSeconds * rate.Numerator / rate.Denominator;
        var start = rate == _own && TimeCode.TryParse(_take.TimeCode ?? "", rate, out var stated)
            ? stated
            : TimeCode.OfTimeOfDay(_timeOfDay, rate, _take.IsDropFrame && rate.CanDropFrames);
        return start.Add((long)Math.Round(away));
    }

    /// <summary>Frames from the take's moment, which a day of time code does not tell apart from a day before.</summary>
    public long FramesFromMoment(TimeCode timeCode)
    {
        var day = EditTake.DayOf(timeCode);
        var away = (timeCode.Frame - Of(At).Frame + day) % day;
        return away > day / 2 ? away - day : away;
    }

    /// <summary>The moment of a frame of the take: the one nearest to its beginning.</summary>
    public DateTimeOffset MomentOf(TimeCode timeCode)
    {
        var frames = FramesFromMoment(timeCode) + (long)Math.Round(PhaseAt(Rate).TotalSeconds * Rate.Numerator / Rate.Denominator);
        return (frames < 0 ? At - Rate.TimeOf(-frames) : At + Rate.TimeOf(frames)) - PhaseAt(Rate);
    }

    /// <summary>Reads a time code of the take, which counts as the take does: a colon before the frames means a semicolon, and the other way round.</summary>
    /// <param name="wrong">Why it is none although it looks like one; null where it does not.</param>
    public bool TryParse(string text, out TimeCode timeCode, out string? wrong)
    {
        var own = text.Length == 11 && text[8] is ':' or ';' ? $"{text[..8]}{(_take.IsDropFrame && Rate.CanDropFrames ? ';' : ':')}{text[9..]}" : text;
        var isCode = TimeCode.TryParse(own, Rate, out timeCode);
        wrong = !isCode && own.Length == 11 && own[8] == ';' && TimeCode.TryParse($"{own[..8]}:{own[9..]}", Rate, out _)
            ? $"drop-frame time code leaves {own} out: the first {Rate.Nominal / 15} frames of each minute but every tenth do not exist"
            : null;
        return isCode;
    }

    // The clock's time code was made from the moment; that of LTC says itself how far into a second the moment is.
    private static TimeSpan TimeOfDay(Take take, DateTimeOffset at, TimeCode code)
    {
        var (label, frame) = (code.ToString(), code.Rate.TimeOf(code.Frame));
        var second = TimeSpan.Parse(label[..8], CultureInfo.InvariantCulture);
        if (take.TimeCodeSource == TimeCodeSource.Ltc)
            return second + code.Rate.TimeOf(int.Parse(label.AsSpan(9), CultureInfo.InvariantCulture)) + (take.TimeCodePhase ?? TimeSpan.Zero);

        var time = second + TimeSpan.FromTicks(at.Ticks % TimeSpan.TicksPerSecond);
        if (!code.IsDropFrame)
            return time;

        // Drop-frame labels lag the clock, so that the label's second may not be the clock's.
        if (time - frame > HalfSecond)
            time -= 2 * HalfSecond;
        else if (frame - time > HalfSecond)
            time += 2 * HalfSecond;

        return time < TimeSpan.Zero ? time + TimeSpan.FromDays(1) : time;
    }
}
