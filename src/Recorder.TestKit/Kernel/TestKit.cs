using Recorder.ActorKernel.Configuration;
using Recorder.ActorKernel.Event;
using Recorder.ActorKernel.Setup;
using Xunit.Abstractions;

namespace Recorder.ActorKernel.Testing;

/// <summary>
/// The base class of an xunit spec about actors. Each test gets a system of its own, which ends with the test. Inside of a
/// test, <c>actor.Tell(message)</c> has <see cref="TestKitBase.TestActor"/> as its sender, also after an <c>await</c>.
/// </summary>
public class TestKit : TestKitBase, IDisposable
{
    /// <summary>Where the test's log goes; null: nowhere.</summary>
    protected readonly ITestOutputHelper? Output;

    private bool _disposed;

    /// <summary>Joins a system, or makes one with <see cref="TestKitBase.DefaultConfig"/>.</summary>
    /// <param name="system">The system; null: one is made.</param>
    /// <param name="output">Where its log goes; null: nowhere.</param>
    public TestKit(ActorSystem? system = null, ITestOutputHelper? output = null)
        : base(system, null, null, null)
    {
        Output = output;
        InitializeLogger(Sys);
    }

    /// <summary>Makes a system.</summary>
    /// <param name="config">What it is set up with.</param>
    /// <param name="actorSystemName">Its name; null: <c>test</c>.</param>
    /// <param name="output">Where its log goes; null: nowhere.</param>
    public TestKit(ActorSystemSetup config, string? actorSystemName = null, ITestOutputHelper? output = null)
        : base(config, actorSystemName, null)
    {
        Output = output;
        InitializeLogger(Sys);
    }

    /// <summary>Makes a system.</summary>
    /// <param name="config">Its configuration, before <see cref="TestKitBase.DefaultConfig"/>.</param>
    /// <param name="actorSystemName">Its name; null: <c>test</c>.</param>
    /// <param name="output">Where its log goes; null: nowhere.</param>
    public TestKit(Config config, string? actorSystemName = null, ITestOutputHelper? output = null)
        : base(null, config, actorSystemName, null)
    {
        Output = output;
        InitializeLogger(Sys);
    }

    /// <summary>Makes a system.</summary>
    /// <param name="config">Its configuration as text, before <see cref="TestKitBase.DefaultConfig"/>.</param>
    /// <param name="output">Where its log goes; null: nowhere.</param>
    public TestKit(string config, ITestOutputHelper? output = null)
        : this(ConfigurationFactory.ParseString(config), null, output)
    {
    }

    /// <summary>How this kit fails a test.</summary>
    protected static XunitAssertions Assertions { get; } = new();

    /// <summary>Ends the test: <see cref="AfterAll"/>, then the system.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Runs when the test has ended and the system has not.</summary>
    protected virtual void AfterAll()
    {
    }

    /// <summary>Sends a system's log to the test's output, if there is one.</summary>
    /// <param name="system">The system.</param>
    protected void InitializeLogger(ActorSystem system)
    {
        if (Output is { } output)
            system.EventStream.Subscribe(new TestOutputLogger(system, output), typeof(LogEvent));
    }

    /// <summary>Ends the test.</summary>
    /// <param name="disposing">True.</param>
    protected virtual void Dispose(bool disposing)
    {
        if (_disposed)
            return;
        _disposed = true;
        try
        {
            AfterAll();
        }
        finally
        {
            Shutdown();
            ImplicitSender.Remove(TestActor);
        }
    }
}
