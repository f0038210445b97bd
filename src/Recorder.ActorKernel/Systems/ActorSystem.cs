using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Recorder.ActorKernel.Configuration;
using Recorder.ActorKernel.Event;
using Recorder.ActorKernel.Internal;
using Recorder.ActorKernel.Setup;

namespace Recorder.ActorKernel;

/// <summary>A tree of actors with its threads, its clock and its configuration. A process usually has one.</summary>
public abstract class ActorSystem : IActorRefFactory, IDisposable
{
    private readonly long _started = Stopwatch.GetTimestamp();

    /// <summary>The configuration, read.</summary>
    public abstract Settings Settings { get; }

    /// <summary>The name.</summary>
    public abstract string Name { get; }

    /// <summary>Where messages go that nobody gets.</summary>
    public abstract IActorRef DeadLetters { get; }

    /// <summary>A reference that drops what it gets.</summary>
    public abstract IActorRef IgnoreRef { get; }

    /// <summary>Who gives the actors their turns.</summary>
    public abstract Dispatch.Dispatchers Dispatchers { get; }

    /// <summary>The mailbox types.</summary>
    public abstract Dispatch.Mailboxes Mailboxes { get; }

    /// <summary>The clock.</summary>
    public abstract IScheduler Scheduler { get; }

    /// <summary>The events.</summary>
    public abstract EventStream EventStream { get; }

    /// <summary>The log.</summary>
    public abstract ILoggingAdapter Log { get; }

    /// <summary>Ends when the system has terminated.</summary>
    public abstract Task WhenTerminated { get; }

    /// <summary>When it was started, on a clock that never steps back.</summary>
    public TimeSpan StartTime => Stopwatch.GetElapsedTime(0, _started);

    /// <summary>How long it has been running.</summary>
    public TimeSpan Uptime => Stopwatch.GetElapsedTime(_started);

    /// <summary>Starts a system.</summary>
    /// <param name="name">Its name: letters, digits and hyphens.</param>
    /// <returns>The system.</returns>
    /// <exception cref="ArgumentException">The name is not allowed.</exception>
    public static ActorSystem Create(string name) => Create(name, Config.Empty);

    /// <summary>Starts a system.</summary>
    /// <param name="name">Its name: letters, digits and hyphens.</param>
    /// <param name="config">Its configuration.</param>
    /// <returns>The system.</returns>
    /// <exception cref="ArgumentException">The name is not allowed.</exception>
    public static ActorSystem Create(string name, Config config)
    {
        var system = new ActorSystemImpl(name, config, ActorSystemSetup.Empty);
        system.Start();
        return system;
    }

    /// <summary>Starts a system.</summary>
    /// <param name="name">Its name: letters, digits and hyphens.</param>
    /// <param name="setup">Its configuration.</param>
    /// <returns>The system.</returns>
    public static ActorSystem Create(string name, BootstrapSetup setup) => Create(name, ActorSystemSetup.Create(setup));

    /// <summary>Starts a system.</summary>
    /// <param name="name">Its name: letters, digits and hyphens.</param>
    /// <param name="setup">Its setup.</param>
    /// <returns>The system.</returns>
    public static ActorSystem Create(string name, ActorSystemSetup setup)
    {
        var system = new ActorSystemImpl(name, setup.Find<BootstrapSetup>()?.Configuration ?? Config.Empty, setup);
        system.Start();
        return system;
    }

    /// <inheritdoc/>
    public abstract IActorRef ActorOf(Props props, string? name = null);

    /// <inheritdoc/>
    public abstract ActorSelection ActorSelection(ActorPath actorPath);

    /// <inheritdoc/>
    public abstract ActorSelection ActorSelection(string actorPath);

    /// <summary>Stops an actor after its current message.</summary>
    /// <param name="actor">The actor.</param>
    public abstract void Stop(IActorRef actor);

    /// <summary>Stops all actors, the children before their parents, and then the scheduler. Runs
    /// <see cref="CoordinatedShutdown"/> first unless the configuration says no.</summary>
    /// <returns>Ends when the system has terminated.</returns>
    public abstract Task Terminate();

