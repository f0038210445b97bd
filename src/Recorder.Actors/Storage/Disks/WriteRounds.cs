namespace Recorder.Actors.Storage;

/// <summary>
/// Writes what comes while it writes in the next round, so that many wait for the disk as long as one. Whoever asked is told when its own is durable. Safe
/// to use from any thread.
/// </summary>
/// <param name="write">Writes a round; says of each item why it could not be written, or null. May throw: then nothing of the round was written.</param>
internal sealed class WriteRounds<T>(Func<IReadOnlyList<T>, Task<IReadOnlyList<Exception?>>> write)
{
    private readonly Lock _gate = new();
    private List<(T Item, TaskCompletionSource Written)> _waiting = [];
    private bool _isWriting;

    /// <returns>Ends when the item is durable, or fails with why it could not be written.</returns>
    public Task WriteAsync(T item)
    {
        var written = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            _waiting.Add((item, written));
            if (_isWriting)
                return written.Task;

            _isWriting = true;
        }

        // Behind what waits for the thread pool already: when a take starts its recorders, all of them are started first and written together then.
        _ = Task.Factory.StartNew(RunAsync, CancellationToken.None, TaskCreationOptions.PreferFairness, TaskScheduler.Default);
        return written.Task;
    }

    private async Task RunAsync()
    {
        while (Next() is { Count: > 0 } round)
        {
            IReadOnlyList<Exception?> failures;
            try
            {
                failures = await write([.. round.Select(entry => entry.Item)]).ConfigureAwait(false);
            }
#pragma warning disable CA1031 // Whoever waits for the round is told.
            catch (Exception failed)
#pragma warning restore CA1031
            {
                failures = [.. round.Select(_ => failed)];
            }

            foreach (var ((_, written), failure) in round.Zip(failures))
            {
                if (failure is null)
                    written.SetResult();
                else
                    written.SetException(failure);
            }
        }
    }

    private List<(T Item, TaskCompletionSource Written)> Next()
    {
        lock (_gate)
        {
            var round = _waiting;
            _waiting = [];
            _isWriting = round.Count > 0;
            return round;
        }
    }
}
