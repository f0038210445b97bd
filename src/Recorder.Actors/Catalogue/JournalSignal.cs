namespace Recorder.Actors.Catalogue;

/// <summary>Wakes those who wait for the journal to grow: one object for all, replaced whenever it does.</summary>
internal sealed class JournalSignal
{
    private readonly Lock _gate = new();
    private TaskCompletionSource _grown = New();
    private long _last;

    public long Last => Interlocked.Read(ref _last);

    public void Set(long last)
    {
        TaskCompletionSource grown;
        lock (_gate)
        {
            if (last <= _last)
            {
                return;
            }

            _last = last;
            (grown, _grown) = (_grown, New());
        }

        grown.SetResult();
    }

    /// <summary>Ends when there is more than <paramref name="after"/>.</summary>
    public async Task WaitAsync(long after, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task grown;
            lock (_gate)
            {
                if (_last > after)
                {
                    return;
                }

                grown = _grown.Task;
            }

            await grown.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
