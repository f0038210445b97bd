namespace Recorder.Actors.Capture;

/// <summary>Measures how late the packets of one track arrive compared with their timestamps, in windows of a few seconds.
/// Packets can be late for many reasons but never early, so the least lateness of a window, and how it moves, shows what the
/// sender's clock does. Stalled networks and segments that arrive in one burst do not disturb it. Reads no clock. All times are
/// ticks of 100 ns.</summary>
internal sealed class LatenessMeter
{
    /// <summary>Lateness varies by this much on a good link with a busy encoder.</summary>
    public const long HealthyJitter = 60 * TimeSpan.TicksPerMillisecond;

    /// <summary>An error of more than this is noticeable to a viewer.</summary>
    public const long Noticeable = 500 * TimeSpan.TicksPerMillisecond;

    /// <summary>A rate of this or less means that a track's timestamps run too fast for any real clock.</summary>
    public const double FastestRate = -1;

    // The first packets of a connection may be old ones that the server had buffered.
    private const long Settling = 10 * TimeSpan.TicksPerSecond;
    private const long LongestSettling = 60 * TimeSpan.TicksPerSecond;
    private const long ShortestWindow = 2 * TimeSpan.TicksPerSecond;
    private const long LongestWindow = 60 * TimeSpan.TicksPerSecond;
    private const long Significant = 150 * TimeSpan.TicksPerMillisecond;

    // The least lateness of the latest windows, newest first.
    private readonly (long At, long Lateness)[] _windows = new (long At, long Lateness)[16];
    private int _count;
    private bool _isOpen;
    private long _connectedAt;
    private long _lastArrival;
    private long _windowStart;
    private (long At, long Lateness) _least;
    private long _leastOut;
    private long _mostOut;
    private bool _isReferenceKnown;

    public long Frame { get; set; }

    /// <summary>Whether the connection has lasted long enough to know which packets are punctual.</summary>
    public bool IsSettled { get; private set; }

    /// <summary>Whether it is known which packets are early; known from the start if nothing arrived in a burst.</summary>
    public bool CanDetectEarlyPackets =>
        IsSettled || (_lastArrival - _connectedAt >= ShortestWindow && Range.Most - Range.Least < Noticeable);

    /// <summary>How late punctual packets are; <see cref="long.MaxValue"/> while unknown.</summary>
    public long Reference { get; private set; } = long.MaxValue;

    /// <summary>How much later than punctual packets the others are: long if media arrives in bursts.</summary>
    public long Spread { get; private set; }

    /// <summary>How far the latest window is from <see cref="Reference"/>; media time is missing if it is above 0.</summary>
    public long Deviation { get; private set; }

    /// <summary>How much too slow the sender's clock runs, as a part of 1; too fast if it is below 0.</summary>
    public double Rate { get; private set; }

    /// <summary>How irregular the least lateness is from window to window.</summary>
    public long Noise { get; private set; }

    public long WindowLength { get; private set; } = ShortestWindow;
    public long PunctualAt { get; private set; }
    public (long Least, long Most) Range { get; private set; } = (long.MaxValue, long.MinValue);

    /// <summary>How early a packet may seem to be and still be believed.</summary>
    public long Tolerance => Math.Max(Noticeable, Math.Max(Spread, 3 * Noise));

    /// <summary>How late a packet may be and still directly follow the previous one.</summary>
    public long Slack => Math.Max(Noticeable / 2, Spread + (Spread / 4));

    /// <summary>A deviation up to this is healthy. Bursts make even the lateness of their last packets vary.</summary>
    public long HealthyDeviation => Math.Max(
        Math.Max(HealthyJitter, Frame + (Frame / 2)), Math.Max(3 * Noise, Spread > Noticeable ? Spread / 2 : 0));

    /// <summary>Whether the timestamps agree with packet arrival, as far as two windows can tell.</summary>
    public bool IsHealthy => _count >= 2 && Math.Abs(Deviation) <= HealthyDeviation;

    public void Restart()
    {
        (IsSettled, Rate, Deviation) = (false, 0, 0);
        (_isOpen, _count, WindowLength, Noise, Spread) = (false, 0, ShortestWindow, 0, 0);
        Range = (long.MaxValue, long.MinValue);
    }

