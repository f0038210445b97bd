namespace Recorder.Actors.Capture;

/// <summary>What a track's pace tells its timeline to do from now on.</summary>
internal enum PaceVerdict
{
    /// <summary>Nothing new.</summary>
    Unknown = 0,

    /// <summary>Its timestamps leave the time of arrival: a mend begins.</summary>
    Drifts = 1,

    /// <summary>The mend is over.</summary>
    Follows = 2,

    /// <summary>It comes so much faster or slower than its timestamps say that no clock can be wrong by as much: they are left alone.</summary>
    Untimed = 3,
}

/// <summary>
/// Compares the timestamps of one track with their arrival. Packets come late for many reasons, and never early: the least lateness of a
/// few seconds, and how it moves, says what the sender's clock does. Networks that stall and segments that come at once do not disturb it.
/// Reads no clock. All times are ticks of 100 ns.
/// </summary>
internal sealed class TrackPace
{
    /// <summary>A mend that nobody hears changes the rate by no more than this.</summary>
    public const double Gentle = 0.005;

    // The first packets of a connection may be old ones that a server held.
    private const long Settling = 10 * TimeSpan.TicksPerSecond;
    private const long LongestSettling = 60 * TimeSpan.TicksPerSecond;
    private const long Window = 2 * TimeSpan.TicksPerSecond;
    private const long LongestWindow = 60 * TimeSpan.TicksPerSecond;

    // What an encoder's load and a good link move healthy packets by.
    private const long Unsuspicious = 60 * TimeSpan.TicksPerMillisecond;
    private const long Plain = 500 * TimeSpan.TicksPerMillisecond;
    private const long Significant = 150 * TimeSpan.TicksPerMillisecond;
    private const double PlainRate = 0.004;
    private const double Gain = 0.1;
    private const double Steepest = 0.25;
    private const double MostFast = -1;
    private const double MostSlow = 0.8;

    // A link that is too slow for a while delays all tracks alike; one track alone is a clock's doing.
    private const int PatienceAlone = 3;
    private const int PatienceTogether = 6;

    private readonly (long At, long Lag)[] _past = new (long At, long Lag)[16];
    private int _windows;
    private bool _open;
    private long _connected;
    private long _heard;
    private long _start;
    private long _length = Window;
    private (long At, long Lag) _least;
    private long _leastOut;
    private long _most;
    private long _noise;
    private bool _known;
    private int _exceeded;
    private int _sign;
    private bool _fast;

    /// <summary>What is usual of this track: one packet's length.</summary>
    public long Frame { get; set; }

    /// <summary>Whether enough was seen to say what is early.</summary>
    public bool IsSettled { get; private set; }

    /// <summary>Whether it is known what is early: from the beginning where nothing came in a burst.</summary>
    public bool KnowsEarly => !IsUntimed && (IsSettled || (_heard - _connected >= Window && Range.Most - Range.Least < Plain));

    /// <summary>Whether arrival says nothing of this track.</summary>
    public bool IsUntimed { get; private set; }

    /// <summary>Whether the rate is being changed.</summary>
    public bool IsMending { get; private set; }

    /// <summary>How late its punctual packets are.</summary>
    public long Reference { get; private set; } = long.MaxValue;

    /// <summary>How much later than the punctual ones others come: long where media comes in bursts.</summary>
    public long Spread { get; private set; }

    /// <summary>How late punctual packets were lately, against <see cref="Reference"/>: above 0, media time is missing.</summary>
    public long Deviation { get; private set; }

    /// <summary>By how much too slow its clock runs, a part of 1; below 0, too fast.</summary>
    public double Rate { get; private set; }

    /// <summary>Whether the mend is more than a gentle one.</summary>
    public bool IsPlain => _fast;

    /// <summary>By how much its timestamps are stretched, a part of 1.</summary>
    public double Velocity { get; private set; }

    /// <summary>When it last was within a frame of its arrival before the mend, on the clock of arrival.</summary>
    public long Since { get; private set; }

    /// <summary>The least and the most lateness of this connection.</summary>
    public (long Least, long Most) Range { get; private set; } = (long.MaxValue, long.MinValue);

    /// <summary>How far a packet may be ahead of what arrival allows and still be believed.</summary>
    public long Tolerance => Math.Max(Plain, Math.Max(Spread, 3 * _noise));

    /// <summary>How late a packet may come and still follow directly on the one before.</summary>
    public long Slack => Math.Max(Plain / 2, Spread + (Spread / 4));

    /// <summary>Whether its timestamps agree with their arrival.</summary>
    public bool IsPunctual => _windows >= 2 && !IsMending && Math.Abs(Deviation) <= Band;

    // Where media comes in bursts, how late the last of each is varies, too.
    private long Band => Math.Max(Math.Max(Unsuspicious, Frame + (Frame / 2)), Math.Max(3 * _noise, Spread > Plain ? Spread / 2 : 0));

    /// <summary>A connection begins. What was punctual before is so again.</summary>
    public void Restart()
    {
        (IsSettled, IsUntimed, IsMending, Velocity, Rate, Deviation) = (false, false, false, 0, 0, 0);
        (_open, _windows, _length, _exceeded, _noise, Spread) = (false, 0, Window, 0, 0, 0);
        Range = (long.MaxValue, long.MinValue);
    }

    /// <summary>The source said better what its timestamps mean: what is punctual is to be learned anew.</summary>
    public void Relearn()
    {
        Restart();
        (_known, Reference) = (false, long.MaxValue);
    }

    /// <summary>Its timestamps count from elsewhere: what was seen before counts as if they always had.</summary>
    /// <param name="later">By how much later it goes on than it would have without.</param>
    public void Jumped(long later)
    {
        for (var index = 0; index < _windows; index++)
        {
            _past[index].Lag -= later;
        }

        (_least.Lag, _leastOut, _most) = (_least.Lag - later, _leastOut - later, _most - later);
    }

