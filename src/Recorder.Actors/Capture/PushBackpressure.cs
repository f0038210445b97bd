namespace Recorder.Actors.Capture;

/// <summary>While a subscriber of a pushed stream has no credit the reader waits, and its sender with it: media sent too fast is
/// late but not lost. After <see cref="LongestWait"/> nothing waits for the subscriber until it has credit again; GOPs are left
/// out for it.</summary>
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

    public long Release(bool isOverdue)
    {
        _isOverdue |= isOverdue;
        var bytes = _withheld;
        _withheld = 0;
        return bytes;
    }
}
