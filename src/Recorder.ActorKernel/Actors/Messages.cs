using Recorder.ActorKernel.Event;

namespace Recorder.ActorKernel;

/// <summary>Marks messages that the runtime handles by itself.</summary>
public interface IAutoReceivedMessage;

/// <summary>Marks messages that could harm when they come from an untrusted sender.</summary>
public interface IPossiblyHarmful;

/// <summary>Marks messages that never leave the process.</summary>
public interface INoSerializationVerificationNeeded;

/// <summary>Marks messages that do not restart the receive timeout.</summary>
public interface INotInfluenceReceiveTimeout;

/// <summary>Asks for every received message to be logged at debug level.</summary>
public interface ILogReceive;

/// <summary>A message around another.</summary>
public interface IWrappedMessage
{
    /// <summary>The other.</summary>
    object Message { get; }
}

/// <summary>Unwrapping.</summary>
public static class WrappedMessage
{
    /// <summary>The innermost message.</summary>
    /// <param name="message">A message, wrapped or not.</param>
    /// <returns>The innermost.</returns>
    public static object Unwrap(object message)
    {
        while (message is IWrappedMessage wrapped)
            message = wrapped.Message;
        return message;
    }
}

/// <summary>Told to who watches, when the watched actor has stopped.</summary>
/// <param name="actorRef">Who stopped.</param>
/// <param name="existenceConfirmed">False when it is not known to have existed.</param>
/// <param name="addressTerminated">True when its whole node is gone.</param>
public sealed class Terminated(IActorRef actorRef, bool existenceConfirmed, bool addressTerminated)
    : IAutoReceivedMessage, IPossiblyHarmful, IDeadLetterSuppression, INoSerializationVerificationNeeded, IEquatable<Terminated>
{
    /// <summary>Who stopped.</summary>
    public IActorRef ActorRef { get; } = actorRef;

    /// <summary>True when its whole node is gone.</summary>
    public bool AddressTerminated { get; } = addressTerminated;

    /// <summary>False when it is not known to have existed.</summary>
    public bool ExistenceConfirmed { get; } = existenceConfirmed;

    /// <inheritdoc/>
    public bool Equals(Terminated? other) =>
        other is not null
        && Equals(ActorRef, other.ActorRef)
        && AddressTerminated == other.AddressTerminated
        && ExistenceConfirmed == other.ExistenceConfirmed;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Terminated);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(ActorRef, AddressTerminated, ExistenceConfirmed);

    /// <inheritdoc/>
    public override string ToString() => $"<Terminated>: {ActorRef} - ExistenceConfirmed={ExistenceConfirmed}";
}

/// <summary>Stops an actor when its turn in the mailbox comes.</summary>
public sealed class PoisonPill : IAutoReceivedMessage, IPossiblyHarmful, IDeadLetterSuppression
{
    private PoisonPill()
    {
    }

    /// <summary>The only instance.</summary>
    public static PoisonPill Instance { get; } = new();

    /// <inheritdoc/>
    public override string ToString() => "<PoisonPill>";
}

/// <summary>Fails an actor with <see cref="ActorKilledException"/> when its turn in the mailbox comes.</summary>
public sealed class Kill : IAutoReceivedMessage
{
    private Kill()
    {
    }

    /// <summary>The only instance.</summary>
    public static Kill Instance { get; } = new();

    /// <inheritdoc/>
    public override string ToString() => "<Kill>";
}

/// <summary>Asks any actor who it is; the runtime answers with <see cref="ActorIdentity"/>.</summary>
/// <param name="messageId">Comes back in the answer.</param>
public sealed class Identify(object? messageId) : IAutoReceivedMessage, INotInfluenceReceiveTimeout
{
    /// <summary>Comes back in the answer.</summary>
    public object MessageId { get; } = messageId!;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Identify other && Equals(MessageId, other.MessageId);

    /// <inheritdoc/>
    public override int GetHashCode() => MessageId?.GetHashCode() ?? 0;

