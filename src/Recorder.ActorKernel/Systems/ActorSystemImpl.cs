using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.RegularExpressions;
using Recorder.ActorKernel.Configuration;
using Recorder.ActorKernel.Dispatch;
using Recorder.ActorKernel.Dispatch.SysMsg;
using Recorder.ActorKernel.Event;
using Recorder.ActorKernel.Setup;

namespace Recorder.ActorKernel.Internal;

/// <summary>The system.</summary>
public partial class ActorSystemImpl : ExtendedActorSystem
{
    private readonly ConcurrentDictionary<Type, Lazy<object>> _extensions = new();
    private readonly Stack<Action> _onTermination = new();
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource _terminated = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly LocalActorRefProvider _provider;
    private bool _started;
    private bool _callbacksRun;

    /// <summary>A system as the defaults say; call Start.</summary>
    /// <param name="name">Its name.</param>
    public ActorSystemImpl(string name)
        : this(name, ConfigurationFactory.Default(), ActorSystemSetup.Empty)
    {
    }

    /// <summary>A system; call Start.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="config">Its configuration.</param>
    /// <param name="setup">Its setup.</param>
    public ActorSystemImpl(string name, Config config, ActorSystemSetup setup)
    {
        ArgumentNullException.ThrowIfNull(config);
        if (!ValidName().IsMatch(name))
        {
            throw new ArgumentException(
                $"Invalid ActorSystem name [{name}], must contain only word characters (i.e. [a-zA-Z0-9] plus non-leading '-')",
                nameof(name));
        }

        Name = name;
        Settings = new Settings(this, config, setup);
        EventStream = new EventStream(Settings.DebugEventStream);
        EventStream.SetLogLevel(Logging.LogLevelFor(Settings.LogLevel));
        Log = new BusLogging(EventStream, $"ActorSystem({name})", GetType(), SemanticLogMessageFormatter.Instance);
        Scheduler = MakeScheduler();
        Dispatchers = new Dispatchers(this);
        Mailboxes = new Mailboxes(this);
        _provider = new LocalActorRefProvider(this);
    }

    /// <inheritdoc/>
    public override string Name { get; }

    /// <inheritdoc/>
    public override Settings Settings { get; }

    /// <inheritdoc/>
    public override EventStream EventStream { get; }

    /// <inheritdoc/>
    public override ILoggingAdapter Log { get; }

    /// <inheritdoc/>
    public override IScheduler Scheduler { get; }

    /// <inheritdoc/>
    public override Dispatchers Dispatchers { get; }

    /// <inheritdoc/>
    public override Mailboxes Mailboxes { get; }

    /// <inheritdoc/>
    public override IActorRefProvider Provider => _provider;

    /// <inheritdoc/>
    public override IActorRef DeadLetters => DeadLettersRef;

    /// <inheritdoc/>
    public override IActorRef IgnoreRef => _provider.IgnoreRef;

    /// <inheritdoc/>
    public override IInternalActorRef Guardian => _provider.Guardian;

    /// <inheritdoc/>
    public override IInternalActorRef LookupRoot => _provider.RootGuardian;

    /// <inheritdoc/>
    public override IInternalActorRef SystemGuardian => _provider.SystemGuardian;

    /// <inheritdoc/>
    public override Task WhenTerminated => _terminated.Task;

    internal IActorRef DeadLettersRef { get; set; } = null!;

    internal Props TerminatedProps { get; } = new TerminatedProps();

    /// <summary>Starts the guardians, the loggers and the configured extensions.</summary>
    public void Start()
    {
        if (!_started)
        {
            _started = true;
            _provider.Start();
            EventStream.StartUnsubscriber(this);
            _ = FinishWhenRootStopsAsync();
            StartLoggers();
            LoadExtensions();
        }

        if (Settings.LogConfigOnStart)
            Log.Info(Settings.ToString());
    }

    /// <inheritdoc/>
    public override IActorRef ActorOf(Props props, string? name = null) =>
        _provider.Guardian.Cell.AttachChild(props, isSystemService: false, name);

    /// <inheritdoc/>
    public override IActorRef SystemActorOf(Props props, string? name = null) =>
        _provider.SystemGuardian.Cell.AttachChild(props, isSystemService: true, name);

    /// <inheritdoc/>
    public override IActorRef SystemActorOf<TActor>(string? name = null) => SystemActorOf(Props.Create<TActor>(), name);

    /// <inheritdoc/>
    public override ActorSelection ActorSelection(ActorPath actorPath) => ActorRefFactoryShared.ActorSelection(actorPath, this);

    /// <inheritdoc/>
    public override ActorSelection ActorSelection(string actorPath) =>
        ActorRefFactoryShared.ActorSelection(actorPath, this, _provider.RootGuardian);

