using System.Collections.Concurrent;
using Recorder.ActorKernel.Configuration;

namespace Recorder.ActorKernel.Dispatch;

/// <summary>Something that a dispatcher runs.</summary>
public interface IRunnable : IThreadPoolWorkItem
{
    /// <summary>Runs it.</summary>
    void Run();
}

/// <summary>Runs an action.</summary>
/// <param name="action">The action.</param>
public sealed class ActionRunnable(Action action) : IRunnable
{
    /// <inheritdoc/>
    public void Run() => action();

    /// <inheritdoc/>
    public void Execute() => Run();
}

/// <summary>Runs an action on a value.</summary>
/// <param name="actionWithState">The action.</param>
/// <param name="state">The value.</param>
public sealed class ActionWithStateRunnable(Action<object?> actionWithState, object? state) : IRunnable
{
    /// <inheritdoc/>
    public void Run() => actionWithState(state);

    /// <inheritdoc/>
    public void Execute() => Run();
}

/// <summary>Gives actors threads.</summary>
public abstract class MessageDispatcher
{
    /// <summary>How many messages an actor handles in a turn when nothing is configured.</summary>
    public const int DefaultThroughput = 30;

    /// <summary>A dispatcher.</summary>
    /// <param name="configurator">What makes it; its block says the name (<c>id</c>) and the <c>throughput</c>.</param>
    protected MessageDispatcher(MessageDispatcherConfigurator configurator)
    {
        Configurator = configurator;
        Id = configurator.Config.GetString("id", GetType().Name);
        Throughput = configurator.Config.GetInt("throughput", DefaultThroughput);
    }

    /// <summary>What makes it.</summary>
    public MessageDispatcherConfigurator Configurator { get; }

    /// <summary>Its name in the configuration.</summary>
    public string Id { get; protected set; }

    /// <summary>How many messages an actor handles in a turn before others get the thread.</summary>
    public int Throughput { get; set; }

    /// <summary>Runs an action on one of the threads.</summary>
    /// <param name="run">The action.</param>
    public void Schedule(Action run) => Schedule(new ActionRunnable(run));

    /// <summary>Runs something on one of the threads.</summary>
    /// <param name="run">The thing.</param>
    public void Schedule(IRunnable run) => ExecuteTask(run);

    /// <summary>Begins the first turn of a mailbox that had nothing to do.</summary>
    internal virtual void Begin(Mailbox mailbox) => ExecuteTask(mailbox);

    /// <summary>Gives a mailbox that has more to do another turn, after the others that wait.</summary>
    internal virtual void Continue(Mailbox mailbox) => ExecuteTask(mailbox);

    /// <summary>Called when an actor that used the dispatcher has stopped.</summary>
    internal virtual void Detach(ActorCell cell)
    {
    }

    /// <summary>A dispatcher for one more actor: itself, unless actors do not share it.</summary>
    internal virtual MessageDispatcher ForActor() => this;

    /// <summary>Runs something on one of the threads.</summary>
    /// <param name="run">The thing.</param>
    protected abstract void ExecuteTask(IRunnable run);

    /// <summary>Gives back what the threads need. The dispatchers of this runtime need nothing.</summary>
    protected virtual void Shutdown()
    {
    }
}

/// <summary>The default: the thread pool of .NET.</summary>
/// <remarks>
/// A mailbox that gets its first message goes to the queue of the current pool thread, where the processor's caches are
/// warm; one that has used up its turn goes to the end of the common queue. So that a chain of actors that wake each other
/// on one thread cannot starve the common queue, every 64th wake-up of a thread goes there as well.
/// </remarks>
public sealed class Dispatcher : MessageDispatcher
{
    [ThreadStatic]
    private static int _wakeUps;

    internal Dispatcher(MessageDispatcherConfigurator configurator)
        : base(configurator)
    {
    }

    internal override void Begin(Mailbox mailbox) =>
        ThreadPool.UnsafeQueueUserWorkItem(mailbox, preferLocal: (++_wakeUps & 63) != 0);

    internal override void Continue(Mailbox mailbox) => ThreadPool.UnsafeQueueUserWorkItem(mailbox, preferLocal: false);

    /// <inheritdoc/>
    protected override void ExecuteTask(IRunnable run) => ThreadPool.UnsafeQueueUserWorkItem(run, preferLocal: false);
}

/// <summary>A thread of its own for each actor, for actors that block.</summary>
public sealed class PinnedDispatcher : MessageDispatcher
{
    private BlockingCollection<IRunnable>? _work;

