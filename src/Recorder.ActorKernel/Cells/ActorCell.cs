using Recorder.ActorKernel.Dispatch;
using Recorder.ActorKernel.Dispatch.SysMsg;
using Recorder.ActorKernel.Event;
using Recorder.ActorKernel.Internal;

namespace Recorder.ActorKernel;

/// <summary>What stands around an actor: its mailbox, behaviour, children, watches and failures.</summary>
[System.Diagnostics.DebuggerDisplay("{Self,nq}")]
public partial class ActorCell : IUntypedActorContext, ICell
{
    /// <summary>The uid of a path that names no incarnation.</summary>
    public const int UndefinedUid = 0;

    [ThreadStatic]
    private static ActorCell? _current;

    private static long _lastUid = Random.Shared.Next();

    private readonly IInternalActorRef _self;
    private readonly bool _logsReceive;
    private readonly Stack<Receive> _behaviors = new(2);
    private ActorBase? _actor;
    private Receive _behavior = static _ => false;
    private Mailbox _mailbox = null!;
    private Type? _plainType;
    private TimerScheduler? _timers;
    private bool _terminated;

    /// <summary>A cell.</summary>
    /// <param name="system">The system.</param>
    /// <param name="self">The reference of the actor.</param>
    /// <param name="props">How it is made.</param>
    /// <param name="dispatcher">Who gives it its turns.</param>
    /// <param name="parent">Its parent.</param>
    public ActorCell(
        ActorSystemImpl system, IInternalActorRef self, Props props, MessageDispatcher dispatcher, IInternalActorRef parent)
    {
        SystemImpl = system;
        _logsReceive = system.Settings.AddLoggingReceive;
        _self = self;
        Props = props;
        Dispatcher = dispatcher.ForActor();
        Parent = parent;
    }

    /// <inheritdoc cref="IActorContext.System"/>
    public ActorSystem System => SystemImpl;

    /// <inheritdoc/>
    public ActorSystemImpl SystemImpl { get; }

    /// <inheritdoc cref="IActorContext.Props"/>
    public Props Props { get; private set; }

    /// <inheritdoc cref="IActorContext.Self"/>
    public IActorRef Self => _self;

    /// <inheritdoc cref="ICell.Parent"/>
    public IInternalActorRef Parent { get; }

    /// <inheritdoc/>
    public MessageDispatcher Dispatcher { get; }

    /// <summary>The message that is being handled.</summary>
    public object? CurrentMessage { get; private set; }

    /// <inheritdoc/>
    public IActorRef Sender
    {
        get => field ?? SystemImpl.DeadLetters;
        private set;
    }

    /// <summary>The mailbox; that of dead letters when the actor has stopped.</summary>
    public Mailbox Mailbox => _terminated && _mailbox.IsClosed ? SystemImpl.Mailboxes.DeadLetterMailbox : _mailbox;

    /// <summary>The actor itself; null when it is not there.</summary>
    internal ActorBase? Actor => _actor;

    /// <inheritdoc/>
    public bool IsLocal => true;

    /// <inheritdoc/>
    public bool HasMessages => _mailbox.HasMessages;

    /// <inheritdoc/>
    public int NumberOfMessages => _mailbox.NumberOfMessages;

    /// <inheritdoc/>
    public bool IsTerminated => _mailbox.IsClosed;

    /// <summary>Counts the messages the actor has handled.</summary>
    public int CurrentEnvelopeId { get; private set; }

    IActorRef IActorContext.Parent => Parent;

    internal static ActorCell? Current => _current;

    internal bool IsIdle => _mailbox.IsIdle;

    internal long Turns => _mailbox.Turns;

    private Type ActorType => _actor?.GetType() ?? GetType();

    /// <summary>The actor that runs on this thread; null when none does.</summary>
    /// <returns>The reference.</returns>
    public static IActorRef? GetCurrentSelfOrNoSender() => _current?._self;

    /// <summary>Whose message is being handled on this thread; null when none is.</summary>
    /// <returns>The reference.</returns>
    public static IActorRef? GetCurrentSenderOrNoSender() => _current?.Sender;

    internal static long NewUid()
    {
        var uid = Interlocked.Increment(ref _lastUid) & int.MaxValue;
        return uid == UndefinedUid ? NewUid() : uid;
    }

    internal static ActorCell? Exchange(ActorCell? next)
    {
        ref var current = ref _current;
        var before = current;
        current = next;
        return before;
    }

