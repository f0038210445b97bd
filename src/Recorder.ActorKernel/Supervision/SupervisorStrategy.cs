using Recorder.ActorKernel.Event;
using Recorder.ActorKernel.Internal;

namespace Recorder.ActorKernel;

/// <summary>What a supervisor does about a failure.</summary>
public enum Directive
{
    /// <summary>The child goes on with its state.</summary>
    Resume = 0,

    /// <summary>The child is made anew.</summary>
    Restart = 1,

    /// <summary>The supervisor fails too.</summary>
    Escalate = 2,

    /// <summary>The child stops.</summary>
    Stop = 3,
}

/// <summary>Pairs of exception and directive.</summary>
public static class DirectiveExtensions
{
    /// <summary>The directive for a kind of exception.</summary>
    /// <typeparam name="TException">The kind.</typeparam>
    /// <param name="self">The directive.</param>
    /// <returns>The pair.</returns>
    public static KeyValuePair<Type, Directive> When<TException>(this Directive self)
        where TException : Exception => new(typeof(TException), self);
}

/// <summary>Decides about a failure by its exception.</summary>
public interface IDecider
{
    /// <summary>Decides.</summary>
    /// <param name="cause">The exception.</param>
    /// <returns>The directive.</returns>
    Directive Decide(Exception cause);
}

/// <summary>Decides by a function.</summary>
/// <param name="decider">The function.</param>
public class LocalOnlyDecider(Func<Exception, Directive> decider) : IDecider
{
    /// <inheritdoc/>
    public Directive Decide(Exception cause) => decider(cause);
}

/// <summary>Decides by a table: the first pair whose exception type fits.</summary>
public class DeployableDecider : IDecider, IEquatable<DeployableDecider>
{
    /// <summary>A decider.</summary>
    /// <param name="defaultDirective">What to do when no pair fits.</param>
    /// <param name="pairs">The pairs.</param>
    public DeployableDecider(Directive defaultDirective, IEnumerable<KeyValuePair<Type, Directive>> pairs)
        : this(defaultDirective, pairs.ToArray())
    {
    }

    /// <summary>A decider.</summary>
    /// <param name="defaultDirective">What to do when no pair fits.</param>
    /// <param name="pairs">The pairs.</param>
    public DeployableDecider(Directive defaultDirective, params KeyValuePair<Type, Directive>[] pairs)
    {
        DefaultDirective = defaultDirective;
        Pairs = pairs;
    }

    /// <summary>What to do when no pair fits.</summary>
    public Directive DefaultDirective { get; }

    /// <summary>The pairs.</summary>
    public KeyValuePair<Type, Directive>[] Pairs { get; }

    /// <inheritdoc/>
    public Directive Decide(Exception cause)
    {
        foreach (var pair in Pairs)
        {
            if (pair.Key.IsInstanceOfType(cause))
                return pair.Value;
        }

        return DefaultDirective;
    }

    /// <inheritdoc/>
    public bool Equals(DeployableDecider? other) =>
        other is not null && DefaultDirective == other.DefaultDirective && Pairs.SequenceEqual(other.Pairs);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as DeployableDecider);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(DefaultDirective, Pairs.Length);
}

/// <summary>Makes deciders.</summary>
public static class Decider
{
    /// <summary>A decider by a function.</summary>
    /// <param name="localOnlyDecider">The function.</param>
    /// <returns>The decider.</returns>
    public static LocalOnlyDecider From(Func<Exception, Directive> localOnlyDecider) => new(localOnlyDecider);

    /// <summary>A decider by a table.</summary>
    /// <param name="defaultDirective">What to do when no pair fits.</param>
    /// <param name="pairs">The pairs.</param>
    /// <returns>The decider.</returns>
    public static DeployableDecider From(Directive defaultDirective, params KeyValuePair<Type, Directive>[] pairs) =>
        new(defaultDirective, pairs);

    /// <summary>A decider by a table.</summary>
    /// <param name="defaultDirective">What to do when no pair fits.</param>
    /// <param name="pairs">The pairs.</param>
    /// <returns>The decider.</returns>
    public static DeployableDecider From(Directive defaultDirective, IEnumerable<KeyValuePair<Type, Directive>> pairs) =>
        new(defaultDirective, pairs);
}

