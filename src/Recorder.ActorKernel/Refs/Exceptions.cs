namespace Recorder.ActorKernel;

/// <summary>The base of what the actor runtime throws.</summary>
public abstract class AkkaException : Exception
{
    /// <summary>An exception.</summary>
    protected AkkaException()
    {
    }

    /// <summary>An exception.</summary>
    /// <param name="message">What went wrong.</param>
    /// <param name="cause">Why.</param>
    protected AkkaException(string message, Exception? cause = null)
        : base(message, cause)
    {
    }

    /// <summary>Why.</summary>
    protected Exception? Cause => InnerException;
}

/// <summary>A name that no actor may have, or that is taken.</summary>
public class InvalidActorNameException : AkkaException
{
    /// <summary>An exception.</summary>
    /// <param name="message">What went wrong.</param>
    public InvalidActorNameException(string message)
        : base(message)
    {
    }

    /// <summary>An exception.</summary>
    /// <param name="message">What went wrong.</param>
    /// <param name="innerException">Why.</param>
    public InvalidActorNameException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

/// <summary>No answer came in time.</summary>
/// <param name="message">How long was waited.</param>
public class AskTimeoutException(string message) : AkkaException(message);

/// <summary>A selection found nobody.</summary>
public class ActorNotFoundException : AkkaException
{
    /// <summary>An exception.</summary>
    public ActorNotFoundException()
    {
    }

    /// <summary>An exception.</summary>
    /// <param name="message">What was looked for.</param>
    /// <param name="innerException">Why.</param>
    public ActorNotFoundException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}

/// <summary>The creation of an actor failed: its constructor or PreStart threw.</summary>
public class ActorInitializationException : AkkaException
{
    /// <summary>An exception.</summary>
    public ActorInitializationException()
    {
    }

    /// <summary>An exception.</summary>
    /// <param name="message">What went wrong.</param>
    public ActorInitializationException(string message)
        : base(message)
    {
    }

    /// <summary>An exception.</summary>
    /// <param name="message">What went wrong.</param>
    /// <param name="cause">Why.</param>
    public ActorInitializationException(string message, Exception? cause)
        : base(message, cause)
    {
    }

    /// <summary>An exception.</summary>
    /// <param name="actor">Whose creation failed.</param>
    /// <param name="message">What went wrong.</param>
    /// <param name="cause">Why.</param>
    public ActorInitializationException(IActorRef? actor, string message, Exception? cause = null)
        : base(message, cause) => Actor = actor;

    /// <summary>Whose creation failed, where known.</summary>
    public IActorRef? Actor { get; set; }

    /// <inheritdoc/>
    public override string ToString() => Actor is null ? base.ToString() : $"{Actor}: {base.ToString()}";
}

/// <summary>PreRestart threw; the restart went on.</summary>
public class PreRestartException : ActorInitializationException
{
    /// <summary>An exception.</summary>
    /// <param name="actor">Whose.</param>
    /// <param name="restartException">What PreRestart threw.</param>
    /// <param name="cause">Why the actor was to be restarted.</param>
    /// <param name="optionalMessage">The message that was being handled.</param>
    public PreRestartException(IActorRef? actor, Exception restartException, Exception cause, object? optionalMessage)
        : base(
            actor,
            $"Exception in PreRestart({cause.GetType()}, {optionalMessage?.GetType().ToString() ?? "None"})",
            restartException)
    {
        RestartException = restartException;
        OptionalMessage = optionalMessage;
    }

    /// <summary>What PreRestart threw.</summary>
    public Exception RestartException { get; }

    /// <summary>The message that was being handled.</summary>
    public object? OptionalMessage { get; }
}

/// <summary>The constructor or PostRestart of the new instance threw.</summary>
public class PostRestartException : ActorInitializationException
{
    /// <summary>An exception.</summary>
    /// <param name="actor">Whose.</param>
    /// <param name="cause">What was thrown.</param>
    /// <param name="originalCause">Why the actor was to be restarted.</param>
    public PostRestartException(IActorRef? actor, Exception cause, Exception originalCause)
        : base(actor, $"Exception post restart ({originalCause?.GetType().ToString() ?? "null"})", cause) =>
        OriginalCause = originalCause!;

    /// <summary>Why the actor was to be restarted.</summary>
    public Exception OriginalCause { get; }
}

/// <summary>An actor got <see cref="Kill"/>.</summary>
public class ActorKilledException : AkkaException
{
    /// <summary>An exception.</summary>
    public ActorKilledException()
    {
    }

    /// <summary>An exception.</summary>
    /// <param name="message">What went wrong.</param>
    public ActorKilledException(string message)
        : base(message)
    {
    }
}

/// <summary>An actor did not handle the <see cref="Terminated"/> of another that it watches.</summary>
/// <param name="deadActor">The other.</param>
public class DeathPactException(IActorRef deadActor) : AkkaException($"Monitored actor [{deadActor}] terminated")
{
    /// <summary>The other.</summary>
    public IActorRef DeadActor { get; } = deadActor;
}

/// <summary>Something that must not be sent, such as null.</summary>
public class InvalidMessageException : AkkaException
{
    /// <summary>An exception.</summary>
    public InvalidMessageException()
        : this("Message is null")
    {
    }

    /// <summary>An exception.</summary>
    /// <param name="message">What went wrong.</param>
    public InvalidMessageException(string message)
        : base(message)
    {
    }
}

/// <summary>Something was asked of an actor that its state does not allow, such as stashing a message twice.</summary>
/// <param name="message">What went wrong.</param>
public class IllegalActorStateException(string message) : AkkaException(message);

/// <summary>A name that no actor may have.</summary>
/// <param name="message">What went wrong.</param>
public class IllegalActorNameException(string message) : AkkaException(message);

/// <summary>A logger did not start.</summary>
/// <param name="message">What went wrong.</param>
/// <param name="cause">Why.</param>
public class LoggerInitializationException(string message, Exception? cause = null) : AkkaException(message, cause);

/// <summary>The scheduler has been stopped, or cannot do what was asked.</summary>
/// <param name="message">What went wrong.</param>
public sealed class SchedulerException(string message) : AkkaException(message);

/// <summary>A stash is full.</summary>
/// <param name="message">What went wrong.</param>
/// <param name="cause">Why.</param>
public class StashOverflowException(string message, Exception? cause = null) : AkkaException(message, cause);
