namespace Recorder.Actors.Capture;

/// <summary>Decode times of frames whose presentation times alone are sent, as in RTP. Frames come in the order of decoding; with B-frames
/// one is shown later than the frame after it. Reads no clock.</summary>
internal sealed class DecodeTimes(int clockRate)
{
    private const int MostReordered = 16;

    // Presentation times of frames that are not shown yet at the decode time reached, in rising order.
    private readonly List<long> _shown = new(MostReordered + 1);
    private int _reordered;
    private long _last = long.MinValue;
    private long _latest = long.MinValue;

    /// <summary>How many frames are decoded before one that is shown earlier, as the parameter sets state it.</summary>
    public int Reordered
    {
        get => _reordered;
        set => _reordered = Math.Clamp(Math.Max(_reordered, value), 0, MostReordered);
    }

    /// <param name="shown">The presentation time.</param>
    /// <param name="frame">The length of a frame in the same units.</param>
    public long Next(long shown, long frame)
    {
        // No frame is reordered that far: the sender's clock was set back.
        if (shown < _latest - (2L * clockRate))
        {
            _shown.Clear();
            (_last, _latest) = (long.MinValue, shown);
        }

        // The parameter sets do not state it, but the frame shows it.
        if (shown < _latest && _reordered == 0)
            _reordered = 1;

        _latest = Math.Max(_latest, shown);
        if (_reordered == 0)
            return _last = shown;

        var at = _shown.BinarySearch(shown);
        _shown.Insert(at < 0 ? ~at : at, shown);
        long decode;
        if (_shown.Count > _reordered)
        {
            decode = _shown[0];
            _shown.RemoveAt(0);
        }
        else
        {
            // The first frames are decoded before anything is shown.
            decode = _shown[0] - ((_reordered - _shown.Count + 1) * Math.Max(1, frame));
        }

        _last = decode > _last ? decode : _last + 1;
        // More frames are reordered than was known.
        if (_last > shown && _reordered < MostReordered)
            _reordered++;

        return _last;
    }
}
