namespace Recorder.Actors.Capture;

/// <summary>Streams sent to this node, each with at most one sender and one reader. Safe to use from any thread.</summary>
internal sealed class PushStreams
{
    private const int MostStreams = 256;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, PushSession> _senders = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<TaskCompletionSource<PushSession>>> _waiting = new(StringComparer.Ordinal);

    /// <summary>Returns null if the stream is already being sent, or if too many streams are.</summary>
    public PushSession? TryBegin(string name)
    {
        lock (_gate)
        {
            if (_senders.Count >= MostStreams || _senders.ContainsKey(name))
                return null;

            var session = new PushSession(ended => Remove(name, ended));
            _senders[name] = session;
            if (_waiting.Remove(name, out var waiting))
            {
                foreach (var reader in waiting)
                {
                    if (!session.IsTaken && reader.TrySetResult(session))
                        session.IsTaken = true;
                    else if (!reader.Task.IsCompleted)
                        Wait(name, reader);
                }
            }

            return session;
        }
    }

    public Task<PushSession> TakeAsync(string name, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_senders.TryGetValue(name, out var session) && !session.IsTaken)
            {
                session.IsTaken = true;
                return Task.FromResult(session);
            }

            var reader = new TaskCompletionSource<PushSession>(TaskCreationOptions.RunContinuationsAsynchronously);
            Wait(name, reader);
            cancellationToken.Register(() =>
            {
                lock (_gate)
                {
                    if (reader.TrySetCanceled(cancellationToken) && _waiting.TryGetValue(name, out var list) && list.Remove(reader) && list.Count == 0)
                        _waiting.Remove(name);
                }
            });
            return reader.Task;
        }
    }

    private void Wait(string name, TaskCompletionSource<PushSession> reader)
    {
        if (!_waiting.TryGetValue(name, out var list))
            _waiting[name] = list = [];

        list.Add(reader);
    }

    private void Remove(string name, PushSession ended)
    {
        lock (_gate)
        {
            if (_senders.TryGetValue(name, out var current) && current == ended)
                _senders.Remove(name);
        }
    }
}
