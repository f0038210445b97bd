using Recorder.ActorKernel.Dispatch.SysMsg;
using Recorder.ActorKernel.Event;

namespace Recorder.ActorKernel;

public partial class ActorCell
{
    // The value is the message to send instead of Terminated; null for Terminated itself.
    private Dictionary<IActorRef, object?>? _watching;
    private Dictionary<IActorRef, object?>? _terminatedQueued;
    private HashSet<IActorRef>? _watchedBy;

    /// <inheritdoc/>
    public IActorRef Watch(IActorRef subject) => Watch(subject, null);

    /// <inheritdoc/>
    public IActorRef WatchWith(IActorRef subject, object message)
    {
        ArgumentNullException.ThrowIfNull(message);
        return Watch(subject, message);
    }

    /// <inheritdoc/>
    public IActorRef Unwatch(IActorRef subject)
    {
        var watchee = (IInternalActorRef)subject;
        if (!watchee.Equals(_self) && _watching is not null && _watching.Remove(watchee))
            watchee.SendSystemMessage(new Unwatch(watchee, _self));
        _terminatedQueued?.Remove(watchee);
        return watchee;
    }

    internal void TerminatedQueuedFor(IActorRef subject, object? custom) => (_terminatedQueued ??= [])[subject] = custom;

    /// <summary>Handles a <see cref="Terminated"/> that was queued for a watch that still stands.</summary>
    /// <param name="terminated">The message.</param>
    protected void ReceivedTerminated(Terminated terminated)
    {
        if (_terminatedQueued is null || !_terminatedQueued.Remove(terminated.ActorRef, out var custom))
            return;
        if (custom is not null)
            CurrentMessage = custom;
        ReceiveMessage(custom ?? terminated);
    }

    /// <summary>Handles the end of an actor that is watched or a child.</summary>
    /// <param name="actor">The actor.</param>
    /// <param name="existenceConfirmed">Whether it is known to have existed.</param>
    /// <param name="addressTerminated">Whether its whole node is gone.</param>
    protected void WatchedActorTerminated(IActorRef actor, bool existenceConfirmed, bool addressTerminated)
    {
        if (_watching is not null && _watching.Remove(actor, out var custom) && !IsTerminating)
        {
            // Unwatch may come between here and the delivery: then the entry is gone and the message is dropped.
            TerminatedQueuedFor(actor, custom);
            _self.Tell(new Terminated(actor, existenceConfirmed, addressTerminated), actor);
        }

        if (_children is not null && _children.Contains(actor))
            HandleChildTerminated(actor);
    }

    /// <summary>Tells those who watch that this actor has stopped. The parent knows already.</summary>
    protected void TellWatchersWeDied()
    {
        if (_watchedBy is null)
            return;
        foreach (var watcher in _watchedBy)
        {
            if (!watcher.Equals(Parent))
                ((IInternalActorRef)watcher).SendSystemMessage(new DeathWatchNotification(_self, true, false));
        }

        _watchedBy = null;
    }

    private IActorRef Watch(IActorRef subject, object? custom)
    {
        var watchee = (IInternalActorRef)subject;
        if (watchee.Equals(_self) || _watching?.ContainsKey(watchee) == true)
            return watchee;
        (_watching ??= []).Add(watchee, custom);
        watchee.SendSystemMessage(new Watch(watchee, _self));
        return watchee;
    }

    private void UnwatchWatchedActors()
    {
        if (_watching is { Count: > 0 } watching)
        {
            _watching = null;
            foreach (var watchee in watching.Keys)
                ((IInternalActorRef)watchee).SendSystemMessage(new Unwatch((IInternalActorRef)watchee, _self));
        }

        _terminatedQueued = null;
    }

    private void AddWatcher(IInternalActorRef watchee, IInternalActorRef watcher)
    {
        var watcheeIsSelf = watchee.Equals(_self);
        var watcherIsSelf = watcher.Equals(_self);
        if (watcheeIsSelf && !watcherIsSelf)
        {
            if ((_watchedBy ??= []).Add(watcher) && SystemImpl.Settings.DebugLifecycle)
                Publish(new Debug(_self.Path.ToString(), ActorType, $"now watched by {watcher}"));
        }
        else if (!watcheeIsSelf && watcherIsSelf)
        {
            Watch(watchee);
        }
        else
        {
            Publish(new Warning(_self.Path.ToString(), ActorType, $"BUG: illegal Watch({watchee},{watcher}) for {_self}"));
        }
    }

    private void RemoveWatcher(IInternalActorRef watchee, IInternalActorRef watcher)
    {
        var watcheeIsSelf = watchee.Equals(_self);
        var watcherIsSelf = watcher.Equals(_self);
        if (watcheeIsSelf && !watcherIsSelf)
        {
            if (_watchedBy?.Remove(watcher) == true && SystemImpl.Settings.DebugLifecycle)
                Publish(new Debug(_self.Path.ToString(), ActorType, $"no longer watched by {watcher}"));
        }
        else if (!watcheeIsSelf && watcherIsSelf)
        {
            Unwatch(watchee);
        }
        else
        {
            Publish(new Warning(_self.Path.ToString(), ActorType, $"BUG: illegal Unwatch({watchee},{watcher}) for {_self}"));
        }
    }
}
