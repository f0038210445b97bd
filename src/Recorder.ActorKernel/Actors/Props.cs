using System.Linq.Expressions;

namespace Recorder.ActorKernel;

/// <summary>Makes actors in a way that the props do not know, for example by a container.</summary>
public interface IIndirectActorProducer
{
    /// <summary>The type of what is made.</summary>
    Type ActorType { get; }

    /// <summary>Makes an actor.</summary>
    /// <returns>The actor.</returns>
    ActorBase Produce();

    /// <summary>Told when the actor is no longer used.</summary>
    /// <param name="actor">The actor.</param>
    void Release(ActorBase actor);
}

/// <summary>How to make an actor: type and arguments, or an expression, and what surrounds it. Immutable.</summary>
public class Props : IEquatable<Props>
{
    /// <summary>Props of an actor that handles nothing.</summary>
    public static readonly Props None = Create<EmptyActor>();

    private readonly IIndirectActorProducer? _producer;
    private readonly object?[] _arguments;

    /// <summary>Props of an actor that handles nothing.</summary>
    protected Props()
        : this(typeof(EmptyActor), [])
    {
    }

    /// <summary>A copy.</summary>
    /// <param name="copy">Of what.</param>
    protected Props(Props copy)
    {
        Type = copy.Type;
        _arguments = copy._arguments;
        _producer = copy._producer;
        Deploy = copy.Deploy;
        SupervisorStrategy = copy.SupervisorStrategy;
    }

    /// <summary>Props of a type without arguments.</summary>
    /// <param name="type">The type.</param>
    public Props(Type type)
        : this(type, [])
    {
    }

    /// <summary>Props of a type.</summary>
    /// <param name="type">The type.</param>
    /// <param name="args">The arguments of its constructor.</param>
    public Props(Type type, object?[]? args)
    {
        ArgumentNullException.ThrowIfNull(type);
        Type = type;
        _arguments = args ?? [];
        Deploy = Deploy.None;
    }

    /// <summary>Props of a type.</summary>
    /// <param name="type">The type.</param>
    /// <param name="supervisorStrategy">What happens to its children that fail.</param>
    /// <param name="args">The arguments of its constructor.</param>
    public Props(Type type, SupervisorStrategy? supervisorStrategy, params object?[] args)
        : this(type, args) => SupervisorStrategy = supervisorStrategy!;

    /// <summary>Props of a type.</summary>
    /// <param name="type">The type.</param>
    /// <param name="supervisorStrategy">What happens to its children that fail.</param>
    /// <param name="args">The arguments of its constructor.</param>
    public Props(Type type, SupervisorStrategy? supervisorStrategy, IEnumerable<object?> args)
        : this(type, supervisorStrategy, args.ToArray())
    {
    }

    /// <summary>Props of a type.</summary>
    /// <param name="deploy">What surrounds it.</param>
    /// <param name="type">The type.</param>
    /// <param name="args">The arguments of its constructor.</param>
    public Props(Deploy deploy, Type type, params object?[] args)
        : this(type, args) => Deploy = deploy;

    /// <summary>Props of a type.</summary>
    /// <param name="deploy">What surrounds it.</param>
    /// <param name="type">The type.</param>
    /// <param name="args">The arguments of its constructor.</param>
    public Props(Deploy deploy, Type type, IEnumerable<object?> args)
        : this(deploy, type, args.ToArray())
    {
    }

    private Props(IIndirectActorProducer producer, object?[] args)
        : this(producer.ActorType, args) => _producer = producer;

    /// <summary>Props of an actor that handles nothing.</summary>
    public static Props Empty => None;

    /// <summary>The type of the actor.</summary>
    public Type Type { get; }

    /// <summary>The name of the type.</summary>
    public string TypeName => Type.AssemblyQualifiedName!;

    /// <summary>The arguments of its constructor.</summary>
    public object[] Arguments => _arguments!;

    /// <summary>What surrounds it.</summary>
    public Deploy Deploy { get; protected set; }

    /// <summary>What happens to its children that fail; null for what the actor itself says.</summary>
    public SupervisorStrategy SupervisorStrategy { get; protected set; } = null!;

    /// <summary>The name of its dispatcher.</summary>
    public string Dispatcher => Deploy.Dispatcher == Deploy.NoDispatcherGiven ? Dispatch.Dispatchers.DefaultDispatcherId : Deploy.Dispatcher;

    /// <summary>The name of its mailbox.</summary>
    public string Mailbox => Deploy.Mailbox == Deploy.NoMailboxGiven ? Dispatch.Mailboxes.DefaultMailboxId : Deploy.Mailbox;

