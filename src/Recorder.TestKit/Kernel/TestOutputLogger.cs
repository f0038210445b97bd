using Recorder.ActorKernel.Event;
using Xunit.Abstractions;

namespace Recorder.ActorKernel.Testing;

/// <summary>Writes a system's log to a test's output, except for what is muted.</summary>
internal sealed class TestOutputLogger : MinimalActorRef
{
    private readonly ActorSystem _system;
    private readonly ITestOutputHelper _output;

    public TestOutputLogger(ActorSystem system, ITestOutputHelper output)
    {
        _system = system;
        _output = output;
        Path = ((ExtendedActorSystem)system).Provider.RootPath / "test-output";
    }

    public override ActorPath Path { get; }

    public override IActorRefProvider Provider => ((ExtendedActorSystem)_system).Provider;

    protected override void TellInternal(object message, IActorRef sender)
    {
        if (message is not LogEvent log || MutedEvents.Of(_system).Contains(log))
            return;
        try
        {
            _output.WriteLine(log.ToString());
        }
        catch (InvalidOperationException)
        {
            // The test has ended: there is no output any more, and nobody who misses this line.
        }
    }
}