    /// <summary>Makes the mailbox; its first message creates the actor.</summary>
    /// <param name="sendSupervise">Whether the parent is told.</param>
    /// <param name="mailboxType">The type of the mailbox.</param>
    public void Init(bool sendSupervise, MailboxType mailboxType)
    {
        var queue = mailboxType.Create(Self, System);
        _mailbox = new Mailbox(queue);
        _mailbox.SetActor(this);
        StashCapacity = Props.Deploy.StashCapacity >= 0 ? Props.Deploy.StashCapacity : mailboxType.StashCapacity;
        _creation = new Create();
        if (sendSupervise && SystemImpl.Settings.DebugLifecycle)
            Parent.SendSystemMessage(new Supervise(_self, async: false));
    }

    /// <summary>Lets the actor begin.</summary>
    public virtual void Start()
    {
        if (Interlocked.Exchange(ref _creation, null) is { } creation)
            SendSystemMessage(creation);
    }

    private Create? _creation;

    internal int StashCapacity { get; private set; }

    /// <summary>Suspends the actor and its children.</summary>
    public void Suspend() => SendSystemMessage(new Suspend());

    /// <summary>Resumes the actor and its children.</summary>
    /// <param name="causedByFailure">The failure that suspended them, if any.</param>
    public void Resume(Exception? causedByFailure) => SendSystemMessage(new Resume(causedByFailure));

    /// <summary>Restarts the actor.</summary>
    /// <param name="cause">Why.</param>
    public void Restart(Exception cause) => SendSystemMessage(new Recreate(cause));

    /// <summary>Stops the actor.</summary>
    public void Stop() => SendSystemMessage(new Terminate());

    /// <summary>Enqueues a message.</summary>
    /// <param name="sender">Who sends it.</param>
    /// <param name="message">The message.</param>
    /// <exception cref="ArgumentNullException">The message is null.</exception>
    public virtual void SendMessage(IActorRef? sender, object message)
    {
        if (message is null)
            throw new ArgumentNullException(nameof(message), "The message cannot be null.");
        _mailbox.Post(message, sender);
    }

    /// <summary>Enqueues a message.</summary>
    /// <param name="message">The message.</param>
    public virtual void SendMessage(Envelope message) => SendMessage(message.Sender, message.Message);

    /// <summary>Enqueues a message of the runtime.</summary>
    /// <param name="systemMessage">The message.</param>
    public virtual void SendSystemMessage(ISystemMessage systemMessage)
    {
        if (!_mailbox.PostSystem((SystemMessage)systemMessage) && systemMessage is not RunActorTask)
            SystemImpl.DeadLetters.Tell(new DeadLetter(systemMessage, _self, _self), _self);
    }

    /// <inheritdoc/>
    public void Become(Receive receive)
    {
        if (_behaviors.Count > 1) // the first behaviour stays below, as in Akka.NET
            _behaviors.Pop();
        BecomeStacked(receive);
    }

    /// <inheritdoc/>
    public void BecomeStacked(Receive receive)
    {
        _behaviors.Push(receive);
        _behavior = receive;
    }

    /// <inheritdoc/>
    public void UnbecomeStacked()
    {
        if (_behaviors.Count > 1)
            _behaviors.Pop();
        _behavior = _behaviors.Peek();
    }

    void IUntypedActorContext.Become(UntypedReceive receive) => Become(Adapt(receive));

    void IUntypedActorContext.BecomeStacked(UntypedReceive receive) => BecomeStacked(Adapt(receive));

    /// <inheritdoc/>
    public ActorSelection ActorSelection(string actorPath) => ActorRefFactoryShared.ActorSelection(actorPath, System, _self);

    /// <inheritdoc/>
    public ActorSelection ActorSelection(ActorPath actorPath) => ActorRefFactoryShared.ActorSelection(actorPath, System);

    /// <summary>Runs an action as if this actor ran on the current thread.</summary>
    /// <param name="action">The action.</param>
    public void UseThreadContext(Action action)
    {
        var before = Exchange(this);
        try
        {
            action();
        }
        finally
        {
            Exchange(before);
        }
    }

    /// <summary>Handles a message at once on the current thread.</summary>
    /// <param name="envelope">The message.</param>
    public void Invoke(Envelope envelope) => UseThreadContext(() => Invoke(envelope.Message, envelope.Sender));

    /// <summary>Gives a message to the actor on the current thread; what it throws comes back. For test references.</summary>
    /// <param name="envelope">The message.</param>
    public void ReceiveMessageForTest(Envelope envelope)
    {
        CurrentMessage = envelope.Message;
        Sender = envelope.Sender;
        try
        {
            UseThreadContext(() => ReceiveMessage(envelope.Message));
        }
        finally
        {
            CurrentMessage = null;
            Sender = SystemImpl.DeadLetters;
        }
    }

