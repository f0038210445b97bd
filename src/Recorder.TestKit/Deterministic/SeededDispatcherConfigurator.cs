namespace Recorder.Testing;

/// <summary>Creates the dispatcher that runs actors in a <see cref="DeliveryOrder"/>. Akka creates this class from
/// <see cref="DeliveryOrder.Configuration"/>; specs do not use it.</summary>
/// <param name="config">The dispatcher's section of the configuration.</param>
/// <param name="prerequisites">What the dispatcher needs of its actor system.</param>
public sealed class SeededDispatcherConfigurator(Config config, IDispatcherPrerequisites prerequisites)
    : MessageDispatcherConfigurator(config, prerequisites)
{
    /// <inheritdoc />
    public override MessageDispatcher Dispatcher() => new SeededDispatcher(this);

    private sealed class SeededDispatcher(MessageDispatcherConfigurator configurator) : MessageDispatcher(configurator)
    {
        private readonly DeliveryOrder _order = DeliveryOrder.Of(configurator.Config.GetInt("order", 0));

        protected override void ExecuteTask(IRunnable run) => _order.Add(run);

        protected override void Shutdown()
        {
        }
    }
}
