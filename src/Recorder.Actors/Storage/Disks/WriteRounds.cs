namespace Recorder.Actors.Storage;

/// <summary>
/// Writes what comes while it writes in the next round, so that many wait for the disk as long as one. Whoever asked is told when its own is durable. Safe
/// to use from any thread.
/// </summary>
/// <param name="write">Writes a round; says of each item why it could not be written, or null. May throw: then nothing of the round was written.</param>
internal sealed class WriteRounds<T>(Func<IReadOnlyList<T>, Task<IReadOnlyList<Exception?>>> write)
{
    // A command passes as many actors to its recorder.
    private const int Turns = 4;

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

        _ = RunAsync();
        return written.Task;
    }

    private async Task RunAsync()
    {
        // Behind what waits for the thread pool, and what that makes it do: when a take starts its recorders, they are started first and then written together.
        // Nothing waits where nothing else is to be done.
        for (var turn = 0; turn < Turns; turn++)
            await Task.Factory.StartNew(static () => { }, CancellationToken.None, TaskCreationOptions.PreferFairness, TaskScheduler.Default).ConfigureAwait(false);

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
