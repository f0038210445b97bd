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
        if (message is Watch watch && watch.Watchee.Equals(this) && _result.Task.IsCompleted)
            watch.Watcher.SendSystemMessage(new DeathWatchNotification(this, true, false));
    }

    internal void Unregister()
    {
        if (Volatile.Read(ref _path) is { } path)
            _provider.UnregisterTempActor(path);
    }

    /// <inheritdoc/>
    protected override void TellInternal(object message, IActorRef sender)
    {
        var completed = message switch
        {
            T answer => _result.TrySetResult(answer),
            null => _result.TrySetResult(default!),
            Status.Failure failure => _result.TrySetException(
                failure.Cause ?? new TaskCanceledException("Task cancelled by actor via Failure message.")),
            _ => _result.TrySetException(new ArgumentException(
                $"Received message of type [{message.GetType()}] - Ask expected message of type [{typeof(T)}]")),
        };
        if (completed)
            Unregister();
        else if (!_result.Task.IsCanceled)
            _provider.DeadLetters.Tell(new DeadLetter(message!, sender ?? _provider.DeadLetters, this), this);
    }
}
