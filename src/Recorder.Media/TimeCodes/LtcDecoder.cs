namespace Recorder.Media.TimeCodes;

/// <summary>
/// Reads linear time code (SMPTE ST 12-1) out of one channel of sound. Each of a frame's 80 bits begins with a change of level; a bit that is 1 has
/// another in its middle. It follows the speed, adapts to the level and finds the frames again after damage. Sound played backwards has none.
/// </summary>
internal sealed class LtcDecoder
{
    private const int BitsInFrame = 80;

    // 0011 1111 1111 1101, the first bit lowest.
    private const ushort SyncWord = 0xBFFC;

    private readonly double _firstPeriod;
    private readonly float _decay;
    private readonly double[] _ends = new double[BitsInFrame + 1];

    private float _high;
    private float _low;
    private float _before;
    private bool _isHigh;
    private long _position;

    private double _lastChange;
    private double _period;
    private double _half;
    private UInt128 _bits;
    private long _bitCount;

    /// <param name="sampleRate">Samples per second. Below 16,000 a bit has too few of them to be told apart.</param>
    public LtcDecoder(int sampleRate)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(sampleRate, 16_000);

        // The middle of the 1,920 to 2,400 bits per second of 24 to 30 frames.
        _firstPeriod = _period = sampleRate / 2_160.0;
        _decay = 250f / sampleRate;
    }

    /// <summary>Decodes the samples that follow those before, between -1 and 1, and adds the frames that end in them.</summary>
    public void Decode(ReadOnlySpan<float> samples, ICollection<LtcFrame> frames)
    {
        foreach (var given in samples)
        {
            // One sample that is no number would spoil the level of all that follow.
            var sample = float.IsFinite(given) ? given : 0;
            _high = Math.Max(sample, _high - (_high - _low) * _decay);
            _low = Math.Min(sample, _low + (_high - _low) * _decay);
            var (middle, margin) = ((_high + _low) / 2, (_high - _low) / 8);
            var threshold = _isHigh ? middle - margin : middle + margin;
            if (_isHigh ? sample < threshold : sample > threshold)
            {
                // Where between the two samples the level passed the threshold.
                var passed = sample == _before ? 0 : Math.Clamp((sample - threshold) / (sample - _before), 0, 1);
                _isHigh = !_isHigh;
                Change(_position - passed, frames);
            }

            _before = sample;
            _position++;
        }
    }

    private void Change(double at, ICollection<LtcFrame> frames)
    {
        var interval = at - _lastChange;
        _lastChange = at;
        if (interval > 1.5 * _period || interval < 0.25 * _period)
        {
            // No bit is so long or so short: what follows is counted anew.
            (_half, _bitCount, _period) = (0, 0, _firstPeriod);
            _ends[0] = at;
            return;
        }

        if (interval > 0.75 * _period)
        {
            // A half bit that waits for its other half here was the second half of a bit: the change now is a bit's beginning.
            _half = 0;
            Bit(false, interval, at, frames);
        }
        else if (_half > 0)
        {
            interval += _half;
            _half = 0;
            Bit(true, interval, at, frames);
        }
        else
            _half = interval;
    }

    private void Bit(bool isSet, double period, double at, ICollection<LtcFrame> frames)
    {
        _period = (3 * _period + period) / 4;
        _bits = (_bits >> 1) | (isSet ? UInt128.One << (BitsInFrame - 1) : UInt128.Zero);
        _bitCount++;
        _ends[_bitCount % _ends.Length] = at;
        if (_bitCount >= BitsInFrame && (ushort)(_bits >> 64) == SyncWord
            && Read((ulong)_bits, _ends[(_bitCount - BitsInFrame) % _ends.Length], at) is { } frame)
        {
            frames.Add(frame);
        }
    }

    private static LtcFrame? Read(ulong bits, double start, double end)
    {
        var frame = Digits(0, 8, 2);
        var second = Digits(16, 24, 3);
        var minute = Digits(32, 40, 3);
        var hour = Digits(48, 56, 2);
        return frame is >= 0 and < 30 && second is >= 0 and < 60 && minute is >= 0 and < 60 && hour is >= 0 and < 24
            ? new LtcFrame(hour, minute, second, frame, Field(10, 1) == 1, start, end)
            : null;

        int Field(int first, int length) => (int)(bits >> first) & ((1 << length) - 1);

        int Digits(int ones, int tens, int lengthOfTens) => Field(ones, 4) is var digit and < 10 ? Field(tens, lengthOfTens) * 10 + digit : -1;
    }
}
