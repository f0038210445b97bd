using System.Collections.Concurrent;
using Recorder.ActorKernel.Dispatch.SysMsg;
using Recorder.ActorKernel.Event;

namespace Recorder.ActorKernel;

/// <summary>A reference to a path where nobody is: what it gets becomes a dead letter.</summary>
/// <param name="provider">The provider.</param>
/// <param name="path">The path.</param>
/// <param name="eventStream">Where dead letters are published.</param>
public class EmptyLocalActorRef(IActorRefProvider provider, ActorPath path, EventStream eventStream) : MinimalActorRef
{
    /// <inheritdoc/>
    public override ActorPath Path => path;

    /// <inheritdoc/>
    public override IActorRefProvider Provider => provider;

    /// <inheritdoc/>
    public override bool IsTerminated => true;

    internal EventStream EventStream => eventStream;

    /// <inheritdoc/>
    public override void SendSystemMessage(ISystemMessage message) => SpecialHandle(message, provider.DeadLetters);

    /// <inheritdoc/>
    protected override void TellInternal(object message, IActorRef sender)
    {
        if (message is null)
            throw new InvalidMessageException();
        if (message is DeadLetter letter)
            SpecialHandle(letter.Message, letter.Sender);
        else if (!SpecialHandle(message, sender))
            eventStream.Publish(new DeadLetter(message, OrDeadLetters(sender), this));
    }

    /// <summary>Handles what even nobody answers: watches and questions for identity.</summary>
    /// <param name="message">The message.</param>
    /// <param name="sender">Its sender.</param>
    /// <returns>Whether it was handled.</returns>
    protected virtual bool SpecialHandle(object message, IActorRef? sender)
    {
        switch (message)
        {
            case Watch watch:
                if (watch.Watchee.Equals(this) && !watch.Watcher.Equals(this))
                    watch.Watcher.SendSystemMessage(new DeathWatchNotification(watch.Watchee, false, false));
                return true;
            case Unwatch:
                return true;
            case Identify identify:
                sender?.Tell(new ActorIdentity(identify.MessageId, null), this);
                return true;
            case ActorSelectionMessage { Message: Identify identify } selection:
                if (!selection.WildCardFanOut)
                    sender?.Tell(new ActorIdentity(identify.MessageId, null), this);
                return true;
            case ActorSelectionMessage selection:
                if (!selection.WildCardFanOut)
                    eventStream.Publish(new DeadLetter(selection.Message, OrDeadLetters(sender), this));
                return true;
            case IDeadLetterSuppression:
                eventStream.Publish(new SuppressedDeadLetter(message, OrDeadLetters(sender), this));
                return true;
            default:
                return false;
        }
    }

    internal IActorRef OrDeadLetters(IActorRef? sender) => sender.IsNobody() ? provider.DeadLetters : sender;
}

/// <summary>Where messages go that nobody gets: publishes <see cref="DeadLetter"/>.</summary>
/// <param name="provider">The provider.</param>
/// <param name="path">Its path.</param>
/// <param name="eventStream">Where dead letters are published.</param>
public class DeadLetterActorRef(IActorRefProvider provider, ActorPath path, EventStream eventStream)
    : EmptyLocalActorRef(provider, path, eventStream)
{
    /// <inheritdoc/>
    public override bool IsTerminated => false;

    /// <inheritdoc/>
    protected override void TellInternal(object message, IActorRef sender)
    {
        switch (message)
        {
            case null:
                throw new InvalidMessageException();
            case Identify identify:
                sender?.Tell(new ActorIdentity(identify.MessageId, ActorRefs.Nobody), this);
                break;
            case DeadLetter letter:
                if (!SpecialHandle(letter.Message, letter.Sender))
                    EventStream.Publish(letter);
                break;
            default:
                if (!SpecialHandle(message, sender))
                    EventStream.Publish(new DeadLetter(message, OrDeadLetters(sender), this));
                break;
        }
    }

    /// <inheritdoc/>
    protected override bool SpecialHandle(object message, IActorRef? sender)
    {
        if (message is not Watch watch)
            return base.SpecialHandle(message, sender);
        if (!watch.Watchee.Equals(this) && !watch.Watcher.Equals(this))
            watch.Watcher.SendSystemMessage(new DeathWatchNotification(watch.Watchee, false, false));
        return true;
    }
}

/// <summary>Drops what it gets.</summary>
/// <param name="provider">The provider.</param>
internal sealed class IgnoreActorRef(IActorRefProvider provider) : MinimalActorRef
{
    public override ActorPath Path { get; } = new RootActorPath(new Address("akka", "local")) / "ignore";

    public override IActorRefProvider Provider => provider;
}

/// <summary>A place in the tree without an actor, such as <c>/temp</c>.</summary>
/// <param name="provider">The provider.</param>
/// <param name="path">Its path.</param>
/// <param name="parent">Its parent.</param>
public class VirtualPathContainer(IActorRefProvider provider, ActorPath path, IInternalActorRef parent) : MinimalActorRef
{
    private readonly ConcurrentDictionary<string, IInternalActorRef> _children = new();

    /// <inheritdoc/>
    public override ActorPath Path => path;

    /// <inheritdoc/>
    public override IActorRefProvider Provider => provider;

    /// <inheritdoc/>
    public override IInternalActorRef Parent => parent;

    /// <summary>Whether it has children.</summary>
    public bool HasChildren => !_children.IsEmpty;

    /// <summary>Adds a child.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="actor">The child.</param>
    public void AddChild(string name, IInternalActorRef actor) => _children[name] = actor;

    /// <summary>Removes a child.</summary>
    /// <param name="name">Its name.</param>
    public void RemoveChild(string name) => _children.TryRemove(name, out _);

    /// <summary>Does something with each child.</summary>
    /// <param name="action">What.</param>
    public void ForEachChild(Action<IInternalActorRef> action)
    {
        foreach (var child in _children.Values)
            action(child);
    }

    /// <inheritdoc/>
    public override IActorRef GetChild(IReadOnlyList<string> name)
    {
        if (name.Count == 0 || name[0].Length == 0)
            return this;
        if (!_children.TryGetValue(name[0], out var child))
            return ActorRefs.Nobody;
        return name.Count == 1 ? child : child.GetChild([.. name.Skip(1)]);
    }
}
