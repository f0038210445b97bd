namespace Recorder.Actors.Storage;

/// <summary>
/// The jobs of one thread, in order. The thread sleeps until there is one. A <c>BlockingCollection</c> spins before it sleeps, which costs as much as a few
/// dozen jobs a second do.
/// </summary>
internal sealed class JobQueue
{
    private readonly Queue<Action> _jobs = [];
    private bool _isComplete;

    public int Count
    {
        get
        {
            lock (_jobs)
                return _jobs.Count;
        }
    }

    /// <returns>False when no more jobs are accepted.</returns>
    public bool TryAdd(Action job)
    {
        lock (_jobs)
        {
            if (_isComplete)
                return false;

            _jobs.Enqueue(job);
            // Its thread takes all that there are before it sleeps again.
            if (_jobs.Count == 1)
                Monitor.Pulse(_jobs);

            return true;
        }
    }

    /// <summary>Accepts no more jobs; those that are queued are still taken.</summary>
    public void Complete()
    {
        lock (_jobs)
        {
            _isComplete = true;
            Monitor.Pulse(_jobs);
        }
    }

    /// <summary>Waits for the next job. Called by the queue's one thread.</summary>
    /// <returns>Null when the queue is complete and empty.</returns>
    public Action? Take()
    {
        lock (_jobs)
        {
            while (_jobs.Count == 0 && !_isComplete)
                Monitor.Wait(_jobs);

            return _jobs.TryDequeue(out var job) ? job : null;
        }
    }
}
