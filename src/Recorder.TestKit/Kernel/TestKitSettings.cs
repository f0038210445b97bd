using Recorder.ActorKernel.Configuration;

namespace Recorder.ActorKernel.Testing;

/// <summary>The times a TestKit goes by, from the system's configuration.</summary>
public sealed class TestKitSettings
{
    /// <summary>Reads the settings.</summary>
    /// <param name="config">The system's configuration, with <see cref="TestKitBase.DefaultConfig"/> behind it.</param>
    public TestKitSettings(Config config)
    {
        DefaultTimeout = config.GetTimeSpan("akka.test.default-timeout", TimeSpan.FromSeconds(5));
        SingleExpectDefault = config.GetTimeSpan("akka.test.single-expect-default", TimeSpan.FromSeconds(3));
        TestEventFilterLeeway = config.GetTimeSpan("akka.test.filter-leeway", TimeSpan.FromSeconds(3));
        TestTimeFactor = config.GetDouble("akka.test.timefactor", 1.0);
        if (TestTimeFactor <= 0)
            throw new ArgumentException($"akka.test.timefactor must be above 0, it is {TestTimeFactor}.", nameof(config));
    }

    /// <summary>How long latches wait: <c>akka.test.default-timeout</c>, 5 s.</summary>
    public TimeSpan DefaultTimeout { get; }

    /// <summary>How long one expectation waits: <c>akka.test.single-expect-default</c>, 3 s.</summary>
    public TimeSpan SingleExpectDefault { get; }

    /// <summary>How long an event filter waits for its events: <c>akka.test.filter-leeway</c>, 3 s.</summary>
    public TimeSpan TestEventFilterLeeway { get; }

    /// <summary>What every such time is multiplied with on a slow machine: <c>akka.test.timefactor</c>, 1.</summary>
    public double TestTimeFactor { get; }
}
