using System.Runtime.ExceptionServices;
using Recorder.ActorKernel.Dispatch.SysMsg;
using Recorder.ActorKernel.Event;
using Recorder.ActorKernel.Internal;

namespace Recorder.ActorKernel;

public partial class ActorCell
{
    private IActorRef? _perpetrator;
    private Exception? _recreateCause;

    private bool IsFailed => _perpetrator is not null;

    private void CreateActor(ActorInitializationException? failure)
    {
        if (failure is not null)
            throw failure;
        try
        {
            var created = NewActor();
            _actor = created;
            created.AroundPreStart();
            if (_receiveTimeout is not null)
                CheckReceiveTimeout();
            if (SystemImpl.Settings.DebugLifecycle)
                Publish(new Debug(_self.Path.ToString(), created.GetType(), $"Started ({created})"));
        }
        catch (Exception e)
        {
            if (_actor is not null)
            {
                ClearActor();
                _actor = null; // so that a restart knows that there was nothing to restart
            }

            throw new ActorInitializationException(_self, "Exception during creation", e);
        }
    }

    private void FaultRecreate(Exception cause)
    {
        if (_actor is null)
        {
            Publish(new Error(null, _self.Path.ToString(), ActorType, $"Changing Recreate into Create after {cause}"));
            FaultCreate();
            return;
        }

        if (!IsNormal)
        {
            FaultResume(null); // keeps the suspend counter balanced
            return;
        }

        var failed = _actor;
        if (SystemImpl.Settings.DebugLifecycle)
            Publish(new Debug(_self.Path.ToString(), failed.GetType(), "Restarting"));
        var message = CurrentMessage;
        _timers?.CancelAll();
        try
        {
            failed.AroundPreRestart(cause, message!);
        }
        catch (Exception e)
        {
            Publish(new Error(
                new PreRestartException(_self, e, cause, message), _self.Path.ToString(), failed.GetType(), e.Message));
        }
        finally
        {
            CleanIncarnation(failed);
            ClearActor();
        }

        _recreateCause = cause;
        if (!SetChildrenTerminationReason(WaitReason.Recreation))
            FinishRecreate(cause, failed);
    }

    private void FaultSuspend()
    {
        _mailbox.Suspend();
        SuspendChildren();
    }

    private void FaultResume(Exception? causedByFailure)
    {
        if (_actor is null)
        {
            Publish(new Error(null, _self.Path.ToString(), ActorType, $"Changing Resume into Create after {causedByFailure}"));
            FaultCreate();
            return;
        }

        var perpetrator = _perpetrator;
        _mailbox.Resume();
        if (causedByFailure is not null)
            _perpetrator = null;
        ResumeChildren(causedByFailure, perpetrator);
    }

    private void FaultCreate()
    {
        SetReceiveTimeout(null);
        StopChildren();
        if (!SetChildrenTerminationReason(WaitReason.Creation))
            FinishCreate();
    }

    private void FinishCreate()
    {
        _mailbox.Resume();
        _perpetrator = null;
        try
        {
            CreateActor(null);
        }
        catch (Exception e)
        {
            HandleInvokeFailure(e);
        }
    }

    private void FinishRecreate(Exception cause, ActorBase? failed)
    {
        // Those that live on are restarted after this actor; those that the new instance makes are not.
        var survivors = GetChildren().ToList();
        try
        {
            _mailbox.Resume();
            _perpetrator = null; // in any case, so that a failure from here on is reported
            var fresh = NewActor();
            _actor = fresh; // before PostRestart has a chance to fail
            fresh.AroundPostRestart(cause, null!);
            if (_receiveTimeout is not null)
                CheckReceiveTimeout();
            if (SystemImpl.Settings.DebugLifecycle)
                Publish(new Debug(_self.Path.ToString(), fresh.GetType(), $"Restarted ({fresh})"));
            foreach (var survivor in survivors)
                survivor.Restart(cause);
        }
        catch (Exception e)
        {
            ClearActor(); // so that PreRestart is not called again
            HandleInvokeFailure(new PostRestartException(_self, e, cause), survivors);
        }
    }

