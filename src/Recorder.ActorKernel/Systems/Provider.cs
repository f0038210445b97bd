using Recorder.ActorKernel.Dispatch.SysMsg;
using Recorder.ActorKernel.Event;
using Recorder.ActorKernel.Internal;

namespace Recorder.ActorKernel;

/// <summary>Makes and resolves references.</summary>
public interface IActorRefProvider
{
    /// <summary><c>/</c>.</summary>
    IInternalActorRef RootGuardian { get; }

    /// <summary><c>/user</c>.</summary>
    LocalActorRef Guardian { get; }

    /// <summary><c>/system</c>.</summary>
    LocalActorRef SystemGuardian { get; }

    /// <summary><c>/deadLetters</c>.</summary>
    IActorRef DeadLetters { get; }

    /// <summary>A reference that drops what it gets.</summary>
    IActorRef IgnoreRef { get; }

    /// <summary>The path of the root.</summary>
    ActorPath RootPath { get; }

    /// <summary>The address of the system.</summary>
    Address DefaultAddress { get; }

    /// <summary>The settings.</summary>
    Settings Settings { get; }

    /// <summary><c>/temp</c>, where the references of asks are.</summary>
    IInternalActorRef TempContainer { get; }

    /// <summary>Ends when the root has stopped.</summary>
    Task TerminationTask { get; }

    /// <summary>Makes a reference with a cell.</summary>
    /// <param name="system">The system.</param>
    /// <param name="props">How to make the actor.</param>
    /// <param name="supervisor">Its parent.</param>
    /// <param name="path">Its path.</param>
    /// <param name="systemService">Whether it belongs to the runtime.</param>
    /// <returns>The reference, not started.</returns>
    IInternalActorRef ActorOf(
        ActorSystemImpl system, Props props, IInternalActorRef supervisor, ActorPath path, bool systemService);

    /// <summary>The reference at a path.</summary>
    /// <param name="path">The path as text.</param>
    /// <returns>The reference; one to nobody when nobody is there.</returns>
    IActorRef ResolveActorRef(string path);

    /// <summary>The reference at a path.</summary>
    /// <param name="actorPath">The path.</param>
    /// <returns>The reference; one to nobody when nobody is there.</returns>
    IActorRef ResolveActorRef(ActorPath actorPath);

    /// <summary>The root at an address.</summary>
    /// <param name="address">The address.</param>
    /// <returns>The root, or dead letters for another address.</returns>
    IActorRef RootGuardianAt(Address address);

    /// <summary>A new path under <c>/temp</c>.</summary>
    /// <returns>The path.</returns>
    ActorPath TempPath();

    /// <summary>Makes a reference findable under <c>/temp</c>.</summary>
    /// <param name="actorRef">The reference.</param>
    /// <param name="path">Its path.</param>
    void RegisterTempActor(IInternalActorRef actorRef, ActorPath path);

    /// <summary>Ends that.</summary>
    /// <param name="path">Its path.</param>
    void UnregisterTempActor(ActorPath path);

    /// <summary>A reference that completes a task with the first message that it gets.</summary>
    /// <typeparam name="T">The type of the message.</typeparam>
    /// <param name="tcs">The task.</param>
    /// <returns>The reference.</returns>
    FutureActorRef<T> CreateFutureRef<T>(TaskCompletionSource<T> tcs);
}

/// <summary>Makes and resolves the references of one process.</summary>
public sealed class LocalActorRefProvider : IActorRefProvider
{
    private readonly ActorSystemImpl _system;
    private readonly VirtualPathContainer _temp;
    private readonly RootGuardianSupervisor _bubble;
    private long _tempNumber;

    internal LocalActorRefProvider(ActorSystemImpl system)
    {
        _system = system;
        DefaultAddress = new Address("akka", system.Name);
        RootPath = new RootActorPath(DefaultAddress);
        DeadLetters = new DeadLetterActorRef(this, RootPath / "deadLetters", system.EventStream);
        IgnoreRef = new IgnoreActorRef(this);
        _bubble = new RootGuardianSupervisor(this, RootPath / "bubble-walker");
        _temp = null!;
        RootGuardian = null!;
        Guardian = null!;
        SystemGuardian = null!;
        system.DeadLettersRef = DeadLetters;

        var root = new RootGuardianActorRef(system, this, _bubble);
        RootGuardian = root;
        _temp = new VirtualPathContainer(this, RootPath / "temp", root);
        root.Temp = _temp;
    }

