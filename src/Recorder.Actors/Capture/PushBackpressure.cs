namespace Recorder.Actors.Capture;

/// <summary>
/// Decides when the reader of a pushed stream may read on. While a subscriber has no credit the reader waits, and its sender with
/// it, so that media sent too fast is late but not lost. If a subscriber takes nothing for <see cref="LongestWait"/>, nothing
/// waits for it any more, and GOPs are left out for it as for any subscriber of a live source, until it has credit again.
/// </summary>
internal sealed class PushBackpressure
{
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(2);

    private long _withheld;
    private bool _isOverdue;

    public void Restart() => (_withheld, _isOverdue) = (0, false);

    /// <summary>Withholds the acknowledgement of bytes sent to subscribers; returns false if the reader may read on.</summary>
    public bool TryWithhold(long bytes, SubscriberList subscribers)
    {
        _isOverdue &= !subscribers.HasCredit;
        if (_isOverdue || subscribers.Count == 0 || !subscribers.WaitForCredit())
            return false;

        _withheld += bytes;
        return true;
    }

    /// <summary>Returns the bytes to acknowledge now.</summary>
    /// <param name="isOverdue">Whether the wait took too long.</param>
    public long Release(bool isOverdue)
    {
        _isOverdue |= isOverdue;
        var bytes = _withheld;
        _withheld = 0;
        return bytes;
    }
}