/// <summary>What happens to children that fail.</summary>
public abstract class SupervisorStrategy
{
    /// <summary>Stops a child whose creation failed, that was killed, or that broke a death pact; restarts it otherwise.</summary>
    public static IDecider DefaultDecider = ActorKernel.Decider.From(
        Directive.Restart,
        Directive.Stop.When<ActorInitializationException>(),
        Directive.Stop.When<ActorKilledException>(),
        Directive.Stop.When<DeathPactException>());

    /// <summary>One for one, by the default decider, without a limit.</summary>
    public static readonly SupervisorStrategy DefaultStrategy = new OneForOneStrategy(DefaultDecider);

    /// <summary>Stops every child that fails.</summary>
    public static readonly OneForOneStrategy StoppingStrategy = new(static _ => Directive.Stop);

    /// <summary>Who decides.</summary>
    public abstract IDecider Decider { get; }

    /// <summary>Whether failures are logged.</summary>
    protected bool LoggingEnabled { get; set; } = true;

    /// <summary>Acts on the failure of a child.</summary>
    /// <param name="actorCell">The supervisor.</param>
    /// <param name="child">The child.</param>
    /// <param name="cause">What it threw.</param>
    /// <param name="stats">Its restarts so far.</param>
    /// <param name="children">All children.</param>
    /// <returns>False when the failure is escalated.</returns>
    public bool HandleFailure(
        ActorCell actorCell,
        IActorRef child,
        Exception cause,
        ChildRestartStats stats,
        IReadOnlyCollection<ChildRestartStats> children)
    {
        var directive = Handle(child, cause);
        LogFailure(actorCell, child, cause, directive);
        switch (directive)
        {
            case Directive.Resume:
                ResumeChild(child, cause);
                return true;
            case Directive.Restart:
                ProcessFailure(actorCell, restart: true, child, cause, stats, children);
                return true;
            case Directive.Stop:
                ProcessFailure(actorCell, restart: false, child, cause, stats, children);
                return true;
            default:
                return false;
        }
    }

    /// <summary>Restarts or stops.</summary>
    /// <param name="context">The supervisor.</param>
    /// <param name="restart">Restart, or else stop.</param>
    /// <param name="child">The child.</param>
    /// <param name="cause">What it threw.</param>
    /// <param name="stats">Its restarts so far.</param>
    /// <param name="children">All children.</param>
    public abstract void ProcessFailure(
        IActorContext context,
        bool restart,
        IActorRef child,
        Exception cause,
        ChildRestartStats stats,
        IReadOnlyCollection<ChildRestartStats> children);

    /// <summary>Called after a child has been removed.</summary>
    /// <param name="actorContext">The supervisor.</param>
    /// <param name="child">The child.</param>
    /// <param name="children">The other children.</param>
    public abstract void HandleChildTerminated(IActorContext actorContext, IActorRef child, IEnumerable<IInternalActorRef> children);

    /// <summary>Decides about a failure.</summary>
    /// <param name="child">The child.</param>
    /// <param name="exception">What it threw.</param>
    /// <returns>The directive.</returns>
    protected abstract Directive Handle(IActorRef child, Exception exception);

    /// <summary>Restarts a child.</summary>
    /// <param name="child">The child.</param>
    /// <param name="cause">Why.</param>
    /// <param name="suspendFirst">Whether it must be suspended first, because it is not the one that failed.</param>
    protected void RestartChild(IActorRef child, Exception cause, bool suspendFirst)
    {
        var target = (IInternalActorRef)child;
        if (suspendFirst)
            target.Suspend();
        target.Restart(cause);
    }

    /// <summary>Resumes the child that failed. Never for another.</summary>
    /// <param name="child">The child.</param>
    /// <param name="exception">What it threw.</param>
    protected void ResumeChild(IActorRef child, Exception exception) => ((IInternalActorRef)child).Resume(exception);