    /// <inheritdoc/>
    public IInternalActorRef RootGuardian { get; }

    /// <inheritdoc/>
    public LocalActorRef Guardian { get; private set; }

    /// <inheritdoc/>
    public LocalActorRef SystemGuardian { get; private set; }

    /// <inheritdoc/>
    public IActorRef DeadLetters { get; }

    /// <inheritdoc/>
    public IActorRef IgnoreRef { get; }

    /// <inheritdoc/>
    public ActorPath RootPath { get; }

    /// <inheritdoc/>
    public Address DefaultAddress { get; }

    /// <inheritdoc/>
    public Settings Settings => _system.Settings;

    /// <inheritdoc/>
    public IInternalActorRef TempContainer => _temp;

    /// <inheritdoc/>
    public Task TerminationTask => _bubble.Terminated;

    internal Exception? CauseOfTermination => _bubble.CauseOfTermination;

    internal void Start()
    {
        var root = (LocalActorRef)RootGuardian;
        root.Start();
        var strategy = SupervisorStrategyConfigurator.CreateConfigurator(Settings.SupervisorStrategyClass).Create();
        Guardian = (LocalActorRef)root.Cell.AttachChild(
            Props.Create<GuardianActor>().WithSupervisorStrategy(strategy), isSystemService: true, "user");
        var user = Guardian;
        SystemGuardian = (LocalActorRef)root.Cell.AttachChild(
            Props.Create(() => new SystemGuardianActor(user)), isSystemService: true, "system");
        SystemGuardian.SendSystemMessage(new Watch(user, SystemGuardian));
        root.SendSystemMessage(new Watch(SystemGuardian, root));
    }

    /// <inheritdoc/>
    public IInternalActorRef ActorOf(
        ActorSystemImpl system, Props props, IInternalActorRef supervisor, ActorPath path, bool systemService)
    {
        var dispatcher = system.Dispatchers.Lookup(props.Deploy.Dispatcher);
        var mailbox = system.Mailboxes.GetMailboxType(props, dispatcher.Configurator.Config);
        return new LocalActorRef(system, props, dispatcher, mailbox, supervisor, path);
    }

    /// <inheritdoc/>
    public IActorRef ResolveActorRef(string path) => ActorPath.TryParse(path, out var parsed)
        ? ResolveActorRef(parsed)
        : DeadLetters;

    /// <inheritdoc/>
    public IActorRef ResolveActorRef(ActorPath actorPath)
    {
        if (actorPath.Root != RootPath)
            return DeadLetters;
        List<string> names = [.. actorPath.Elements];
        if (names.Count > 0 && actorPath.Uid != ActorCell.UndefinedUid)
            names[^1] = $"{names[^1]}#{actorPath.Uid}";
        var found = RootGuardian.GetChild(names);
        return found.IsNobody() ? new EmptyLocalActorRef(this, actorPath, _system.EventStream) : found;
    }

    /// <inheritdoc/>
    public IActorRef RootGuardianAt(Address address) => address == RootPath.Address ? RootGuardian : DeadLetters;

    /// <inheritdoc/>
    public ActorPath TempPath() => _temp.Path / $"$t{Interlocked.Increment(ref _tempNumber):x}";

    /// <inheritdoc/>
    public void RegisterTempActor(IInternalActorRef actorRef, ActorPath path) => _temp.AddChild(path.Name, actorRef);

    /// <inheritdoc/>
    public void UnregisterTempActor(ActorPath path) => _temp.RemoveChild(path.Name);

    /// <inheritdoc/>
    public FutureActorRef<T> CreateFutureRef<T>(TaskCompletionSource<T> tcs) => new(tcs, this);
}