    /// <summary>Props from an expression <c>() =&gt; new MyActor(a, b)</c>. Its arguments are computed once, here.</summary>
    /// <typeparam name="TActor">The type.</typeparam>
    /// <param name="factory">The expression; it must be a call of a constructor.</param>
    /// <param name="supervisorStrategy">What happens to its children that fail.</param>
    /// <returns>The props.</returns>
    /// <exception cref="InvalidCastException">The expression is something else.</exception>
    public static Props Create<TActor>(Expression<Func<TActor>> factory, SupervisorStrategy? supervisorStrategy = null)
        where TActor : ActorBase
    {
        if (factory.Body is UnaryExpression)
            return new DynamicProps<TActor>(factory.Compile()) { SupervisorStrategy = supervisorStrategy! };
        if (factory.Body is not NewExpression newExpression)
            throw new InvalidCastException("The create function must be a 'new T (args)' expression");
        var arguments = newExpression.Arguments.Select(Evaluate).ToArray();
        return new Props(newExpression.Type, supervisorStrategy, arguments);
    }

    /// <summary>Props of a type.</summary>
    /// <typeparam name="TActor">The type.</typeparam>
    /// <param name="args">The arguments of its constructor.</param>
    /// <returns>The props.</returns>
    public static Props Create<TActor>(params object?[] args)
        where TActor : ActorBase => new(typeof(TActor), args);

    /// <summary>Props of a type without arguments.</summary>
    /// <typeparam name="TActor">The type.</typeparam>
    /// <param name="supervisorStrategy">What happens to its children that fail.</param>
    /// <returns>The props.</returns>
    public static Props Create<TActor>(SupervisorStrategy supervisorStrategy)
        where TActor : ActorBase, new() => new(typeof(TActor), supervisorStrategy);

    /// <summary>Props of a type.</summary>
    /// <param name="type">The type.</param>
    /// <param name="args">The arguments of its constructor.</param>
    /// <returns>The props.</returns>
    /// <exception cref="ArgumentNullException">The type is null.</exception>
    public static Props Create(Type type, params object?[] args)
    {
        ArgumentNullException.ThrowIfNull(type);
        return new Props(type, args);
    }

    /// <summary>Props of a producer.</summary>
    /// <param name="producer">The producer.</param>
    /// <param name="args">Kept as the arguments of the props.</param>
    /// <returns>The props.</returns>
    public static Props CreateBy(IIndirectActorProducer producer, params object?[] args)
    {
        ArgumentNullException.ThrowIfNull(producer);
        return new Props(producer, args);
    }

    /// <summary>The props with a mailbox.</summary>
    /// <param name="mailbox">Its name in the configuration.</param>
    /// <returns>New props.</returns>
    public Props WithMailbox(string mailbox) => With(p => p.Deploy = p.Deploy.WithMailbox(mailbox));

    /// <summary>The props with a dispatcher.</summary>
    /// <param name="dispatcher">Its name in the configuration.</param>
    /// <returns>New props.</returns>
    public Props WithDispatcher(string dispatcher) => With(p => p.Deploy = p.Deploy.WithDispatcher(dispatcher));

    /// <summary>The props with a limit of the stash.</summary>
    /// <param name="stashCapacity">How many messages it holds.</param>
    /// <returns>New props.</returns>
    public Props WithStashCapacity(int stashCapacity) => With(p => p.Deploy = p.Deploy.WithStashCapacity(stashCapacity));

    /// <summary>The props with a strategy.</summary>
    /// <param name="supervisorStrategy">What happens to its children that fail.</param>
    /// <returns>New props.</returns>
    public Props WithSupervisorStrategy(SupervisorStrategy supervisorStrategy) => With(p => p.SupervisorStrategy = supervisorStrategy);

    /// <summary>The props with other surroundings; what those do not say stays.</summary>
    /// <param name="deploy">The surroundings.</param>
    /// <returns>New props.</returns>
    public Props WithDeploy(Deploy deploy) => With(p => p.Deploy = deploy.WithFallback(p.Deploy));

    /// <summary>Makes the actor.</summary>
    /// <returns>The actor.</returns>
    /// <exception cref="TypeLoadException">It could not be made.</exception>
    public virtual ActorBase NewActor()
    {
        try
        {
            return _producer is not null ? _producer.Produce() : (ActorBase)Activator.CreateInstance(Type, _arguments)!;
        }
        catch (Exception e)
        {
            throw new TypeLoadException(
                $"Error while creating actor instance of type {Type} with {_arguments.Length} args: ({string.Join(",", _arguments)})",
                e);
        }
    }