    internal PinnedDispatcher(MessageDispatcherConfigurator configurator)
        : base(configurator)
    {
    }

    internal override MessageDispatcher ForActor()
    {
        var own = new PinnedDispatcher(Configurator) { _work = [] };
        var thread = new Thread(own.Loop) { IsBackground = true, Name = Id };
        thread.Start();
        return own;
    }

    internal override void Detach(ActorCell cell) => _work!.CompleteAdding();

    /// <inheritdoc/>
    protected override void ExecuteTask(IRunnable run)
    {
        try
        {
            _work!.Add(run);
        }
        catch (InvalidOperationException)
        {
            ThreadPool.UnsafeQueueUserWorkItem(run, preferLocal: false); // the actor has stopped: only leftovers to clean up
        }
    }

    private void Loop()
    {
        foreach (var run in _work!.GetConsumingEnumerable())
            run.Run();
    }
}

/// <summary>Finds dispatchers by the name of their block in the configuration.</summary>
/// <param name="system">The system.</param>
public sealed class Dispatchers(ActorSystem system)
{
    /// <summary>The block that actors use that name none.</summary>
    public const string DefaultDispatcherId = "akka.actor.default-dispatcher";

    /// <summary>The block for actors that block.</summary>
    public const string DefaultBlockingDispatcherId = "akka.actor.default-blocking-io-dispatcher";

    private readonly ConcurrentDictionary<string, MessageDispatcherConfigurator> _configurators = new();

    /// <summary>What a configurator may use.</summary>
    public IDispatcherPrerequisites Prerequisites { get; } =
        new DefaultDispatcherPrerequisites(system.EventStream, system.Scheduler, system.Settings, () => system.Mailboxes);

    /// <summary>The default dispatcher.</summary>
    public MessageDispatcher DefaultGlobalDispatcher => Lookup(DefaultDispatcherId);

    /// <summary>Whether a name is configured.</summary>
    /// <param name="id">The name.</param>
    /// <returns>Whether.</returns>
    public bool HasDispatcher(string id) => _configurators.ContainsKey(id) || system.Settings.Config.HasPath(id);

    /// <summary>The dispatcher that a name stands for.</summary>
    /// <param name="dispatcherName">The name: a path in the configuration; empty for the default.</param>
    /// <returns>The dispatcher.</returns>
    /// <exception cref="ConfigurationException">Nothing is configured under that name, or its type is unknown.</exception>
    public MessageDispatcher Lookup(string? dispatcherName)
    {
        var id = string.IsNullOrEmpty(dispatcherName) ? DefaultDispatcherId : dispatcherName;
        return _configurators.GetOrAdd(id, Make).Dispatcher();
    }

    /// <summary>Gives a name a dispatcher that is not in the configuration. The first that is registered stands.</summary>
    /// <param name="id">The name.</param>
    /// <param name="configurator">What makes the dispatcher.</param>
    /// <returns>False when the name has one already.</returns>
    public bool RegisterConfigurator(string id, MessageDispatcherConfigurator configurator) =>
        _configurators.TryAdd(id, configurator);

    private MessageDispatcherConfigurator Make(string id)
    {
        if (!system.Settings.Config.HasPath(id))
            throw new ConfigurationException($"Dispatcher [{id}] not configured");
        if (system.Settings.Config.GetString(id) is { Length: > 0 } alias)
            return _configurators.GetOrAdd(alias, Make);
        var defaults = system.Settings.Config.GetInt(DefaultDispatcherId + ".throughput", MessageDispatcher.DefaultThroughput);
        var config = system.Settings.Config.GetConfig(id).WithFallback(Config.FromPairs(
            ("id", id), ("throughput", defaults.ToString(System.Globalization.CultureInfo.InvariantCulture))));
        return config.GetString("type", "Dispatcher") switch
        {
            "PinnedDispatcher" => new PinnedDispatcherConfigurator(config, Prerequisites),
            "ForkJoinDispatcher" => new ForkJoinDispatcherConfigurator(config, Prerequisites),
            "Dispatcher" or "TaskDispatcher" or "ThreadPoolDispatcher" or "ChannelDispatcher" =>
                new DispatcherConfigurator(config, Prerequisites),
            var name when Internal.TypeNames.Resolve(name) is { } type && type.IsAssignableTo(typeof(MessageDispatcherConfigurator)) =>
                (MessageDispatcherConfigurator)Activator.CreateInstance(type, config, Prerequisites)!,
            var other => throw new ConfigurationException($"Dispatcher [{id}] has unknown type [{other}]"),
        };
    }
}
