using Recorder.ActorKernel.Configuration;

namespace Recorder.ActorKernel.Testing;

/// <summary>The times a TestKit goes by, from the system's configuration.</summary>
public class TestKitSettings
{
    /// <summary>Reads the settings.</summary>
    /// <param name="config">The system's configuration, with <see cref="TestKitBase.DefaultConfig"/> behind it.</param>
    public TestKitSettings(Config config)
    {
        DefaultTimeout = config.GetTimeSpan("akka.test.default-timeout", TimeSpan.FromSeconds(5));
        SingleExpectDefault = config.GetTimeSpan("akka.test.single-expect-default", TimeSpan.FromSeconds(3));
        ExpectNoMessageDefault = config.GetTimeSpan("akka.test.expect-no-message-default", TimeSpan.FromSeconds(3));
        TestKitStartupTimeout = config.GetTimeSpan("akka.test.startup-timeout", TimeSpan.FromSeconds(5));
        TestEventFilterLeeway = config.GetTimeSpan("akka.test.filter-leeway", TimeSpan.FromSeconds(3));
        TestTimeFactor = config.GetDouble("akka.test.timefactor", 1.0);
        if (TestTimeFactor <= 0)
            throw new ArgumentException($"akka.test.timefactor must be above 0, it is {TestTimeFactor}.", nameof(config));
    }

    /// <summary>How long latches wait: <c>akka.test.default-timeout</c>, 5 s.</summary>
    public TimeSpan DefaultTimeout { get; }

    /// <summary>How long one expectation waits: <c>akka.test.single-expect-default</c>, 3 s.</summary>
    public TimeSpan SingleExpectDefault { get; }

    /// <summary>How long silence is waited for: <c>akka.test.expect-no-message-default</c>, 3 s.</summary>
    public TimeSpan ExpectNoMessageDefault { get; }

    /// <summary>How long the start of a test actor may take: <c>akka.test.startup-timeout</c>, 5 s.</summary>
    public TimeSpan TestKitStartupTimeout { get; }

    /// <summary>How long an event filter waits for its events: <c>akka.test.filter-leeway</c>, 3 s.</summary>
    public TimeSpan TestEventFilterLeeway { get; }

    /// <summary>What every such time is multiplied with on a slow machine: <c>akka.test.timefactor</c>, 1.</summary>
    public double TestTimeFactor { get; }
}