    private void TerminateActor()
    {
        SetReceiveTimeout(null);
        UnwatchWatchedActors(); // before the children stop, so that no Terminated of theirs becomes a dead letter
        StopChildren();
        var before = IsTerminating;
        if (SetChildrenTerminationReason(WaitReason.Termination))
        {
            if (before)
                return;
            _closedToChildren = true;
            _mailbox.Suspend(); // no user message is handled while the children stop
            _perpetrator = _self; // no failure is reported any more
            if (SystemImpl.Settings.DebugLifecycle)
                Publish(new Debug(_self.Path.ToString(), ActorType, "Stopping"));
        }
        else if (!_terminated)
        {
            _children?.Close();
            FinishTerminate();
        }
    }

    private void FinishTerminate()
    {
        // A parent that watches gets the notice as a parent first, and Terminated after it: keep this order.
        var actor = _actor;
        _closedToChildren = true;
        _terminated = true;
        _timers?.CancelAll();
        try
        {
            if (actor is not null)
            {
                actor.AroundPostStop();
                CleanIncarnation(actor);
            }
        }
        catch (Exception x)
        {
            Publish(new Error(x, _self.Path.ToString(), ActorType, x.Message));
        }
        finally
        {
            _timers?.CancelAll();
            _mailbox.Close();
            _mailbox.CleanUp();
            Dispatcher.Detach(this);
            Parent.SendSystemMessage(new DeathWatchNotification(_self, existenceConfirmed: true, addressTerminated: false));
            TellWatchersWeDied();
            UnwatchWatchedActors();
            if (SystemImpl.Settings.DebugLifecycle)
                Publish(new Debug(_self.Path.ToString(), ActorType, "Stopped"));
            ClearActor();
            _actor = null;
            _timers = null;
            Props = SystemImpl.TerminatedProps;
        }
    }

    /// <summary>Ends what belongs to one instance: its timers, its stash, its disposables.</summary>
    private void CleanIncarnation(ActorBase actor)
    {
        try
        {
            _timers?.CancelAll();
            if (actor is IActorStash { Stash: { } stash })
                stash.UnstashAll();
            Props.Release(actor);
        }
        catch (Exception e)
        {
            Publish(new Error(e, _self.Path.ToString(), actor.GetType(), e.Message));
        }
    }

    private void HandleInvokeFailure(Exception cause, IReadOnlyCollection<IActorRef>? childrenNotToSuspend = null)
    {
        if (IsFailed)
            return;
        try
        {
            // Nothing more is handled until the supervisor has decided.
            _mailbox.Suspend();
            if (CurrentMessage is Failed)
            {
                var failedChild = Sender;
                childrenNotToSuspend = [.. childrenNotToSuspend ?? [], failedChild];
                _perpetrator = failedChild;
            }
            else
            {
                _perpetrator = _self;
            }

            SuspendChildren(childrenNotToSuspend);
            Parent.SendSystemMessage(new Failed(_self, cause, _self.Path.Uid));
        }
        catch (Exception e)
        {
            Publish(new Error(
                e, _self.Path.ToString(), ActorType, $"Emergency stop: exception in failure handling for {cause}"));
            try
            {
                StopChildren();
            }
            finally
            {
                FinishTerminate();
            }
        }
    }

    private void HandleFailed(Failed failure)
    {
        CurrentMessage = failure;
        Sender = failure.Child;
        if (_children?.Find(failure.Child) is { } stats)
        {
            if (stats.Uid == failure.Uid)
            {
                if (!_actor!.SupervisorStrategyInternal.HandleFailure(this, failure.Child, failure.Cause, stats, _children.Stats))
                    ExceptionDispatchInfo.Throw(failure.Cause);
            }
            else
            {
                Publish(new Debug(
                    _self.Path.ToString(),
                    ActorType,
                    $"Dropping Failed({failure.Cause}) from old child {failure.Child} (uid={stats.Uid} != {failure.Uid})"));
            }
        }
        else
        {
            Publish(new Debug(_self.Path.ToString(), ActorType, $"Dropping Failed({failure.Cause}) from unknown child {failure.Child}"));
        }
    }
}