    /// <summary>Logs a failure: a warning when the child resumes, an error when it restarts or stops.</summary>
    /// <param name="context">The supervisor.</param>
    /// <param name="child">The child.</param>
    /// <param name="cause">What it threw.</param>
    /// <param name="directive">What is done about it.</param>
    protected virtual void LogFailure(IActorContext context, IActorRef child, Exception cause, Directive directive)
    {
        if (!LoggingEnabled || directive == Directive.Escalate)
            return;
        var shown = cause is ActorInitializationException { InnerException: { } inner } ? inner : cause;
        var source = child.Path.ToString();
        LogEvent entry = directive == Directive.Resume
            ? new Warning(source, GetType(), shown.Message)
            : new Error(cause, source, GetType(), shown.Message);
        try
        {
            context.System.EventStream.Publish(entry);
        }
        catch (Exception)
        {
            // logging must not change the outcome
        }
    }
}

/// <summary>Acts on the child that failed.</summary>
public class OneForOneStrategy : SupervisorStrategy, IEquatable<OneForOneStrategy>
{
    /// <summary>A strategy.</summary>
    /// <param name="maxNrOfRetries">How many restarts are allowed; null or negative for any number, 0 for none. After that the
    /// child stops.</param>
    /// <param name="withinTimeRange">In which time; null for no window.</param>
    /// <param name="localOnlyDecider">Decides by the exception.</param>
    public OneForOneStrategy(int? maxNrOfRetries, TimeSpan? withinTimeRange, Func<Exception, Directive> localOnlyDecider)
        : this(maxNrOfRetries, withinTimeRange, ActorKernel.Decider.From(localOnlyDecider))
    {
    }

    /// <summary>A strategy.</summary>
    /// <param name="maxNrOfRetries">How many restarts are allowed; null or negative for any number, 0 for none.</param>
    /// <param name="withinTimeRange">In which time; null for no window.</param>
    /// <param name="decider">Decides by the exception.</param>
    public OneForOneStrategy(int? maxNrOfRetries, TimeSpan? withinTimeRange, IDecider decider)
        : this(maxNrOfRetries.GetValueOrDefault(-1), Window.Milliseconds(withinTimeRange), decider)
    {
    }

    /// <summary>A strategy.</summary>
    /// <param name="maxNrOfRetries">How many restarts are allowed; negative for any number, 0 for none.</param>
    /// <param name="withinTimeMilliseconds">In which time; negative for no window.</param>
    /// <param name="localOnlyDecider">Decides by the exception.</param>
    /// <param name="loggingEnabled">Whether failures are logged.</param>
    public OneForOneStrategy(
        int maxNrOfRetries, int withinTimeMilliseconds, Func<Exception, Directive> localOnlyDecider, bool loggingEnabled = true)
        : this(maxNrOfRetries, withinTimeMilliseconds, ActorKernel.Decider.From(localOnlyDecider), loggingEnabled)
    {
    }

    /// <summary>A strategy.</summary>
    /// <param name="maxNrOfRetries">How many restarts are allowed; negative for any number, 0 for none.</param>
    /// <param name="withinTimeMilliseconds">In which time; negative for no window.</param>
    /// <param name="decider">Decides by the exception.</param>
    /// <param name="loggingEnabled">Whether failures are logged.</param>
    public OneForOneStrategy(int maxNrOfRetries, int withinTimeMilliseconds, IDecider decider, bool loggingEnabled = true)
    {
        MaxNumberOfRetries = maxNrOfRetries;
        WithinTimeRangeMilliseconds = withinTimeMilliseconds;
        Decider = decider;
        LoggingEnabled = loggingEnabled;
    }

    /// <summary>A strategy without a limit.</summary>
    /// <param name="localOnlyDecider">Decides by the exception.</param>
    public OneForOneStrategy(Func<Exception, Directive> localOnlyDecider)
        : this(-1, -1, localOnlyDecider)
    {
    }

    /// <summary>A strategy without a limit.</summary>
    /// <param name="localOnlyDecider">Decides by the exception.</param>
    /// <param name="loggingEnabled">Whether failures are logged.</param>
    public OneForOneStrategy(Func<Exception, Directive> localOnlyDecider, bool loggingEnabled = true)
        : this(-1, -1, localOnlyDecider, loggingEnabled)
    {
    }

    /// <summary>A strategy without a limit.</summary>
    /// <param name="decider">Decides by the exception.</param>
    public OneForOneStrategy(IDecider decider)
        : this(-1, -1, decider)
    {
    }

    /// <summary>A strategy without a limit, by the default decider.</summary>
    protected OneForOneStrategy()
        : this(DefaultDecider)
    {
    }

