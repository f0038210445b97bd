namespace Recorder.ActorKernel.Testing;

/// <summary>A latch that is closed until it was counted down as often as was said. Its waits fail when they time out.</summary>
public class TestLatch
{
    private static readonly TimeSpan FiveSeconds = TimeSpan.FromSeconds(5);

    private readonly CountdownEvent _latch;
    private readonly Func<TimeSpan, TimeSpan> _dilate;
    private readonly TimeSpan _defaultTimeout;

    /// <summary>Makes a latch that one call opens.</summary>
    public TestLatch()
        : this(1)
    {
    }

    /// <summary>Makes a latch.</summary>
    /// <param name="count">How many calls open it.</param>
    public TestLatch(int count)
        : this(count, FiveSeconds)
    {
    }

    /// <summary>Makes a latch.</summary>
    /// <param name="count">How many calls open it.</param>
    /// <param name="defaultTimeout">How long <see cref="Ready()"/> waits.</param>
    public TestLatch(int count, TimeSpan defaultTimeout)
        : this(time => time, count, defaultTimeout)
    {
    }

    internal TestLatch(Func<TimeSpan, TimeSpan> dilate, int count, TimeSpan defaultTimeout)
    {
        _dilate = dilate;
        _latch = new CountdownEvent(count);
        _defaultTimeout = defaultTimeout;
    }

    /// <summary>Whether it is open.</summary>
    public bool IsOpen => _latch.IsSet;

    /// <summary>Counts one down.</summary>
    public void CountDown() => _latch.Signal();

    /// <summary>Opens it.</summary>
    public void Open()
    {
        while (!IsOpen)
            CountDown();
    }

    /// <summary>Closes it again, with its whole count.</summary>
    public void Reset() => _latch.Reset();

    /// <summary>Waits until it is open, for the default time.</summary>
    /// <exception cref="TimeoutException">It is not.</exception>
    public void Ready() => Ready(_defaultTimeout);

    /// <summary>Waits until it is open.</summary>
    /// <param name="timeout">How long.</param>
    /// <exception cref="TimeoutException">It is not.</exception>
    public void Ready(TimeSpan timeout)
    {
        if (timeout == TimeSpan.MaxValue)
            throw new ArgumentException("A latch cannot wait for ever.", nameof(timeout));
        var wait = _dilate(timeout);
        if (!_latch.Wait(wait))
            throw new TimeoutException($"The latch did not open within {wait}: {_latch.CurrentCount} to go.");
    }
}
