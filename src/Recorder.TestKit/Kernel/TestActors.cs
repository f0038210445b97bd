namespace Recorder.ActorKernel.Testing;

/// <summary>Sends every message back, and to the test actor too if asked to.</summary>
public sealed class EchoActor : ReceiveActor
{
    /// <summary>Makes an echo.</summary>
    /// <param name="testkit">The kit whose test actor may get a copy.</param>
    /// <param name="echoBackToSenderAsWell">Whether the sender gets it beside the test actor; null-object: only the sender.</param>
    public EchoActor(TestKitBase testkit, bool echoBackToSenderAsWell = true)
    {
        ReceiveAny(message =>
        {
            if (echoBackToSenderAsWell)
                Sender.Tell(message, Self);
            if (!testkit.TestActor.Equals(Sender))
                testkit.TestActor.Tell(message, Sender);
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
public sealed class BlackHoleActor : ActorBase
{
    /// <summary>How to make one.</summary>
    public static Props Props => ActorKernel.Props.Create<BlackHoleActor>();

    /// <inheritdoc/>
    protected override bool Receive(object message) => true;
}

/// <summary>Forwards every message.</summary>
public sealed class ForwardActor : ActorBase
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
