namespace Recorder.ActorKernel.Testing;

/// <summary>A message that reached a test actor, and who sent it.</summary>
public abstract class MessageEnvelope
{
    /// <summary>The message.</summary>
    /// <exception cref="IllegalActorStateException">Nothing was received.</exception>
    public abstract object Message { get; }

    /// <summary>Who sent it; dead letters when nobody did.</summary>
    /// <exception cref="IllegalActorStateException">Nothing was received.</exception>
    public abstract IActorRef Sender { get; }
}

/// <summary>The envelope of a message that was received.</summary>
public sealed class RealMessageEnvelope : MessageEnvelope
{
    /// <summary>Puts a message and its sender together.</summary>
    /// <param name="message">The message.</param>
    /// <param name="sender">Who sent it.</param>
    public RealMessageEnvelope(object message, IActorRef sender)
    {
        Message = message;
        Sender = sender;
    }

    /// <inheritdoc/>
    public override object Message { get; }

    /// <inheritdoc/>
    public override IActorRef Sender { get; }

    /// <inheritdoc/>
    public override string ToString() => $"<{Message}> from {Sender}";
}

/// <summary>The envelope in place of a message that did not come.</summary>
public sealed class NullMessageEnvelope : MessageEnvelope
{
    /// <summary>The only one.</summary>
    public static readonly NullMessageEnvelope Instance = new();

    private NullMessageEnvelope()
    {
    }

    /// <inheritdoc/>
    public override object Message => throw Nothing();

    /// <inheritdoc/>
    public override IActorRef Sender => throw Nothing();

    /// <inheritdoc/>
    public override string ToString() => "<no message>";

    private static IllegalActorStateException Nothing() => new("The last receive got no message.");
}
