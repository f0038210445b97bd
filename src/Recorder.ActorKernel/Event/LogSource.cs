namespace Recorder.ActorKernel.Event;

/// <summary>Who logs: the text and the type that its events carry.</summary>
public readonly struct LogSource : IEquatable<LogSource>
{
    private LogSource(string source, Type type)
    {
        Source = source;
        Type = type;
    }

    /// <summary>The text: an actor's path, or a name.</summary>
    public string Source { get; }

    /// <summary>The type.</summary>
    public Type Type { get; }

    /// <summary>The source that an object stands for.</summary>
    /// <param name="o">An actor, its context or reference, a type, a name, or anything else, which stands for its type.</param>
    /// <returns>The source.</returns>
    public static LogSource Create(object o) => o switch
    {
        LogSource source => source,
        _ when PathOf(o) is { } path => new LogSource(path.ToString(), SourceType(o)),
        string name => new LogSource(name, SourceType(o)),
        Type type => new LogSource(Logging.SimpleName(type), type),
        _ => new LogSource(Logging.SimpleName(o), SourceType(o)),
    };

    /// <summary>The source that an object stands for in a system: what is no actor carries the system's address.</summary>
    /// <param name="o">An actor, its context or reference, a type, a name, or anything else, which stands for its type.</param>
    /// <param name="system">The system.</param>
    /// <returns>The source.</returns>
    public static LogSource Create(object o, ActorSystem system) => o switch
    {
        LogSource source => source,
        IActorRef actor => new LogSource(FromActorRef(actor, system), SourceType(o)),
        _ when PathOf(o) is { } path => new LogSource(path.ToString(), SourceType(o)),
        string name => new LogSource(FromString(name, system), SourceType(o)),
        Type type => new LogSource(FromType(type, system), type),
        _ => new LogSource(FromType(o.GetType(), system), SourceType(o)),
    };

    /// <summary>The text of an actor.</summary>
    /// <param name="a">The actor.</param>
    /// <param name="system">Its system.</param>
    /// <returns>The text.</returns>
    public static string FromActorRef(IActorRef a, ActorSystem system) =>
        a.Path.ToStringWithAddress(((ExtendedActorSystem)system).Provider.DefaultAddress);

    /// <summary>The text of a name.</summary>
    /// <param name="source">The name.</param>
    /// <param name="system">The system.</param>
    /// <returns>The text.</returns>
    public static string FromString(string source, ActorSystem system) => $"{source} ({system})";

    /// <summary>The text of a type.</summary>
    /// <param name="t">The type.</param>
    /// <param name="system">The system.</param>
    /// <returns>The text.</returns>
    public static string FromType(Type t, ActorSystem system) => $"{Logging.SimpleName(t)} ({system})";

    /// <summary>The type that an object stands for.</summary>
    /// <param name="o">The object.</param>
    /// <returns>The type.</returns>
    public static Type SourceType(object o) => o switch
    {
        Type type => type,
        IActorContext context => context.Props.Type,
        string => typeof(DummyClassForStringSources),
        _ => o.GetType(),
    };

    /// <inheritdoc/>
    public bool Equals(LogSource other) => Source == other.Source && Type == other.Type;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is LogSource other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Source, Type);

    /// <summary>Whether two are the same.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    public static bool operator ==(LogSource left, LogSource right) => left.Equals(right);

    /// <summary>Whether two differ.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    public static bool operator !=(LogSource left, LogSource right) => !left.Equals(right);

    private static ActorPath? PathOf(object o) => o switch
    {
        IActorRef actor => actor.Path,
        IInternalActor actor => actor.ActorContext.Self.Path,
        IActorContext context => context.Self.Path,
        _ => null,
    };
}