    /// <inheritdoc/>
    public bool Equals(Props? other) =>
        ReferenceEquals(this, other)
        || (other is not null
            && other.GetType() == GetType()
            && Type == other.Type
            && Equals(_producer, other._producer)
            && Deploy.Equals(other.Deploy)
            && Equals(SupervisorStrategy, other.SupervisorStrategy)
            && _arguments.SequenceEqual(other._arguments));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Props);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Type, Deploy, _arguments.Length);

    internal void Release(ActorBase actor)
    {
        (actor as IDisposable)?.Dispose();
        _producer?.Release(actor);
    }

    /// <summary>A copy of these props.</summary>
    /// <returns>The copy.</returns>
    protected virtual Props Copy() => new(this);

    private static object? Evaluate(Expression argument) => argument is ConstantExpression constant
        ? constant.Value
        : Expression.Lambda<Func<object?>>(Expression.Convert(argument, typeof(object))).Compile(preferInterpretation: true)();

    private Props With(Action<Props> change)
    {
        var copy = Copy();
        change(copy);
        return copy;
    }

    private sealed class EmptyActor : UntypedActor
    {
        protected override void OnReceive(object message) => Unhandled(message);
    }
}

/// <summary>Props of an actor that has stopped: makes nothing.</summary>
public class TerminatedProps : Props
{
    /// <inheritdoc/>
    public override ActorBase NewActor() => throw new InvalidOperationException("This actor has been terminated");

    /// <inheritdoc/>
    protected override Props Copy() => this;
}

internal sealed class DynamicProps<TActor> : Props
    where TActor : ActorBase
{
    private readonly Func<TActor> _make;

    public DynamicProps(Func<TActor> make)
        : base(typeof(TActor)) => _make = make;

    private DynamicProps(DynamicProps<TActor> copy)
        : base(copy) => _make = copy._make;

    public override ActorBase NewActor() => _make();

    protected override Props Copy() => new DynamicProps<TActor>(this);
}

/// <summary>What surrounds an actor: its dispatcher, its mailbox, the limit of its stash.</summary>
public class Deploy : IEquatable<Deploy>
{
    /// <summary>Says that the stash has no limit.</summary>
    public const int NoStashSize = -1;

    /// <summary>Says that no dispatcher was given.</summary>
    public static readonly string NoDispatcherGiven = string.Empty;

    /// <summary>Says that no mailbox was given.</summary>
    public static readonly string NoMailboxGiven = string.Empty;

    /// <summary>Nothing in particular.</summary>
    public static readonly Deploy None = new();

    /// <summary>In this process, as everything in the kernel.</summary>
    public static readonly Deploy Local = new();

    /// <summary>The name of the dispatcher in the configuration.</summary>
    public string Dispatcher { get; private init; } = NoDispatcherGiven;

    /// <summary>The name of the mailbox in the configuration.</summary>
    public string Mailbox { get; private init; } = NoMailboxGiven;

    /// <summary>How many messages the stash holds; <see cref="NoStashSize"/> for what the mailbox says.</summary>
    public int StashCapacity { get; private init; } = NoStashSize;

    /// <summary>With a dispatcher.</summary>
    /// <param name="dispatcher">Its name.</param>
    /// <returns>A copy.</returns>
    public virtual Deploy WithDispatcher(string dispatcher) =>
        new() { Dispatcher = dispatcher, Mailbox = Mailbox, StashCapacity = StashCapacity };

    /// <summary>With a mailbox.</summary>
    /// <param name="mailbox">Its name.</param>
    /// <returns>A copy.</returns>
    public virtual Deploy WithMailbox(string mailbox) =>
        new() { Dispatcher = Dispatcher, Mailbox = mailbox, StashCapacity = StashCapacity };

    /// <summary>With a limit of the stash.</summary>
    /// <param name="stashSize">How many messages.</param>
    /// <returns>A copy.</returns>
    public virtual Deploy WithStashCapacity(int stashSize) =>
        new() { Dispatcher = Dispatcher, Mailbox = Mailbox, StashCapacity = stashSize };

    /// <summary>What this does not say, from another.</summary>
    /// <param name="other">The other.</param>
    /// <returns>A copy.</returns>
    public virtual Deploy WithFallback(Deploy other) => new()
    {
        Dispatcher = Dispatcher == NoDispatcherGiven ? other.Dispatcher : Dispatcher,
        Mailbox = Mailbox == NoMailboxGiven ? other.Mailbox : Mailbox,
        StashCapacity = StashCapacity == NoStashSize ? other.StashCapacity : StashCapacity,
    };

    /// <inheritdoc/>
    public bool Equals(Deploy? other) =>
        other is not null && Dispatcher == other.Dispatcher && Mailbox == other.Mailbox && StashCapacity == other.StashCapacity;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Deploy);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Dispatcher, Mailbox, StashCapacity);
}