    internal void Invoke(object message, IActorRef? sender)
    {
        try
        {
            CurrentMessage = message;
            CurrentEnvelopeId++;
            Sender = sender!;
            if (_receiveTimeout is not null)
            {
                InvokeWithTimeout(message);
            }
            else
            {
                var type = message.GetType();
                if (ReferenceEquals(type, _plainType))
                    ReceiveMessage(message);
                else
                    InvokeByType(message, type);
                if (_receiveTimeout is not null)
                    CheckReceiveTimeout();
            }

            if (_perpetrator is null) // an asynchronous handler may have failed already: a restart wants its message
                CurrentMessage = null;
        }
        catch (Exception cause)
        {
            HandleInvokeFailure(cause);
        }
    }

    /// <summary>Gives a message to the actor's behaviour.</summary>
    /// <param name="message">The message.</param>
    protected internal virtual void ReceiveMessage(object message)
    {
        var handled = _actor!.InvokeAroundReceive(_behavior, message);
        if (_logsReceive && _actor is ILogReceive)
        {
            Publish(new Debug(
                _self.Path.ToString(),
                ActorType,
                $"received {(handled ? "handled" : "unhandled")} message {message} from {Sender.Path}"));
        }
    }

    /// <summary>Handles a message that the runtime knows.</summary>
    /// <param name="envelope">The message.</param>
    protected internal virtual void AutoReceiveMessage(Envelope envelope)
    {
        var message = envelope.Message;
        if (SystemImpl.Settings.DebugAutoReceive)
            Publish(new Debug(_self.Path.ToString(), ActorType, $"received AutoReceiveMessage {message}"));
        switch (message)
        {
            case TimerMessage timer:
                ReceiveTimer(timer);
                break;
            case Terminated terminated:
                ReceivedTerminated(terminated);
                break;
            case Kill:
                throw new ActorKilledException("Kill");
            case PoisonPill:
                _self.Stop();
                break;
            case ActorSelectionMessage selection:
                new ActorSelection(_self, selection.Elements).Tell(selection.Message, Sender);
                break;
            case Identify identify:
                Sender.Tell(new ActorIdentity(identify.MessageId, _self), _self);
                break;
        }
    }

    internal TimerScheduler NewTimers() => _timers = new TimerScheduler(this);

    internal void Prepend(IReadOnlyList<Envelope> envelopes) => _mailbox.Prepend(envelopes);

    internal void Publish(LogEvent logEvent)
    {
        try
        {
            SystemImpl.EventStream.Publish(logEvent);
        }
        catch (Exception)
        {
            // a log event that cannot be published must not fail an actor
        }
    }

    private static Receive Adapt(UntypedReceive receive) => message =>
    {
        receive(message);
        return true;
    };

    private void InvokeByType(object message, Type type)
    {
        if (message is IAutoReceivedMessage)
        {
            AutoReceiveMessage(new Envelope(message, Sender));
            return;
        }

        _plainType = type;
        ReceiveMessage(message);
    }

    private void ReceiveTimer(TimerMessage timer)
    {
        if (_timers is null || !_timers.TryUnwrap(timer, out var message))
            return;
        CurrentMessage = message;
        if (message is IAutoReceivedMessage)
            AutoReceiveMessage(new Envelope(message, Sender));
        else
            ReceiveMessage(message);
    }

    private ActorBase NewActor()
    {
        _behaviors.Clear();
        _timers = null;
        var actor = CreateNewActorInstance()
            ?? throw new ActorInitializationException(_self, "NewActor produced null");
        actor.Attach(_self);
        if (Props.SupervisorStrategy is { } strategy)
            actor.SupervisorStrategyInternal = strategy;
        return actor;
    }

    /// <summary>Makes the actor as its props say.</summary>
    /// <returns>The actor.</returns>
    protected virtual ActorBase CreateNewActorInstance()
    {
        var actor = Props.NewActor();
        if (actor is null)
            return null!;
        if (actor is IActorStash stashing)
            stashing.Stash = this.CreateStash(stashing);
        if (_timers is null && actor is IWithTimers timed) // the producer gave the same instance again
            timed.Timers = NewTimers();
        if (actor is IInitializableActor initializable)
            initializable.Init();
        return actor;
    }

    private void ClearActor()
    {
        if (_actor is null)
            return;
        _behaviors.Clear();
        _behavior = static _ => false;
        EndTasks();
        CurrentMessage = null;
    }
}