/// <summary><c>/</c>, which knows some names that are no actors.</summary>
internal sealed class RootGuardianActorRef(ActorSystemImpl system, LocalActorRefProvider provider, IInternalActorRef bubble)
    : LocalActorRef(
        system,
        Props.Create<GuardianActor>().WithSupervisorStrategy(
            new OneForOneStrategy(static _ => Directive.Stop, loggingEnabled: true)),
        system.Dispatchers.DefaultGlobalDispatcher,
        system.Mailboxes.Lookup("unbounded"),
        bubble,
        provider.RootPath)
{
    public VirtualPathContainer? Temp { get; set; }

    public override IActorRefProvider Provider => provider;

    public override IInternalActorRef Parent => this;

    public override IInternalActorRef GetSingleChild(string name) => name switch
    {
        "temp" => Temp!,
        "deadLetters" => (IInternalActorRef)provider.DeadLetters,
        _ => base.GetSingleChild(name),
    };
}

/// <summary>Stands above the root: learns that it has stopped, and why.</summary>
internal sealed class RootGuardianSupervisor(IActorRefProvider provider, ActorPath path) : MinimalActorRef
{
    private readonly TaskCompletionSource _terminated = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Terminated => _terminated.Task;

    public Exception? CauseOfTermination { get; private set; }

    public override ActorPath Path => path;

    public override IActorRefProvider Provider => provider;

    public override void SendSystemMessage(ISystemMessage message)
    {
        switch (message)
        {
            case Failed failed:
                CauseOfTermination = failed.Cause;
                ((IInternalActorRef)failed.Child).Stop();
                break;
            case DeathWatchNotification:
                _terminated.TrySetResult();
                break;
        }
    }
}

/// <summary>The actor at <c>/</c> and <c>/user</c>.</summary>
internal sealed class GuardianActor : ActorBase
{
    protected override bool Receive(object message)
    {
        switch (message)
        {
            case Terminated:
                Context.Stop(Self);
                break;
            case StopChild stop:
                Context.Stop(stop.Child);
                break;
            default:
                Context.System.DeadLetters.Tell(new DeadLetter(message, Sender, Self), Sender);
                break;
        }

        return true;
    }

    protected override void PreStart()
    {
        // nothing to start: overridden so that a restart keeps the children
    }

    protected override void PreRestart(Exception reason, object message)
    {
        // the children of a guardian outlive a failure of the guardian
    }
}

/// <summary>The actor at <c>/system</c>: stops after <c>/user</c>, when those that registered have done their part.</summary>
internal sealed class SystemGuardianActor(IActorRef userGuardian) : ActorBase
{
    private readonly HashSet<IActorRef> _hooks = [];

    protected override bool Receive(object message)
    {
        switch (message)
        {
            case Terminated terminated when terminated.ActorRef.Equals(userGuardian):
                Context.Become(Terminating);
                foreach (var hook in _hooks)
                    hook.Tell(TerminationHook.Instance);
                StopWhenDone();
                break;
            case Terminated terminated:
                _hooks.Remove(terminated.ActorRef);
                break;
            case StopChild stop:
                Context.Stop(stop.Child);
                break;
            case RegisterTerminationHook when !Sender.Equals(Context.System.DeadLetters):
                _hooks.Add(Sender);
                Context.Watch(Sender);
                break;
            default:
                Context.System.DeadLetters.Tell(new DeadLetter(message, Sender, Self), Sender);
                break;
        }

        return true;
    }

    protected override void PreRestart(Exception reason, object message)
    {
        // the children of a guardian outlive a failure of the guardian
    }

    private bool Terminating(object message)
    {
        switch (message)
        {
            case Terminated terminated:
                _hooks.Remove(terminated.ActorRef);
                StopWhenDone();
                break;
            case TerminationHookDone:
                _hooks.Remove(Sender);
                StopWhenDone();
                break;
            default:
                Context.System.DeadLetters.Tell(new DeadLetter(message, Sender, Self), Sender);
                break;
        }

        return true;
    }

    private void StopWhenDone()
    {
        if (_hooks.Count == 0)
            Context.Stop(Self);
    }
}
