using Recorder.ActorKernel.Configuration;
using Recorder.ActorKernel.Event;

namespace Recorder.ActorKernel.Dispatch;

/// <summary>What a dispatcher may use of its system.</summary>
public interface IDispatcherPrerequisites
{
    /// <summary>The event stream.</summary>
    EventStream EventStream { get; }

    /// <summary>The scheduler.</summary>
    IScheduler Scheduler { get; }

    /// <summary>The settings.</summary>
    Settings Settings { get; }

    /// <summary>The mailboxes.</summary>
    Mailboxes Mailboxes { get; }
}

internal sealed class DefaultDispatcherPrerequisites(
    EventStream eventStream, IScheduler scheduler, Settings settings, Func<Mailboxes> mailboxes) : IDispatcherPrerequisites
{
    public EventStream EventStream => eventStream;

    public IScheduler Scheduler => scheduler;

    public Settings Settings => settings;

    // The system makes its mailboxes after its dispatchers.
    public Mailboxes Mailboxes => mailboxes();
}

/// <summary>
/// Makes the dispatcher of a block of the configuration. A block's <c>type</c> may name a class derived from this.
/// </summary>
/// <param name="config">The block.</param>
/// <param name="prerequisites">What it may use.</param>
public abstract class MessageDispatcherConfigurator(Config config, IDispatcherPrerequisites prerequisites)
{
    /// <summary>The block.</summary>
    public Config Config { get; } = config;

    /// <summary>What it may use.</summary>
    public IDispatcherPrerequisites Prerequisites { get; } = prerequisites;

    /// <summary>The dispatcher: always the same one, or one for each actor.</summary>
    /// <returns>The dispatcher.</returns>
    public abstract MessageDispatcher Dispatcher();
}

/// <summary>Makes the dispatcher that actors share.</summary>
public sealed class DispatcherConfigurator : MessageDispatcherConfigurator
{
    private readonly Dispatcher _shared;

    /// <summary>A configurator.</summary>
    /// <param name="config">The block.</param>
    /// <param name="prerequisites">What it may use.</param>
    public DispatcherConfigurator(Config config, IDispatcherPrerequisites prerequisites)
        : base(config, prerequisites) => _shared = new Dispatcher(this);

    /// <inheritdoc/>
    public override MessageDispatcher Dispatcher() => _shared;
}

/// <summary>Makes dispatchers with a thread for one actor.</summary>
/// <param name="config">The block.</param>
/// <param name="prerequisites">What it may use.</param>
public sealed class PinnedDispatcherConfigurator(Config config, IDispatcherPrerequisites prerequisites)
    : MessageDispatcherConfigurator(config, prerequisites)
{
    /// <inheritdoc/>
    public override MessageDispatcher Dispatcher() => new PinnedDispatcher(this);
}