    /// <summary>Registers something to do when the system has terminated; the last registered is done first.</summary>
    /// <param name="code">What.</param>
    public abstract void RegisterOnTermination(Action code);

    /// <summary>Registers an extension, or finds it.</summary>
    /// <param name="extension">What makes it.</param>
    /// <returns>The extension.</returns>
    public abstract object RegisterExtension(IExtensionId extension);

    /// <summary>An extension.</summary>
    /// <param name="extensionId">What makes it.</param>
    /// <returns>The extension.</returns>
    public abstract object GetExtension(IExtensionId extensionId);

    /// <summary>An extension.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <returns>The extension; null when it is not there.</returns>
    public abstract T GetExtension<T>()
        where T : class, IExtension;

    /// <summary>Whether an extension is there.</summary>
    /// <param name="type">Its type.</param>
    /// <returns>Whether.</returns>
    public abstract bool HasExtension(Type type);

    /// <summary>Whether an extension is there.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <returns>Whether.</returns>
    public abstract bool HasExtension<T>()
        where T : class, IExtension;

    /// <summary>An extension, where it is there.</summary>
    /// <param name="extensionType">Its type.</param>
    /// <param name="extension">The extension.</param>
    /// <returns>Whether it is there.</returns>
    public abstract bool TryGetExtension(Type extensionType, [NotNullWhen(true)] out object? extension);

    /// <summary>An extension, where it is there.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <param name="extension">The extension.</param>
    /// <returns>Whether it is there.</returns>
    public abstract bool TryGetExtension<T>([NotNullWhen(true)] out T? extension)
        where T : class, IExtension;

    /// <summary>Begins to terminate; does not wait.</summary>
    public void Dispose()
    {
        Terminate();
        GC.SuppressFinalize(this);
    }
}

/// <summary>What the runtime and its extensions know of a system.</summary>
public abstract class ExtendedActorSystem : ActorSystem
{
    /// <summary>Makes references.</summary>
    public abstract IActorRefProvider Provider { get; }

    /// <summary><c>/user</c>.</summary>
    public abstract IInternalActorRef Guardian { get; }

    /// <summary><c>/</c>.</summary>
    public abstract IInternalActorRef LookupRoot { get; }

    /// <summary><c>/system</c>.</summary>
    public abstract IInternalActorRef SystemGuardian { get; }

    /// <summary>Makes an actor of the runtime, under <c>/system</c>.</summary>
    /// <param name="props">How to make it.</param>
    /// <param name="name">Its name.</param>
    /// <returns>Its reference.</returns>
    public abstract IActorRef SystemActorOf(Props props, string? name = null);

    /// <summary>Makes an actor of the runtime, under <c>/system</c>.</summary>
    /// <typeparam name="TActor">Its type.</typeparam>
    /// <param name="name">Its name.</param>
    /// <returns>Its reference.</returns>
    public abstract IActorRef SystemActorOf<TActor>(string? name = null)
        where TActor : ActorBase, new();

    /// <summary>Terminates without coordinated shutdown.</summary>
    public abstract void Abort();

    /// <summary>The tree of actors as text.</summary>
    /// <returns>The text.</returns>
    public abstract string PrintTree();
}

/// <summary>Shorter ways to make actors.</summary>
public static class ActorRefFactoryExtensions
{
    /// <summary>Makes an actor without arguments.</summary>
    /// <typeparam name="TActor">Its type.</typeparam>
    /// <param name="factory">Where.</param>
    /// <param name="name">Its name.</param>
    /// <returns>Its reference.</returns>
    public static IActorRef ActorOf<TActor>(this IActorRefFactory factory, string? name = null)
        where TActor : ActorBase, new() => factory.ActorOf(Props.Create<TActor>(), name);

    /// <summary>Actors by path, relative to an actor.</summary>
    /// <param name="factory">The context.</param>
    /// <param name="anchorRef">The actor.</param>
    /// <param name="actorPath">The path.</param>
    /// <returns>The selection.</returns>
    public static ActorSelection ActorSelection(this IActorRefFactory factory, IActorRef anchorRef, string actorPath) =>
        ActorRefFactoryShared.ActorSelection(anchorRef, actorPath);
}