    /// <inheritdoc/>
    public override void Stop(IActorRef actor)
    {
        var parent = actor.Path.Parent;
        if (parent is not null && parent == Guardian.Path)
            Guardian.Tell(new StopChild(actor), ActorRefs.NoSender);
        else if (parent is not null && parent == SystemGuardian.Path)
            SystemGuardian.Tell(new StopChild(actor), ActorRefs.NoSender);
        else
            ((IInternalActorRef)actor).Stop();
    }

    /// <inheritdoc/>
    public override Task Terminate()
    {
        if (Settings.CoordinatedShutdownRunByActorSystemTerminate)
            _ = CoordinatedShutdown.Get(this).Run(CoordinatedShutdown.ActorSystemTerminateReason.Instance);
        else
            FinalTerminate();
        return WhenTerminated;
    }

    /// <inheritdoc/>
    public override void Abort() => FinalTerminate();

    /// <inheritdoc/>
    public override void RegisterOnTermination(Action code)
    {
        lock (_lock)
        {
            if (_callbacksRun)
                throw new InvalidOperationException("ActorSystem already terminated.");
            _onTermination.Push(code);
        }
    }

    /// <inheritdoc/>
    public override object RegisterExtension(IExtensionId extension)
    {
        ArgumentNullException.ThrowIfNull(extension);
        return _extensions.GetOrAdd(
            extension.ExtensionType, _ => new Lazy<object>(() => extension.CreateExtension(this))).Value;
    }

    /// <inheritdoc/>
    public override object GetExtension(IExtensionId extensionId) =>
        TryGetExtension(extensionId.ExtensionType, out var extension) ? extension : null!;

    /// <inheritdoc/>
    public override T GetExtension<T>() => TryGetExtension<T>(out var extension) ? extension : null!;

    /// <inheritdoc/>
    public override bool HasExtension(Type type) => _extensions.ContainsKey(type);

    /// <inheritdoc/>
    public override bool HasExtension<T>() => HasExtension(typeof(T));

    /// <inheritdoc/>
    public override bool TryGetExtension(Type extensionType, [NotNullWhen(true)] out object? extension)
    {
        extension = _extensions.TryGetValue(extensionType, out var lazy) ? lazy.Value : null;
        return extension is not null;
    }

    /// <inheritdoc/>
    public override bool TryGetExtension<T>([NotNullWhen(true)] out T? extension)
        where T : class
    {
        extension = TryGetExtension(typeof(T), out var found) ? (T)found : null;
        return extension is not null;
    }

    /// <inheritdoc/>
    public override string PrintTree()
    {
        var text = new StringBuilder();
        Print(text, (ActorRefWithCell)_provider.RootGuardian, 0);
        return text.ToString();
    }

    /// <inheritdoc/>
    public override string ToString() => $"akka://{Name}";

    internal void FinalTerminate()
    {
        if (!Settings.LogDeadLettersDuringShutdown && _deadLetterListener is { } listener)
            Stop(listener);
        Guardian.Stop();
    }

    [GeneratedRegex("^[a-zA-Z0-9][a-zA-Z0-9-]*$")]
    private static partial Regex ValidName();

    private static void Print(StringBuilder text, ActorRefWithCell actor, int depth)
    {
        text.Append(' ', depth * 2).Append(depth == 0 ? "/" : actor.Path.Name).Append('\n');
        foreach (var child in actor.Children.OfType<ActorRefWithCell>())
            Print(text, child, depth + 1);
    }

    private void LoadExtensions()
    {
        foreach (var name in Settings.Config.GetStringList("akka.extensions"))
        {
            if (TypeNames.Resolve(name) is { } type && Activator.CreateInstance(type) is IExtensionId extension)
                RegisterExtension(extension);
            else
                Log.Error("[{0}] is not an 'ExtensionId', skipping...", name);
        }
    }

    private IScheduler MakeScheduler()
    {
        var type = TypeNames.Resolve(Settings.SchedulerClass)
            ?? throw new ConfigurationException(
                $"akka.scheduler.implementation names the type [{Settings.SchedulerClass}], which is not in any loaded assembly");
        return (IScheduler)Activator.CreateInstance(type, Settings.Config, Log)!;
    }

    private async Task FinishWhenRootStopsAsync()
    {
        await _provider.TerminationTask.ConfigureAwait(false);
        Stack<Action> callbacks;
        lock (_lock)
        {
            _callbacksRun = true;
            callbacks = _onTermination;
        }

        foreach (var callback in callbacks)
        {
            try
            {
                callback();
            }
            catch (Exception e)
            {
                Log.Error(e, "A callback registered for termination failed");
            }
        }

        (Scheduler as IDisposable)?.Dispose();
        _terminated.TrySetResult();
    }
}
