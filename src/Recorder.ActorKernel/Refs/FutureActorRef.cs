using Recorder.ActorKernel.Dispatch.SysMsg;
using Recorder.ActorKernel.Event;

namespace Recorder.ActorKernel;

/// <summary>Stands in for who asks: the first message that it gets completes the task.</summary>
/// <typeparam name="T">The type of the answer.</typeparam>
/// <remarks>Its path, and its place under <c>/temp</c>, exist only when somebody looks at the path.</remarks>
public class FutureActorRef<T> : MinimalActorRef
{
    private readonly TaskCompletionSource<T> _result;
    private readonly IActorRefProvider _provider;
    private ActorPath? _path;
    private List<IInternalActorRef>? _watchers;

    /// <summary>A reference.</summary>
    /// <param name="result">The task.</param>
    /// <param name="provider">The provider.</param>
    public FutureActorRef(TaskCompletionSource<T> result, IActorRefProvider provider)
    {
        _result = result;
        _provider = provider;
    }

    /// <inheritdoc/>
    public override IActorRefProvider Provider => _provider;

    /// <inheritdoc/>
    public override IInternalActorRef Parent => _provider.TempContainer;

    /// <inheritdoc/>
    public override bool IsTerminated => _result.Task.IsCompleted;

    /// <inheritdoc/>
    public override ActorPath Path
    {
        get
        {
            if (_path is null)
            {
                var path = _provider.TempPath();
                if (Interlocked.CompareExchange(ref _path, path, null) is null)
                {
                    _provider.RegisterTempActor(this, path);
                    if (_result.Task.IsCompleted)
                        Unregister();
                }
            }

            return _path;
        }
    }

    /// <summary>Sends the question.</summary>
    /// <param name="message">The question.</param>
    /// <param name="destination">To whom.</param>
    public virtual void DeliverAsk(object message, ICanTell destination) => destination.Tell(message, this);

    /// <inheritdoc/>
    public override void SendSystemMessage(ISystemMessage message)
    {
        switch (message)
        {
            case Watch watch when watch.Watchee.Equals(this):
                lock (_result)
                {
                    if (!_result.Task.IsCompleted)
                    {
                        (_watchers ??= []).Add(watch.Watcher);
                        break;
                    }
                }

                watch.Watcher.SendSystemMessage(new DeathWatchNotification(this, true, false));
                break;
            case Unwatch unwatch:
                lock (_result)
                    _watchers?.Remove(unwatch.Watcher);
                break;
        }
    }

    /// <summary>Called when the task has ended.</summary>
    internal void Unregister()
    {
        // Nobody can watch, and nobody can send to its path, who has not looked at the path.
        if (Volatile.Read(ref _path) is not { } path)
            return;
        _provider.UnregisterTempActor(path);
        List<IInternalActorRef>? watchers;
        lock (_result)
            (watchers, _watchers) = (_watchers, null);
        foreach (var watcher in watchers ?? [])
            watcher.SendSystemMessage(new DeathWatchNotification(this, true, false));
    }

    /// <inheritdoc/>
    protected override void TellInternal(object message, IActorRef sender)
    {
        var wanted = true;
        var completed = message switch
        {
            ISystemMessage => _result.TrySetException(new InvalidOperationException(
                $"system message of type '{message.GetType().Name}' is invalid for {nameof(FutureActorRef<>)}")),
            T answer => _result.TrySetResult(answer),
            null => _result.TrySetResult(default!),
            Status.Failure failure => _result.TrySetException(
                failure.Cause ?? new TaskCanceledException("Task cancelled by actor via Failure message.")),
            _ => Refuse(message, out wanted),
        };
        if (completed)
            Unregister();
        if ((!completed || !wanted) && !_result.Task.IsCanceled && (message ?? default(T)) is { } lost)
            _provider.DeadLetters.Tell(lost, this);
    }

    private bool Refuse(object message, out bool wanted)
    {
        wanted = false;
        return _result.TrySetException(new ArgumentException(
            $"Received message of type [{message.GetType()}] - Ask expected message of type [{typeof(T)}]"));
    }
}
