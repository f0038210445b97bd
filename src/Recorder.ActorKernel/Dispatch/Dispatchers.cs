using System.Collections.Concurrent;
using Recorder.ActorKernel.Configuration;
using Recorder.ActorKernel.Event;
using Recorder.ActorKernel.Internal;

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

/// <summary>What the maker of a dispatcher gets to know of the system.</summary>
public interface IDispatcherPrerequisites
{
    /// <summary>The system's events.</summary>
    EventStream EventStream { get; }

    /// <summary>The system's scheduler.</summary>
    IScheduler Scheduler { get; }

    /// <summary>The system's settings.</summary>
    Settings Settings { get; }

    /// <summary>The system's mailboxes.</summary>
    Mailboxes Mailboxes { get; }
}

/// <summary>
/// Makes the dispatcher of a block in the configuration. A block whose <c>type</c> is a subclass's full name, with its assembly, gets
/// one made with these two arguments.
/// </summary>
public abstract class MessageDispatcherConfigurator
{
    /// <summary>A maker.</summary>
    /// <param name="config">The block.</param>
    /// <param name="prerequisites">The system.</param>
    protected MessageDispatcherConfigurator(Config config, IDispatcherPrerequisites prerequisites)
    {
        Config = config;
        Prerequisites = prerequisites;
    }

    /// <summary>The block.</summary>
    public Config Config { get; }

    /// <summary>The system.</summary>
    public IDispatcherPrerequisites Prerequisites { get; }

    /// <summary>The dispatcher; called once, unless actors do not share it.</summary>
    /// <returns>The dispatcher.</returns>
    public abstract MessageDispatcher Dispatcher();
}

/// <summary>Gives actors threads.</summary>
public abstract class MessageDispatcher
{
    /// <summary>How many messages an actor handles in a turn when nothing is configured.</summary>
    public const int DefaultThroughput = 30;

    /// <summary>A dispatcher.</summary>
    /// <param name="id">Its name in the configuration.</param>
    /// <param name="throughput">How many messages an actor handles in a turn.</param>
    /// <param name="config">Its block in the configuration.</param>
    protected MessageDispatcher(string id, int throughput, Config config)
    {
        Id = id;
        Throughput = throughput;
        Config = config;
    }

    /// <summary>A dispatcher with the name and the throughput of its block in the configuration.</summary>
    /// <param name="configurator">Its maker.</param>
    protected MessageDispatcher(MessageDispatcherConfigurator configurator)
        : this(
            configurator.Config.GetString("id", ""),
            configurator.Config.GetInt("throughput", DefaultThroughput),
            configurator.Config) =>
        Configurator = configurator;

    /// <summary>Its maker; null for the kernel's own.</summary>
    public MessageDispatcherConfigurator? Configurator { get; }

    /// <summary>Its name in the configuration.</summary>
    public string Id { get; protected set; }

    /// <summary>How many messages an actor handles in a turn before others get the thread.</summary>
    public int Throughput { get; set; }

    internal Config Config { get; }

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

    /// <summary>Frees what it holds. The kernel never calls it: a dispatcher lives as long as its system.</summary>
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
internal sealed class Dispatcher(string id, int throughput, Config config) : MessageDispatcher(id, throughput, config)
{
    [ThreadStatic]
    private static int _wakeUps;

    internal override void Begin(Mailbox mailbox) =>
        ThreadPool.UnsafeQueueUserWorkItem(mailbox, preferLocal: (++_wakeUps & 63) != 0);

    internal override void Continue(Mailbox mailbox) => ThreadPool.UnsafeQueueUserWorkItem(mailbox, preferLocal: false);

    protected override void ExecuteTask(IRunnable run) => ThreadPool.UnsafeQueueUserWorkItem(run, preferLocal: false);
}

/// <summary>A thread of its own for each actor, for actors that block.</summary>
internal sealed class PinnedDispatcher(string id, int throughput, Config config) : MessageDispatcher(id, throughput, config)
{
    private BlockingCollection<IRunnable>? _work;

    internal override MessageDispatcher ForActor()
    {
        var own = new PinnedDispatcher(Id, Throughput, Config) { _work = [] };
        var thread = new Thread(own.Loop) { IsBackground = true, Name = Id };
        thread.Start();
        return own;
    }

    internal override void Detach(ActorCell cell) => _work!.CompleteAdding();

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

    private readonly ConcurrentDictionary<string, MessageDispatcher> _dispatchers = new();

    /// <summary>The default dispatcher.</summary>
    public MessageDispatcher DefaultGlobalDispatcher => Lookup(DefaultDispatcherId);

    /// <summary>Whether a name is configured.</summary>
    /// <param name="id">The name.</param>
    /// <returns>Whether.</returns>
    public bool HasDispatcher(string id) => _dispatchers.ContainsKey(id) || system.Settings.Config.HasPath(id);

    /// <summary>The dispatcher that a name stands for.</summary>
    /// <param name="dispatcherName">The name: a path in the configuration; empty for the default.</param>
    /// <returns>The dispatcher.</returns>
    /// <exception cref="ConfigurationException">Nothing is configured under that name, or its type is unknown.</exception>
    public MessageDispatcher Lookup(string? dispatcherName)
    {
        var id = string.IsNullOrEmpty(dispatcherName) ? DefaultDispatcherId : dispatcherName;
        return _dispatchers.GetOrAdd(id, Make);
    }

    private MessageDispatcher Make(string id)
    {
        if (!system.Settings.Config.HasPath(id))
            throw new ConfigurationException($"Dispatcher [{id}] not configured");
        if (system.Settings.Config.GetString(id) is { Length: > 0 } alias)
            return Lookup(alias);
        var config = system.Settings.Config.GetConfig(id)
            .WithFallback(Config.FromPairs(("id", id)));
        var throughput = config.GetInt(
            "throughput",
            system.Settings.Config.GetInt(DefaultDispatcherId + ".throughput", MessageDispatcher.DefaultThroughput));
        return config.GetString("type", "Dispatcher") switch
        {
            "PinnedDispatcher" => new PinnedDispatcher(id, throughput, config),
            "ForkJoinDispatcher" => new ForkJoinDispatcher(id, throughput, config),
            "Dispatcher" or "TaskDispatcher" or "ThreadPoolDispatcher" or "ChannelDispatcher" =>
                new Dispatcher(id, throughput, config),
            var name when TypeNames.Resolve(name) is { } type && typeof(MessageDispatcherConfigurator).IsAssignableFrom(type) =>
                ((MessageDispatcherConfigurator)Activator.CreateInstance(type, config, new Prerequisites(system))!).Dispatcher(),
            var other => throw new ConfigurationException($"Dispatcher [{id}] has unknown type [{other}]"),
        };
    }

    private sealed class Prerequisites(ActorSystem system) : IDispatcherPrerequisites
    {
        public EventStream EventStream => system.EventStream;

        public IScheduler Scheduler => system.Scheduler;

        public Settings Settings => system.Settings;

        public Mailboxes Mailboxes => system.Mailboxes;
    }
}
