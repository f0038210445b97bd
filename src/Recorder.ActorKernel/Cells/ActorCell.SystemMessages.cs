using Recorder.ActorKernel.Dispatch.SysMsg;
using Recorder.ActorKernel.Event;

namespace Recorder.ActorKernel;

public partial class ActorCell
{
    private List<SystemMessage>? _heldBack;

    private enum Restraint
    {
        None = 0,
        Suspended = 1,
        WaitingForChildren = 2,
    }

    private Restraint CurrentRestraint =>
        IsWaitingForChildren ? Restraint.WaitingForChildren
        : _mailbox.IsSuspended() ? Restraint.Suspended
        : Restraint.None;

    /// <summary>Handles system messages, the earliest first. What the state does not allow yet is held back.</summary>
    internal void InvokeAll(SystemMessage? messages)
    {
        var todo = new Queue<SystemMessage>();
        while (messages is not null)
        {
            var next = messages.Next;
            messages.Next = null;
            todo.Enqueue(messages);
            messages = next;
        }

        var restraint = CurrentRestraint;
        while (todo.TryDequeue(out var message))
        {
            try
            {
                if (IsHeldBack(message, restraint))
                    (_heldBack ??= []).Add(message);
                else
                    Handle(message);
            }
            catch (Exception cause)
            {
                HandleInvokeFailure(cause);
            }

            var now = CurrentRestraint;
            if (now < restraint && _heldBack is { Count: > 0 } held)
            {
                _heldBack = null;
                foreach (var released in held)
                    todo.Enqueue(released);
            }

            restraint = now;
            if (!_terminated)
                continue;
            foreach (var rest in todo)
            {
                if (rest is not RunActorTask)
                    SystemImpl.DeadLetters.Tell(new DeadLetter(rest, _self, _self), _self);
            }

            return;
        }
    }

    private static bool IsHeldBack(SystemMessage message, Restraint restraint) => restraint switch
    {
        Restraint.WaitingForChildren => message.StashWhenWaitingForChildren,
        Restraint.Suspended => message.StashWhenFailed,
        _ => false,
    };

    private void Handle(SystemMessage message)
    {
        switch (message)
        {
            case RunActorTask task:
                RunPiece(task);
                break;
            case Failed failed:
                HandleFailed(failed);
                break;
            case DeathWatchNotification notification:
                WatchedActorTerminated(notification.Actor, notification.ExistenceConfirmed, notification.AddressTerminated);
                break;
            case Create create:
                CreateActor(create.Failure);
                break;
            case Dispatch.SysMsg.Watch watch:
                AddWatcher(watch.Watchee, watch.Watcher);
                break;
            case Dispatch.SysMsg.Unwatch unwatch:
                RemoveWatcher(unwatch.Watchee, unwatch.Watcher);
                break;
            case Recreate recreate:
                FaultRecreate(recreate.Cause);
                break;
            case Dispatch.SysMsg.Suspend:
                FaultSuspend();
                break;
            case Dispatch.SysMsg.Resume resume:
                FaultResume(resume.CausedByFailure);
                break;
            case Terminate:
                TerminateActor();
                break;
            case Supervise supervise:
                if (!IsTerminating)
                    Publish(new Debug(_self.Path.ToString(), ActorType, $"now supervising {supervise.Child.Path}"));
                break;
            default:
                throw new NotSupportedException($"Unknown message {message.GetType().Name}");
        }
    }
}