    /// <inheritdoc/>
    public override IDecider Decider { get; }

    /// <summary>How many restarts are allowed; negative for any number.</summary>
    public int MaxNumberOfRetries { get; }

    /// <summary>In which time; negative for no window.</summary>
    public int WithinTimeRangeMilliseconds { get; }

    /// <summary>The strategy with another limit.</summary>
    /// <param name="maxNrOfRetries">The limit.</param>
    /// <returns>A copy.</returns>
    public OneForOneStrategy WithMaxNrOfRetries(int maxNrOfRetries) =>
        new(maxNrOfRetries, WithinTimeRangeMilliseconds, Decider, LoggingEnabled);

    /// <inheritdoc/>
    public override void ProcessFailure(
        IActorContext context,
        bool restart,
        IActorRef child,
        Exception cause,
        ChildRestartStats stats,
        IReadOnlyCollection<ChildRestartStats> children)
    {
        if (restart && stats.RequestRestartPermission(MaxNumberOfRetries, WithinTimeRangeMilliseconds))
            RestartChild(child, cause, suspendFirst: false);
        else
            context.Stop(child);
    }

    /// <inheritdoc/>
    public override void HandleChildTerminated(IActorContext actorContext, IActorRef child, IEnumerable<IInternalActorRef> children)
    {
    }

    /// <inheritdoc/>
    public bool Equals(OneForOneStrategy? other) =>
        other is not null
        && MaxNumberOfRetries == other.MaxNumberOfRetries
        && WithinTimeRangeMilliseconds == other.WithinTimeRangeMilliseconds
        && Equals(Decider, other.Decider);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as OneForOneStrategy);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Decider, MaxNumberOfRetries, WithinTimeRangeMilliseconds);

    /// <inheritdoc/>
    protected override Directive Handle(IActorRef child, Exception exception) => Decider.Decide(exception);
}

/// <summary>Acts on all children when one fails.</summary>
public class AllForOneStrategy : SupervisorStrategy, IEquatable<AllForOneStrategy>
{
    /// <summary>A strategy.</summary>
    /// <param name="maxNrOfRetries">How many restarts are allowed; null or negative for any number, 0 for none. After that all
    /// children stop.</param>
    /// <param name="withinTimeRange">In which time; null for no window.</param>
    /// <param name="localOnlyDecider">Decides by the exception.</param>
    public AllForOneStrategy(int? maxNrOfRetries, TimeSpan? withinTimeRange, Func<Exception, Directive> localOnlyDecider)
        : this(maxNrOfRetries, withinTimeRange, ActorKernel.Decider.From(localOnlyDecider))
    {
    }

    /// <summary>A strategy.</summary>
    /// <param name="maxNrOfRetries">How many restarts are allowed; null or negative for any number, 0 for none.</param>
    /// <param name="withinTimeRange">In which time; null for no window.</param>
    /// <param name="decider">Decides by the exception.</param>
    public AllForOneStrategy(int? maxNrOfRetries, TimeSpan? withinTimeRange, IDecider decider)
        : this(maxNrOfRetries.GetValueOrDefault(-1), Window.Milliseconds(withinTimeRange), decider)
    {
    }

    /// <summary>A strategy.</summary>
    /// <param name="maxNrOfRetries">How many restarts are allowed; negative for any number, 0 for none.</param>
    /// <param name="withinTimeMilliseconds">In which time; negative for no window.</param>
    /// <param name="localOnlyDecider">Decides by the exception.</param>
    /// <param name="loggingEnabled">Whether failures are logged.</param>
    public AllForOneStrategy(
        int maxNrOfRetries, int withinTimeMilliseconds, Func<Exception, Directive> localOnlyDecider, bool loggingEnabled = true)
        : this(maxNrOfRetries, withinTimeMilliseconds, ActorKernel.Decider.From(localOnlyDecider), loggingEnabled)
    {
    }

