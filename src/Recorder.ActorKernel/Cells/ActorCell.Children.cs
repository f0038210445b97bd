using Recorder.ActorKernel.Event;
using Recorder.ActorKernel.Internal;

namespace Recorder.ActorKernel;

public partial class ActorCell
{
    private ChildrenContainer? _children;
    private long _nextName;
    private bool _closedToChildren;

    /// <summary>Whether the actor stops or has stopped.</summary>
    protected bool IsTerminating => _closedToChildren || _terminated || _children?.IsTerminating == true;

    /// <summary>Whether the actor waits for no child.</summary>
    protected bool IsNormal => !_terminated && _children?.IsNormal != false;

    private bool IsWaitingForChildren => _children?.IsWaitingForChildren == true;

    internal ChildrenContainer Children
    {
        get
        {
            if (_children is null)
                Interlocked.CompareExchange(ref _children, new ChildrenContainer(), null);
            return _children;
        }
    }

    /// <inheritdoc/>
    public virtual IActorRef ActorOf(Props props, string? name = null) => MakeChild(props, name, systemService: false);

    /// <summary>Makes a child; for the guardians.</summary>
    /// <param name="props">How to make it.</param>
    /// <param name="isSystemService">Whether it belongs to the runtime.</param>
    /// <param name="name">Its name.</param>
    /// <returns>Its reference.</returns>
    public virtual IActorRef AttachChild(Props props, bool isSystemService, string? name = null) =>
        MakeChild(props, name, isSystemService);

    /// <inheritdoc/>
    public IActorRef Child(string name) => GetSingleChild(name);

    /// <inheritdoc/>
    public IInternalActorRef GetSingleChild(string name)
    {
        var hash = name.IndexOf('#', StringComparison.Ordinal);
        var uid = UndefinedUid + 0L;
        if (hash >= 0)
        {
            if (!long.TryParse(name[(hash + 1)..], out uid))
                return ActorRefs.Nobody;
            name = name[..hash];
        }

        var child = _children?.Find(name);
        return child is null || (uid != UndefinedUid && uid != child.Path.Uid) ? ActorRefs.Nobody : child;
    }

    /// <inheritdoc/>
    public IEnumerable<IInternalActorRef> GetChildren() =>
        _children is null ? [] : [.. _children.Stats.Select(s => s.Child)];

    IEnumerable<IActorRef> IActorContext.GetChildren() => GetChildren();

    /// <inheritdoc/>
    public void Stop(IActorRef child)
    {
        if (_children is not null && _children.Contains(child))
            _children.ShallDie(child);
        ((IInternalActorRef)child).Stop();
    }

    private static void CheckName(string name)
    {
        if (name.Length == 0)
            throw new InvalidActorNameException("Actor name must not be empty.");
        if (!ActorPath.IsValidPathElement(name))
        {
            throw new InvalidActorNameException(
                $"Illegal actor name [{name}]. Actor paths MUST: not start with `$`, include only ASCII letters and can only contain these special characters: ${ActorPath.ValidSymbols}.");
        }
    }

    private IInternalActorRef MakeChild(Props props, string? name, bool systemService)
    {
        ArgumentNullException.ThrowIfNull(props);
        if (name is not null)
            CheckName(name);
        if (IsTerminating)
            throw new InvalidOperationException("Cannot create child while terminating or terminated");
        return Attach(name ?? NextName(), (self, childName) => (LocalActorRef)SystemImpl.Provider.ActorOf(
            SystemImpl, props, self, new ChildActorPath(self.Path, childName, NewUid()), systemService));
    }

    /// <summary>Makes a child and starts it. Its name is free of checks: the runtime's own names begin with <c>$</c>.</summary>
    internal LocalActorRef Attach(string name, Func<IInternalActorRef, string, LocalActorRef> make)
    {
        Children.Reserve(name);
        LocalActorRef child;
        try
        {
            child = make(_self, name);
        }
        catch
        {
            Children.Unreserve(name);
            throw;
        }

        Children.Add(child);
        child.Start();
        return child;
    }

    private string NextName()
    {
        const string Digits = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+~";
        var number = Interlocked.Increment(ref _nextName) - 1;
        Span<char> text = stackalloc char[16];
        var length = 0;
        text[length++] = '$';
        do
        {
            text[length++] = Digits[(int)(number & 63)];
            number >>= 6;
        }
        while (number > 0);
        return text[..length].ToString();
    }

    private void HandleChildTerminated(IActorRef child)
    {
        var waitedFor = _children!.Remove(child);
        if (_actor is not null)
        {
            try
            {
                _actor.SupervisorStrategyInternal.HandleChildTerminated(this, child, GetChildren());
            }
            catch (Exception e)
            {
                Publish(new Error(e, _self.Path.ToString(), ActorType, "HandleChildTerminated failed"));
                HandleInvokeFailure(e);
            }
        }

        switch (waitedFor)
        {
            case WaitReason.Recreation:
                FinishRecreate(_recreateCause!, _actor);
                break;
            case WaitReason.Creation:
                FinishCreate();
                break;
            case WaitReason.Termination:
                FinishTerminate();
                break;
        }
    }

    private void SuspendChildren(IReadOnlyCollection<IActorRef>? except = null)
    {
        foreach (var child in GetChildren())
        {
            if (except is null || !except.Contains(child))
                child.Suspend();
        }
    }

    private void ResumeChildren(Exception? causedByFailure, IActorRef? perpetrator)
    {
        foreach (var child in GetChildren())
            child.Resume(child.Equals(perpetrator) ? causedByFailure : null);
    }

    private void StopChildren()
    {
        foreach (var child in GetChildren())
            Stop(child);
    }

    private bool SetChildrenTerminationReason(WaitReason reason) => _children is not null && _children.WaitFor(reason);
}