    /// <summary>The source has restated what its timestamps mean: forgets <see cref="Reference"/>.</summary>
    public void Relearn()
    {
        Restart();
        (_isReferenceKnown, Reference) = (false, long.MaxValue);
    }

    /// <summary>A jump moved the track on the timeline.</summary>
    public void Shift(long later)
    {
        for (var index = 0; index < _count; index++)
            _windows[index].Lateness -= later;

        (_least.Lateness, _leastOut, _mostOut) = (_least.Lateness - later, _leastOut - later, _mostOut - later);
    }

    public void MarkPunctual() => PunctualAt = _windowStart;

    /// <summary>Returns whether a window was completed. <paramref name="time"/> includes the correction.</summary>
    public bool Add(long arrival, long time, long correction, bool isCorrecting)
    {
        var closes = _isOpen && arrival - _windowStart >= WindowLength;
        if (closes)
            CloseWindow(arrival, isCorrecting);
        else if (!_isOpen)
            (_connectedAt, PunctualAt) = (arrival, arrival);

        _lastArrival = arrival;
        var lateness = arrival - time;
        if (closes || !_isOpen)
        {
            (_isOpen, _windowStart) = (true, arrival);
            (_leastOut, _mostOut, _least) = (lateness, lateness, (arrival, lateness + correction));
        }
        else
        {
            (_leastOut, _mostOut) = (Math.Min(_leastOut, lateness), Math.Max(_mostOut, lateness));
            _least = lateness + correction < _least.Lateness ? (arrival, lateness + correction) : _least;
        }

        Range = (Math.Min(Range.Least, lateness), Math.Max(Range.Most, lateness));
        if (!_isReferenceKnown && !IsSettled)
            Reference = Math.Min(Reference, lateness + correction);

        return closes;
    }

    private void CloseWindow(long arrival, bool isCorrecting)
    {
        var before = _windows[0];
        var moved = _count > 0 ? Math.Abs(_least.Lateness - before.Lateness) : long.MaxValue;
        var spread = _count > 0 ? Math.Max(0, _mostOut - _leastOut - moved) : 0;
        Spread = Math.Max(spread, Spread / 4);
        if (_count >= 2)
        {
            // The distance of this minimum from the line through the two previous ones.
            var slope = (double)(before.Lateness - _windows[1].Lateness) / Math.Max(1, before.At - _windows[1].At);
            var off = Math.Abs(_least.Lateness - before.Lateness - (slope * (_least.At - before.At))) / 2;
            Noise = ((3 * Noise) + (long)off) / 4;
        }

        Array.Copy(_windows, 0, _windows, 1, _windows.Length - 1);
        _windows[0] = _least;
        _count = Math.Min(_count + 1, _windows.Length);
        Rate = MeasureRate();
        Settle(arrival);
        Deviation = _leastOut - Reference;
        if (!isCorrecting && Math.Abs(Deviation) <= Frame)
            MarkPunctual();

        WindowLength = Math.Clamp(4 * Spread, ShortestWindow, LongestWindow);
    }

    private void Settle(long arrival)
    {
        if (IsSettled || arrival - _connectedAt < Settling)
            return;

        var fall = _count > 1 ? -RateSince(1) : 0;
        if (fall > -FastestRate && arrival - _connectedAt < LongestSettling)
            return;

        // Lateness falls once if a server sends what it had buffered, but goes on falling if a clock is fast. For a fast clock
        // the reference is where the fall began.
        var oldest = _windows[_count - 1];
        var fallen = oldest.Lateness - _windows[0].Lateness;
        if (!_isReferenceKnown && _count > 2 && fallen > 3 * HealthyJitter && fall * (_windows[0].At - oldest.At) > fallen / 2)
            Reference = oldest.Lateness + (long)(fall * (oldest.At - _connectedAt));

        (IsSettled, _isReferenceKnown) = (true, true);
    }

    // Uses as few windows as show a significant change, but at least five if there are that many.
    private double MeasureRate()
    {
        for (var back = Math.Min(5, _count - 1); back >= 2 && back < _count; back++)
        {
            var moved = _windows[0].Lateness - _windows[back].Lateness;
            if (Math.Abs(moved) > Math.Max(Significant, 4 * Noise))
                return RateSince(back);
        }

        return 0;
    }

    private double RateSince(int back) =>
        (double)(_windows[0].Lateness - _windows[back].Lateness) / Math.Max(1, _windows[0].At - _windows[back].At);
}
