namespace Recorder.Actors.Capture;

internal enum DriftVerdict
{
    Unknown = 0,
    /// <summary>Its timestamps drift away from packet arrival: a correction begins.</summary>
    Began = 1,
    /// <summary>Its timestamps agree with packet arrival again: the correction ends.</summary>
    Ended = 2,
    /// <summary>Packets arrive faster or slower than any clock can explain: nothing is corrected.</summary>
    Incomparable = 3,
}

/// <summary>Decides whether the timestamps of a track are stretched so that they follow packet arrival again, and by how much.
/// Reads no clock. All times are ticks of 100 ns.</summary>
internal sealed class DriftCorrection(LatenessMeter lateness)
{
    /// <summary>The greatest relative change of the rate that nobody hears: 0.5 %.</summary>
    public const double InaudibleRate = 0.005;

    private const double SteepestRate = 0.25;
    private const double NoticeableRate = 0.004;
    private const double SlowestRate = 0.8;
    private const double Gain = 0.1;

    // Windows to wait before a correction. A slow link delays all tracks; if only one is late, its clock drifts.
    private const int PatienceAlone = 3;
    private const int PatienceTogether = 6;

    private int _suspiciousWindows;
    private int _sign;

    /// <summary>Whether packet arrival says nothing about the timestamps of this track.</summary>
    public bool IsIncomparable { get; private set; }

    public bool IsCorrecting { get; private set; }
    public bool IsNoticeable { get; private set; }

    /// <summary>The relative stretch of the timestamps: 0.01 makes them 1 % longer.</summary>
    public double Stretch { get; private set; }

    public void Restart() => (IsIncomparable, IsCorrecting, Stretch, _suspiciousWindows) = (false, false, 0, 0);

    public DriftVerdict Decide(bool othersArePunctual)
    {
        if (IsIncomparable || !(lateness.IsSettled || lateness.Deviation > 0))
            return DriftVerdict.Unknown;

        if (lateness.IsSettled && lateness.Rate is > SlowestRate or < LatenessMeter.FastestRate)
        {
            (IsIncomparable, IsCorrecting, Stretch) = (true, false, 0);
            return DriftVerdict.Incomparable;
        }

        return IsCorrecting ? Correct() : Suspect(othersArePunctual);
    }

    private DriftVerdict Suspect(bool othersArePunctual)
    {
        var sign = Math.Abs(lateness.Deviation) > lateness.HealthyDeviation ? Math.Sign(lateness.Deviation) : 0;
        _suspiciousWindows = sign == _sign ? _suspiciousWindows : 0;
        _sign = sign;
        if (sign == 0 || ++_suspiciousWindows < (othersArePunctual ? PatienceAlone : PatienceTogether))
            return DriftVerdict.Unknown;

        (IsCorrecting, IsNoticeable, _suspiciousWindows) = (true, false, 0);
        Correct();
        return DriftVerdict.Began;
    }

    private DriftVerdict Correct()
    {
        var (deviation, rate) = (lateness.Deviation, lateness.Rate);
        var isRateNoticeable = Math.Abs(rate) > NoticeableRate;
        IsNoticeable |= isRateNoticeable || Math.Abs(deviation) > LatenessMeter.Noticeable;
        var small = Math.Max(lateness.Frame / 2, LatenessMeter.HealthyJitter / 5) + lateness.Noise;
        if (!isRateNoticeable && Math.Abs(deviation) <= small)
        {
            (IsCorrecting, Stretch) = (false, 0);
            lateness.MarkPunctual();
            return DriftVerdict.Ended;
        }

        var most = IsNoticeable ? SteepestRate : InaudibleRate;
        var gain = Math.Min(Gain, 0.5 * TimeSpan.TicksPerSecond / lateness.WindowLength);
        var slew = Math.Clamp((double)deviation / TimeSpan.TicksPerSecond * gain, -most, most);
        Stretch = Math.Max(-0.5, (isRateNoticeable ? rate / (1 - rate) : 0) + slew);
        return DriftVerdict.Unknown;
    }
}
