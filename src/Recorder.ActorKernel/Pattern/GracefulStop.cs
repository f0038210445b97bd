using Recorder.ActorKernel.Dispatch.SysMsg;

namespace Recorder.ActorKernel;

/// <summary>Stopping an actor and waiting for it.</summary>
public static class GracefulStopSupport
{
    /// <summary>Sends <see cref="PoisonPill"/> and waits for the end.</summary>
    /// <param name="target">Whom.</param>
    /// <param name="timeout">How long to wait at most.</param>
    /// <returns>True when it has stopped, false when it has not in that time.</returns>
    public static Task<bool> GracefulStop(this IActorRef target, TimeSpan timeout) =>
        GracefulStop(target, timeout, PoisonPill.Instance);

    /// <summary>Sends a message that makes an actor stop, and waits for the end.</summary>
    /// <param name="target">Whom.</param>
    /// <param name="timeout">How long to wait at most.</param>
    /// <param name="stopMessage">The message.</param>
    /// <returns>True when it has stopped, false when it has not in that time.</returns>
    public static async Task<bool> GracefulStop(this IActorRef target, TimeSpan timeout, object stopMessage)
    {
        using var limit = new CancellationTokenSource(timeout);
        var stopped = target.WatchAsync(limit.Token);
        target.Tell(stopMessage, ActorRefs.NoSender);
        return await stopped.ConfigureAwait(false);
    }
}

/// <summary>Waiting for an actor to stop.</summary>
public static class WatchAsyncSupport
{
    /// <summary>Waits for an actor to stop.</summary>
    /// <param name="target">Whom.</param>
    /// <param name="token">Ends the wait.</param>
    /// <returns>True when it has stopped, false when the wait was ended before.</returns>
    public static async Task<bool> WatchAsync(this IActorRef target, CancellationToken token = default)
    {
        try
        {
            return await DeathWatcher.Watch((IInternalActorRef)target, token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}

/// <summary>Watches one actor for a task.</summary>
internal sealed class DeathWatcher : MinimalActorRef
{
    private readonly TaskCompletionSource<bool> _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly IInternalActorRef _target;

    private DeathWatcher(IInternalActorRef target)
    {
        _target = target;
        Path = target.Provider.TempPath();
    }

    public override ActorPath Path { get; }

    public override IActorRefProvider Provider => _target.Provider;

    public static async Task<bool> Watch(IInternalActorRef target, CancellationToken token)
    {
        var watcher = new DeathWatcher(target);
        await using var registration = token.UnsafeRegister(
            static (state, ended) => ((DeathWatcher)state!)._stopped.TrySetCanceled(ended), watcher).ConfigureAwait(false);
        target.SendSystemMessage(new Watch(target, watcher));
        try
        {
            return await watcher._stopped.Task.ConfigureAwait(false);
        }
        finally
        {
            if (!watcher._stopped.Task.IsCompletedSuccessfully)
                target.SendSystemMessage(new Unwatch(target, watcher));
        }
    }

    public override void SendSystemMessage(ISystemMessage message)
    {
        if (message is DeathWatchNotification notification && notification.Actor.Equals(_target))
            _stopped.TrySetResult(true);
    }
}
