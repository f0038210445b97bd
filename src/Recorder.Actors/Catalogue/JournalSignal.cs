namespace Recorder.Actors.Catalogue;

/// <summary>All callers wait for one task, which is replaced at every new entry.</summary>
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
                return;

            _last = last;
            (grown, _grown) = (_grown, New());
        }

        grown.SetResult();
    }

    public async Task WaitAsync(long after, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task grown;
            lock (_gate)
            {
                if (_last > after)
                    return;

                grown = _grown.Task;
            }

            await grown.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
