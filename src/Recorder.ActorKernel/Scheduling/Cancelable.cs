namespace Recorder.ActorKernel;

/// <summary>Cancels scheduled work.</summary>
public class Cancelable : ICancelable, IDisposable
{
    private readonly IActionScheduler? _scheduler;
    private CancellationTokenSource? _source;
    private int _cancelled;
    private int _disposed;

    /// <summary>A cancelable.</summary>
    /// <param name="scheduler">Cancels it later, where asked.</param>
    public Cancelable(IScheduler scheduler)
        : this(scheduler.Advanced)
    {
    }

    /// <summary>A cancelable.</summary>
    /// <param name="scheduler">Cancels it later, where asked.</param>
    public Cancelable(IActionScheduler scheduler) => _scheduler = scheduler;

    /// <summary>A cancelable that is cancelled after a time.</summary>
    /// <param name="scheduler">Cancels it.</param>
    /// <param name="delay">After how long.</param>
    public Cancelable(IScheduler scheduler, TimeSpan delay)
        : this(scheduler.Advanced, delay)
    {
    }

    /// <summary>A cancelable that is cancelled after a time.</summary>
    /// <param name="scheduler">Cancels it.</param>
    /// <param name="delay">After how long.</param>
    public Cancelable(IActionScheduler scheduler, TimeSpan delay)
        : this(scheduler) => CancelAfter(delay);

    /// <summary>A cancelable that is cancelled after a time.</summary>
    /// <param name="scheduler">Cancels it.</param>
    /// <param name="millisecondsDelay">After how many milliseconds.</param>
    public Cancelable(IScheduler scheduler, int millisecondsDelay)
        : this(scheduler, TimeSpan.FromMilliseconds(millisecondsDelay))
    {
    }

    /// <inheritdoc/>
    public bool IsCancellationRequested => Volatile.Read(ref _cancelled) != 0;

    /// <summary>Whether it was disposed.</summary>
    public bool IsDisposed => Volatile.Read(ref _disposed) != 0;

    /// <inheritdoc/>
    public CancellationToken Token
    {
        get
        {
            if (_source is null)
            {
                Interlocked.CompareExchange(ref _source, new CancellationTokenSource(), null);
                if (IsCancellationRequested)
                    _source.Cancel();
            }

            return _source.Token;
        }
    }

    /// <summary>One that is cancelled already.</summary>
    /// <returns>The cancelable.</returns>
    public static ICancelable CreateCanceled() => AlreadyCanceled.Instance;

    /// <summary>One that is cancelled with others.</summary>
    /// <param name="scheduler">Cancels it later, where asked.</param>
    /// <param name="cancelables">The others.</param>
    /// <returns>The cancelable.</returns>
    public static ICancelable CreateLinkedCancelable(IScheduler scheduler, params ICancelable[] cancelables) =>
        CreateLinkedCancelable(scheduler.Advanced, [.. cancelables.Select(c => c.Token)]);

    /// <summary>One that is cancelled with others.</summary>
    /// <param name="scheduler">Cancels it later, where asked.</param>
    /// <param name="cancelables">The others.</param>
    /// <returns>The cancelable.</returns>
    public static ICancelable CreateLinkedCancelable(IActionScheduler scheduler, params ICancelable[] cancelables) =>
        CreateLinkedCancelable(scheduler, [.. cancelables.Select(c => c.Token)]);

    /// <summary>One that is cancelled with tokens.</summary>
    /// <param name="scheduler">Cancels it later, where asked.</param>
    /// <param name="cancellationTokens">The tokens.</param>
    /// <returns>The cancelable.</returns>
    public static ICancelable CreateLinkedCancelable(IScheduler scheduler, params CancellationToken[] cancellationTokens) =>
        CreateLinkedCancelable(scheduler.Advanced, cancellationTokens);

    /// <summary>One that is cancelled with tokens.</summary>
    /// <param name="scheduler">Cancels it later, where asked.</param>
    /// <param name="cancellationTokens">The tokens.</param>
    /// <returns>The cancelable.</returns>
    public static ICancelable CreateLinkedCancelable(IActionScheduler scheduler, params CancellationToken[] cancellationTokens)
    {
        var linked = new Cancelable(scheduler);
        foreach (var token in cancellationTokens)
            token.Register(linked.Cancel);
        return linked;
    }

    /// <inheritdoc/>
    public void Cancel() => Cancel(throwOnFirstException: false);

    /// <inheritdoc/>
    public void Cancel(bool throwOnFirstException)
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        if (Interlocked.Exchange(ref _cancelled, 1) == 0)
            Volatile.Read(ref _source)?.Cancel(throwOnFirstException);
    }

    /// <inheritdoc/>
    public void CancelAfter(TimeSpan delay)
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        ArgumentOutOfRangeException.ThrowIfLessThan(delay, TimeSpan.Zero);
        if (delay == TimeSpan.Zero)
            Cancel();
        else if (!IsCancellationRequested)
            _scheduler!.ScheduleOnce(delay, () =>
            {
                if (!IsDisposed)
                    Cancel();
            });
    }

    /// <inheritdoc/>
    public void CancelAfter(int millisecondsDelay) => CancelAfter(TimeSpan.FromMilliseconds(millisecondsDelay));

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees the token.</summary>
    /// <param name="disposing">Whether called by <see cref="Dispose()"/>.</param>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing && Interlocked.Exchange(ref _disposed, 1) == 0)
            _source?.Dispose();
    }

    private sealed class AlreadyCanceled : ICancelable
    {
        public static readonly AlreadyCanceled Instance = new();

        public bool IsCancellationRequested => true;

        public CancellationToken Token => new(canceled: true);

        public void Cancel()
        {
        }

        public void Cancel(bool throwOnFirstException)
        {
        }

        public void CancelAfter(TimeSpan delay)
        {
        }

        public void CancelAfter(int millisecondsDelay)
        {
        }
    }
}

/// <summary>Small helps for cancelables.</summary>
public static class CancelableExtensions
{
    /// <summary>Cancels, when there is something to cancel.</summary>
    /// <param name="cancelable">The cancelable, or null.</param>
    public static void CancelIfNotNull(this ICancelable? cancelable) => cancelable?.Cancel();
}