    /// <summary>A strategy.</summary>
    /// <param name="maxNrOfRetries">How many restarts are allowed; negative for any number, 0 for none.</param>
    /// <param name="withinTimeMilliseconds">In which time; negative for no window.</param>
    /// <param name="decider">Decides by the exception.</param>
    /// <param name="loggingEnabled">Whether failures are logged.</param>
    public AllForOneStrategy(int maxNrOfRetries, int withinTimeMilliseconds, IDecider decider, bool loggingEnabled = true)
    {
        MaxNumberOfRetries = maxNrOfRetries;
        WithinTimeRangeMilliseconds = withinTimeMilliseconds;
        Decider = decider;
        LoggingEnabled = loggingEnabled;
    }

    /// <summary>A strategy without a limit.</summary>
    /// <param name="localOnlyDecider">Decides by the exception.</param>
    public AllForOneStrategy(Func<Exception, Directive> localOnlyDecider)
        : this(-1, -1, localOnlyDecider)
    {
    }

    /// <summary>A strategy without a limit.</summary>
    /// <param name="decider">Decides by the exception.</param>
    public AllForOneStrategy(IDecider decider)
        : this(-1, -1, decider)
    {
    }

    /// <summary>A strategy without a limit, by the default decider.</summary>
    protected AllForOneStrategy()
        : this(DefaultDecider)
    {
    }

    /// <inheritdoc/>
    public override IDecider Decider { get; }

    /// <summary>How many restarts are allowed; negative for any number.</summary>
    public int MaxNumberOfRetries { get; }

    /// <summary>In which time; negative for no window.</summary>
    public int WithinTimeRangeMilliseconds { get; }

    /// <inheritdoc/>
    public override void ProcessFailure(
        IActorContext context,
        bool restart,
        IActorRef child,
        Exception cause,
        ChildRestartStats stats,
        IReadOnlyCollection<ChildRestartStats> children)
    {
        if (restart && children.All(c => c.RequestRestartPermission(MaxNumberOfRetries, WithinTimeRangeMilliseconds)))
        {
            foreach (var one in children)
                RestartChild(one.Child, cause, suspendFirst: !child.Equals(one.Child));
        }
        else
        {
            foreach (var one in children)
                context.Stop(one.Child);
        }
    }

    /// <inheritdoc/>
    public override void HandleChildTerminated(IActorContext actorContext, IActorRef child, IEnumerable<IInternalActorRef> children)
    {
    }

    /// <inheritdoc/>
    public bool Equals(AllForOneStrategy? other) =>
        other is not null
        && MaxNumberOfRetries == other.MaxNumberOfRetries
        && WithinTimeRangeMilliseconds == other.WithinTimeRangeMilliseconds
        && Equals(Decider, other.Decider);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as AllForOneStrategy);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Decider, MaxNumberOfRetries, WithinTimeRangeMilliseconds);

    /// <inheritdoc/>
    protected override Directive Handle(IActorRef child, Exception exception) => Decider.Decide(exception);
}

/// <summary>Makes the strategy of the user guardian; named in <c>akka.actor.guardian-supervisor-strategy</c>.</summary>
public abstract class SupervisorStrategyConfigurator
{
    /// <summary>The configurator that a type name stands for.</summary>
    /// <param name="typeName">The name.</param>
    /// <returns>The configurator.</returns>
    public static SupervisorStrategyConfigurator CreateConfigurator(string typeName)
    {
        var type = TypeNames.Resolve(typeName)
            ?? throw new Configuration.ConfigurationException($"Could not resolve SupervisorStrategyConfigurator type {typeName}");
        return (SupervisorStrategyConfigurator)Activator.CreateInstance(type)!;
    }

    /// <summary>Makes the strategy.</summary>
    /// <returns>The strategy.</returns>
    public abstract SupervisorStrategy Create();
}

/// <summary>Makes the default strategy.</summary>
public class DefaultSupervisorStrategy : SupervisorStrategyConfigurator
{
    /// <inheritdoc/>
    public override SupervisorStrategy Create() => SupervisorStrategy.DefaultStrategy;
}

/// <summary>Makes the strategy that stops every child that fails.</summary>
public class StoppingSupervisorStrategy : SupervisorStrategyConfigurator
{
    /// <inheritdoc/>
    public override SupervisorStrategy Create() => SupervisorStrategy.StoppingStrategy;
}

internal static class Window
{
    public static int Milliseconds(TimeSpan? range) =>
        range is { } time && time != Timeout.InfiniteTimeSpan ? (int)Math.Min(time.TotalMilliseconds, int.MaxValue) : -1;
}
