using Recorder.ActorKernel.Configuration;
using Recorder.ActorKernel.Dispatch;

namespace Recorder.ActorKernel.Testing;

/// <summary>
/// Lets an actor handle a message on the thread that sends it, before the send returns. When another thread is at it already,
/// that thread handles the message. Test actors and the actors of <see cref="TestActorRef{TActor}"/> run on it.
/// </summary>
/// <param name="configurator">What makes it.</param>
public class CallingThreadDispatcher(MessageDispatcherConfigurator configurator) : MessageDispatcher(configurator)
{
    /// <summary>Its name in the configuration.</summary>
    public static new readonly string Id = "akka.test.calling-thread-dispatcher";

    /// <inheritdoc/>
    protected override void ExecuteTask(IRunnable run) => run.Run();
}

/// <summary>Makes a <see cref="CallingThreadDispatcher"/> for each actor.</summary>
/// <param name="config">The block of the configuration.</param>
/// <param name="prerequisites">What it may use.</param>
public class CallingThreadDispatcherConfigurator(Config config, IDispatcherPrerequisites prerequisites)
    : MessageDispatcherConfigurator(config, prerequisites)
{
    /// <inheritdoc/>
    public override MessageDispatcher Dispatcher() => new CallingThreadDispatcher(this);
}
