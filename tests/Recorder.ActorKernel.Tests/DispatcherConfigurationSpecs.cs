namespace Recorder.ActorKernel.Tests;

public class DispatcherConfigurationSpecs : EngineSpec
{
    public DispatcherConfigurationSpecs()
        : base(
            $$"""
            mine { throughput = 17 }
            other = mine
            pinned { type = PinnedDispatcher }
            counting { type = "{{typeof(CountingConfigurator).AssemblyQualifiedName}}" }
            unknown { type = "No.Such.Type" }
            """)
    {
    }

    public sealed class CountingConfigurator(Config config, IDispatcherPrerequisites prerequisites)
        : MessageDispatcherConfigurator(config, prerequisites)
    {
        public override MessageDispatcher Dispatcher() => new CountingDispatcher(this);
    }

    private sealed class CountingDispatcher(MessageDispatcherConfigurator configurator) : MessageDispatcher(configurator)
    {
        private static int _runs;

        public static int Runs => Volatile.Read(ref _runs);

        protected override void ExecuteTask(IRunnable run)
        {
            Interlocked.Increment(ref _runs);
            ThreadPool.QueueUserWorkItem(_ => run.Run());
        }

        protected override void Shutdown()
        {
        }
    }

    [Fact]
    public void A_dispatcher_has_the_name_and_the_throughput_of_its_block()
    {
        var dispatcher = Sys.Dispatchers.Lookup("mine");

        dispatcher.Id.ShouldBe("mine");
        dispatcher.Throughput.ShouldBe(17);
        Sys.Dispatchers.Lookup("mine").ShouldBeSameAs(dispatcher);
        Sys.Dispatchers.Lookup("other").ShouldBeSameAs(dispatcher);
    }

    [Fact]
    public void A_pinned_dispatcher_is_a_new_one_each_time() =>
        Sys.Dispatchers.Lookup("pinned").ShouldNotBeSameAs(Sys.Dispatchers.Lookup("pinned"));

    [Theory]
    [InlineData("missing")]
    [InlineData("unknown")]
    public void A_name_that_leads_to_no_dispatcher_is_an_error_of_the_configuration(string name) =>
        Should.Throw<ConfigurationException>(() => Sys.Dispatchers.Lookup(name));

    [Fact]
    public void A_block_can_name_a_class_that_makes_its_dispatcher()
    {
        var probe = TestActor;
        var actor = Sys.ActorOf(Props.Create(() => new Act(c => c.ReceiveAny((message, _) => probe.Tell(message))))
            .WithDispatcher("counting"));

        actor.Tell("hello");

        ExpectMsg("hello");
        CountingDispatcher.Runs.ShouldBeGreaterThan(0);
    }
}