    /// <inheritdoc/>
    public override string ToString() => $"<Identify>: {MessageId}";
}

/// <summary>The answer to <see cref="Identify"/>.</summary>
/// <param name="messageId">What the question carried.</param>
/// <param name="subject">Who answers; null when nobody is there.</param>
public sealed class ActorIdentity(object? messageId, IActorRef? subject)
{
    /// <summary>What the question carried.</summary>
    public object MessageId { get; } = messageId!;

    /// <summary>Who answers; null when nobody is there.</summary>
    public IActorRef Subject { get; } = subject!;

    /// <inheritdoc/>
    public override bool Equals(object? obj) =>
        obj is ActorIdentity other && Equals(MessageId, other.MessageId) && Equals(Subject, other.Subject);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(MessageId, Subject);

    /// <inheritdoc/>
    public override string ToString() => $"<ActorIdentity>: {Subject} - MessageId={MessageId}";
}

/// <summary>Told to an actor that got nothing for the time it set with SetReceiveTimeout.</summary>
public class ReceiveTimeout : IPossiblyHarmful
{
    private ReceiveTimeout()
    {
    }

    /// <summary>The only instance.</summary>
    public static ReceiveTimeout Instance { get; } = new();
}

/// <summary>An answer that says how something went.</summary>
public abstract class Status
{
    /// <summary>It went well.</summary>
    public sealed class Success : Status
    {
        /// <summary>A success without a value.</summary>
        public static readonly Success Instance = new(null);

        /// <summary>The result, where there is one.</summary>
        public readonly object Status;

        /// <summary>A success.</summary>
        /// <param name="status">The result.</param>
        public Success(object? status) => Status = status!;

        /// <inheritdoc/>
        public override string ToString() => $"Success: {Status}";
    }

    /// <summary>It failed; an Ask that gets this throws the cause.</summary>
    public sealed class Failure : Status
    {
        /// <summary>Why.</summary>
        public readonly Exception Cause;

        /// <summary>More about it, where there is more.</summary>
        public readonly object State;

        /// <summary>A failure.</summary>
        /// <param name="cause">Why.</param>
        public Failure(Exception? cause)
            : this(cause, null)
        {
        }

        /// <summary>A failure.</summary>
        /// <param name="cause">Why.</param>
        /// <param name="state">More about it.</param>
        public Failure(Exception? cause, object? state)
        {
            Cause = cause!;
            State = state!;
        }

        /// <inheritdoc/>
        public override string ToString() => $"Failure: {Cause}";
    }
}

/// <summary>A message and who sent it.</summary>
public readonly struct Envelope : IEquatable<Envelope>
{
    /// <summary>An envelope.</summary>
    /// <param name="message">The message; never null.</param>
    /// <param name="sender">Who sent it; null for nobody.</param>
    /// <exception cref="InvalidMessageException">The message is null.</exception>
    public Envelope(object message, IActorRef? sender)
    {
        Message = message ?? throw new InvalidMessageException();
        Sender = sender!;
    }

    /// <summary>An envelope whose sender is dead letters when nobody sent it.</summary>
    /// <param name="message">The message; never null.</param>
    /// <param name="sender">Who sent it; null for nobody.</param>
    /// <param name="system">The system.</param>
    public Envelope(object message, IActorRef? sender, ActorSystem system)
        : this(message, sender ?? system.DeadLetters)
    {
    }

    /// <summary>The message.</summary>
    public object Message { get; }

    /// <summary>Who sent it; null for nobody.</summary>
    public IActorRef Sender { get; }

    /// <inheritdoc/>
    public bool Equals(Envelope other) => Equals(Message, other.Message) && Equals(Sender, other.Sender);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Envelope other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Message, Sender);

    /// <inheritdoc/>
    public override string ToString() => $"<{Message}> from {(Sender is null ? "NoSender" : Sender.ToString())}";
}

/// <summary>The value of a task that has none.</summary>
public sealed class Done
{
    /// <summary>The only instance.</summary>
    public static readonly Done Instance = new();

    private Done()
    {
    }
}
