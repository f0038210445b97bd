namespace Recorder.ActorKernel.Tests;

/// <summary>
/// A spec that holds on both engines. What goes wrong on purpose here is logged; nobody needs to read it.
/// </summary>
public abstract class EngineSpec : TestKit
{
    protected static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(50);

    protected EngineSpec(string config = "")
        : base(ConfigurationFactory.ParseString("akka.loglevel = INFO\nakka.stdout-loglevel = OFF\n" + config))
    {
    }

    /// <summary>Waits until an actor has handled everything that this test has told it before.</summary>
    protected void AwaitHandled(IActorRef actor)
    {
        actor.Tell(new Identify(actor.Path.Name));
        ExpectMsg<ActorIdentity>(identity => identity.MessageId.ShouldBe(actor.Path.Name));
    }
}

/// <summary>A spec in which time passes when the spec says so.</summary>
public abstract class VirtualTimeSpec : EngineSpec
{
    protected VirtualTimeSpec()
        : base("akka.scheduler.implementation = \"Akka.TestKit.TestScheduler, Akka.TestKit\"")
    {
    }

    protected TestScheduler Scheduler => (TestScheduler)Sys.Scheduler;

    protected void Pass(int milliseconds) => Scheduler.Advance(TimeSpan.FromMilliseconds(milliseconds));
}

public class BoomException(string message = "boom") : Exception(message);
