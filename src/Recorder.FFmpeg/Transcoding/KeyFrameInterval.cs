namespace Recorder.FFmpeg;

/// <summary>Decides which frames of an encoded track become key frames: by count, by media time, or because one was asked for.</summary>
internal sealed class KeyFrameInterval
{
    private static readonly TimeSpan DefaultDuration = TimeSpan.FromSeconds(2);

    private readonly int? _count;
    private readonly long _duration;
    private long _lastKeyPts;
    private long _framesSinceKey;
    private bool _isForced = true;

    /// <param name="clock">The unit of the frames' times.</param>
    public KeyFrameInterval(VideoEncoding encoding, Rational clock)
    {
        var duration = encoding.KeyFrameIntervalDuration ?? (encoding.KeyFrameIntervalCount is null ? DefaultDuration : TimeSpan.MaxValue);
        _count = encoding.KeyFrameIntervalCount;
        _duration = duration == TimeSpan.MaxValue ? long.MaxValue : Math.Max(1, clock.FromTimeSpan(duration));
    }

    public void Force() => _isForced = true;

    /// <summary>The interval in frames. The encoder's own has the same length, so that it adds no key frame.</summary>
    public int FramesFor(long frameDuration)
    {
        var frames = _duration == long.MaxValue ? int.MaxValue : (_duration + frameDuration - 1) / frameDuration;
        return (int)Math.Clamp(_count ?? frames, 1, 9999);
    }

    /// <summary>Whether the next frame becomes a key frame.</summary>
    public bool IsKeyFrame(long pts)
    {
        var key = _isForced || pts - _lastKeyPts >= _duration || _framesSinceKey >= _count;
        if (key)
            (_isForced, _lastKeyPts, _framesSinceKey) = (false, pts, 0);
        _framesSinceKey++;
        return key;
    }
}
