namespace Recorder.ActorKernel.Testing;

/// <summary>Passes every message on to the test actor, and back to its sender, each time in the sender's name.</summary>
public class EchoActor : ReceiveActor
{
    /// <summary>Makes an echo.</summary>
    /// <param name="testkit">The kit whose test actor gets the messages.</param>
    /// <param name="echoBackToSenderAsWell">Whether the sender gets them back; the test actor gets its own only once.</param>
    public EchoActor(TestKitBase testkit, bool echoBackToSenderAsWell = true)
    {
        ReceiveAny(message =>
        {
            if (echoBackToSenderAsWell && !testkit.TestActor.Equals(Sender))
                Sender.Forward(message);
            testkit.TestActor.Forward(message);
        });
    }

    /// <summary>How to make one.</summary>
    /// <param name="testkit">The kit whose test actor gets a copy.</param>
    /// <param name="echoBackToSenderAsWell">Whether the sender gets it as well.</param>
    /// <returns>The props.</returns>
    public static Props Props(TestKitBase testkit, bool echoBackToSenderAsWell = true) =>
        ActorKernel.Props.Create(() => new EchoActor(testkit, echoBackToSenderAsWell));
}

/// <summary>Takes every message and does nothing.</summary>
public class BlackHoleActor : ActorBase
{
    /// <summary>How to make one.</summary>
    public static Props Props => ActorKernel.Props.Create<BlackHoleActor>();

    /// <inheritdoc/>
    protected override bool Receive(object message) => true;
}

/// <summary>Forwards every message.</summary>
public class ForwardActor : ActorBase
{
    private readonly IActorRef _target;

    /// <summary>Makes one.</summary>
    /// <param name="target">Who gets the messages.</param>
    public ForwardActor(IActorRef target) => _target = target;

    /// <summary>How to make one.</summary>
    /// <param name="target">Who gets the messages.</param>
    /// <returns>The props.</returns>
    public static Props Props(IActorRef target) => ActorKernel.Props.Create(() => new ForwardActor(target));

    /// <inheritdoc/>
    protected override bool Receive(object message)
    {
        _target.Forward(message);
        return true;
    }
}

/// <summary>Handles no message: each is published as unhandled.</summary>
public class UnhandledMessageActor : ReceiveActor;
