using Recorder.ActorKernel.Dispatch;
using Recorder.ActorKernel.Dispatch.SysMsg;
using Recorder.ActorKernel.Internal;

namespace Recorder.ActorKernel;

/// <summary>A reference with a cell behind it.</summary>
public abstract class ActorRefWithCell : InternalActorRefBase
{
    /// <summary>The cell.</summary>
    public abstract ICell Underlying { get; }

    /// <summary>The children.</summary>
    public abstract IEnumerable<IActorRef> Children { get; }

    /// <summary>A child by name.</summary>
    /// <param name="name">The name, with <c>#uid</c> where wanted.</param>
    /// <returns>The child, or nobody.</returns>
    public abstract IInternalActorRef GetSingleChild(string name);
}

/// <summary>A reference to an actor in this process.</summary>
public class LocalActorRef : ActorRefWithCell
{
    private readonly ActorPath _path;
    private readonly ActorCell _cell;

    // Senders read this and nothing of the cell, which its own actor writes to all the time.
    private readonly Mailbox? _mailbox;

    /// <summary>A reference with a new cell; call Start to create the actor.</summary>
    /// <param name="system">The system.</param>
    /// <param name="props">How to make the actor.</param>
    /// <param name="dispatcher">Who gives it its turns.</param>
    /// <param name="mailboxType">The type of its mailbox.</param>
    /// <param name="supervisor">Its parent.</param>
    /// <param name="path">Its path.</param>
    public LocalActorRef(
        ActorSystemImpl system,
        Props props,
        MessageDispatcher dispatcher,
        MailboxType mailboxType,
        IInternalActorRef supervisor,
        ActorPath path)
    {
        System = system;
        Props = props;
        Dispatcher = dispatcher;
        MailboxType = mailboxType;
        Supervisor = supervisor;
        _path = path;
        _cell = NewActorCell(system, this, props, dispatcher, supervisor);
        _cell.Init(sendSupervise: true, mailboxType);
        _mailbox = _cell.GetType() == typeof(ActorCell) ? _cell.Mailbox : null;
    }

    /// <summary>The cell.</summary>
    public ActorCell Cell => _cell;

    /// <inheritdoc/>
    public override ICell Underlying => _cell;

    /// <inheritdoc/>
    public override ActorPath Path => _path;

    /// <inheritdoc/>
    public override IActorRefProvider Provider => _cell.SystemImpl.Provider;

    /// <inheritdoc/>
    public override IInternalActorRef Parent => _cell.Parent;

    /// <inheritdoc/>
    public override IEnumerable<IActorRef> Children => _cell.GetChildren();

    /// <inheritdoc/>
    public override bool IsTerminated => _cell.IsTerminated;

    /// <inheritdoc/>
    public override bool IsLocal => true;

    /// <summary>The system.</summary>
    protected ActorSystem System { get; }

    /// <summary>How the actor is made.</summary>
    protected Props Props { get; }

    /// <summary>Who gives the actor its turns.</summary>
    protected MessageDispatcher Dispatcher { get; }

    /// <summary>The type of its mailbox.</summary>
    protected MailboxType MailboxType { get; }

    /// <summary>Its parent.</summary>
    protected IInternalActorRef Supervisor { get; }

    /// <inheritdoc/>
    public override void Start() => _cell.Start();

    /// <inheritdoc/>
    public override void Suspend() => _cell.Suspend();

    /// <inheritdoc/>
    public override void Resume(Exception? causedByFailure = null) => _cell.Resume(causedByFailure);

    /// <inheritdoc/>
    public override void Stop() => _cell.Stop();

    /// <inheritdoc/>
    public override void Restart(Exception cause) => _cell.Restart(cause);

    /// <inheritdoc/>
    public override void SendSystemMessage(ISystemMessage message) => _cell.SendSystemMessage(message);

    /// <inheritdoc/>
    public override IInternalActorRef GetSingleChild(string name) => _cell.GetSingleChild(name);

    /// <inheritdoc/>
    public override IActorRef GetChild(IReadOnlyList<string> name)
    {
        IInternalActorRef current = this;
        for (var i = 0; i < name.Count; i++)
        {
            if (current is not ActorRefWithCell withCell)
                return current.GetChild([.. name.Skip(i)]);
            current = name[i] switch
            {
                ".." => withCell.Parent,
                "" => withCell,
                var child => withCell.GetSingleChild(child),
            };
            if (current.IsNobody())
                return ActorRefs.Nobody;
        }

        return current;
    }

    /// <inheritdoc/>
    protected override void TellInternal(object message, IActorRef sender)
    {
        if (_mailbox is null || message is null)
            _cell.SendMessage(sender, message!);
        else
            _mailbox.Post(message, sender);
    }

    /// <summary>Makes the cell.</summary>
    /// <param name="system">The system.</param>
    /// <param name="self">This reference.</param>
    /// <param name="props">How to make the actor.</param>
    /// <param name="dispatcher">Who gives it its turns.</param>
    /// <param name="supervisor">Its parent.</param>
    /// <returns>The cell.</returns>
    protected virtual ActorCell NewActorCell(
        ActorSystemImpl system, IInternalActorRef self, Props props, MessageDispatcher dispatcher, IInternalActorRef supervisor) =>
        new(system, self, props, dispatcher, supervisor);
}