    /// <summary>A packet came.</summary>
    /// <param name="arrival">When.</param>
    /// <param name="time">Its place on the timeline.</param>
    /// <param name="correction">What its timestamps were corrected by.</param>
    /// <returns>Whether there is something to <see cref="Decide"/>.</returns>
    public bool Note(long arrival, long time, long correction)
    {
        var closes = _open && arrival - _start >= _length;
        if (closes)
        {
            Close(arrival);
        }
        else if (!_open)
        {
            (_connected, Since) = (arrival, arrival);
        }

        _heard = arrival;
        var lag = arrival - time;
        if (closes || !_open)
        {
            (_open, _start, _leastOut, _most, _least) = (true, arrival, lag, lag, (arrival, lag + correction));
        }
        else
        {
            (_leastOut, _most) = (Math.Min(_leastOut, lag), Math.Max(_most, lag));
            _least = lag + correction < _least.Lag ? (arrival, lag + correction) : _least;
        }

        Range = (Math.Min(Range.Least, lag), Math.Max(Range.Most, lag));
        if (!_known && !IsSettled)
        {
            Reference = Math.Min(Reference, lag + correction);
        }

        return closes;
    }

    /// <summary>What follows from the packets of the last seconds.</summary>
    /// <param name="othersArePunctual">Whether another track of the source comes as its timestamps say.</param>
    public PaceVerdict Decide(bool othersArePunctual)
    {
        if (IsUntimed || !(IsSettled || Deviation > 0))
        {
            return PaceVerdict.Unknown;
        }

        if (IsSettled && Rate is > MostSlow or < MostFast)
        {
            (IsUntimed, IsMending, Velocity) = (true, false, 0);
            return PaceVerdict.Untimed;
        }

        return IsMending ? Mend() : Suspect(othersArePunctual);
    }

    private PaceVerdict Suspect(bool othersArePunctual)
    {
        var sign = Math.Abs(Deviation) > Band ? Math.Sign(Deviation) : 0;
        _exceeded = sign == _sign ? _exceeded : 0;
        _sign = sign;
        if (sign == 0 || ++_exceeded < (othersArePunctual ? PatienceAlone : PatienceTogether))
        {
            return PaceVerdict.Unknown;
        }

        (IsMending, _fast, _exceeded) = (true, false, 0);
        Mend();
        return PaceVerdict.Drifts;
    }

    private PaceVerdict Mend()
    {
        var plain = Math.Abs(Rate) > PlainRate;
        _fast |= plain || Math.Abs(Deviation) > Plain;
        if (!plain && Math.Abs(Deviation) <= Math.Max(Frame / 2, Unsuspicious / 5) + _noise)
        {
            (IsMending, Velocity, Since) = (false, 0, _start);
            return PaceVerdict.Follows;
        }

        var most = _fast ? Steepest : Gentle;
        var gain = Math.Min(Gain, 0.5 * TimeSpan.TicksPerSecond / _length);
        var slew = Math.Clamp((double)Deviation / TimeSpan.TicksPerSecond * gain, -most, most);
        Velocity = Math.Max(-0.5, (plain ? Rate / (1 - Rate) : 0) + slew);
        return PaceVerdict.Unknown;
    }

    private void Close(long arrival)
    {
        var before = _past[0];
        var moved = _windows > 0 ? Math.Abs(_least.Lag - before.Lag) : long.MaxValue;
        var spread = _windows > 0 ? Math.Max(0, _most - _leastOut - moved) : 0;
        Spread = Math.Max(spread, Spread / 4);
        if (_windows >= 2)
        {
            // How far this minimum is from where the two before it point.
            var slope = (double)(before.Lag - _past[1].Lag) / Math.Max(1, before.At - _past[1].At);
            var off = Math.Abs(_least.Lag - before.Lag - (slope * (_least.At - before.At))) / 2;
            _noise = ((3 * _noise) + (long)off) / 4;
        }

        Array.Copy(_past, 0, _past, 1, _past.Length - 1);
        _past[0] = _least;
        _windows = Math.Min(_windows + 1, _past.Length);
        Rate = Slope();
        Settle(arrival);
        Deviation = _leastOut - Reference;
        if (!IsMending && Math.Abs(Deviation) <= Frame)
        {
            Since = _start;
        }

        _length = Math.Clamp(4 * Spread, Window, LongestWindow);
    }

    private void Settle(long arrival)
    {
        if (IsSettled || arrival - _connected < Settling)
        {
            return;
        }

        var falls = _windows > 1 ? (double)(_past[1].Lag - _past[0].Lag) / Math.Max(1, _past[0].At - _past[1].At) : 0;
        if (falls > -MostFast && arrival - _connected < LongestSettling)
        {
            return;
        }

        // A server that held packets back gives them out at once, and then no more: a clock that is fast goes on.
        var oldest = _past[_windows - 1];
        var fallen = oldest.Lag - _past[0].Lag;
        if (!_known && _windows > 2 && fallen > 3 * Unsuspicious && falls * (_past[0].At - oldest.At) > fallen / 2)
        {
            Reference = oldest.Lag + (long)(falls * (oldest.At - _connected));
        }

        (IsSettled, _known) = (true, true);
    }

    // Over as few windows as say something, five at least where there are as many.
    private double Slope()
    {
        for (var back = Math.Min(5, _windows - 1); back >= 2 && back < _windows; back++)
        {
            var moved = _past[0].Lag - _past[back].Lag;
            if (Math.Abs(moved) > Math.Max(Significant, 4 * _noise))
            {
                return (double)moved / Math.Max(1, _past[0].At - _past[back].At);
            }
        }

        return 0;
    }
}
