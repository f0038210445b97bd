namespace Recorder.ActorKernel;

/// <summary>Something that a system has once.</summary>
public interface IExtension;

/// <summary>Makes an extension.</summary>
public interface IExtensionId
{
    /// <summary>The type of the extension.</summary>
    Type ExtensionType { get; }

    /// <summary>The extension of a system; made when it is not there.</summary>
    /// <param name="system">The system.</param>
    /// <returns>The extension.</returns>
    object Apply(ActorSystem system);

    /// <summary>The extension of a system.</summary>
    /// <param name="system">The system.</param>
    /// <returns>The extension.</returns>
    object Get(ActorSystem system);

    /// <summary>Makes the extension.</summary>
    /// <param name="system">The system.</param>
    /// <returns>The extension.</returns>
    object CreateExtension(ExtendedActorSystem system);
}

/// <summary>Makes an extension.</summary>
/// <typeparam name="T">Its type.</typeparam>
public interface IExtensionId<out T> : IExtensionId
    where T : IExtension
{
    /// <summary>The extension of a system; made when it is not there.</summary>
    /// <param name="system">The system.</param>
    /// <returns>The extension.</returns>
    new T Apply(ActorSystem system);

    /// <summary>The extension of a system.</summary>
    /// <param name="system">The system.</param>
    /// <returns>The extension.</returns>
    new T Get(ActorSystem system);

    /// <summary>Makes the extension.</summary>
    /// <param name="system">The system.</param>
    /// <returns>The extension.</returns>
    new T CreateExtension(ExtendedActorSystem system);
}

/// <summary>The base of what makes extensions.</summary>
/// <typeparam name="T">The type of the extension.</typeparam>
public abstract class ExtensionIdProvider<T> : IExtensionId<T>
    where T : IExtension
{
    /// <inheritdoc/>
    public Type ExtensionType => typeof(T);

    /// <inheritdoc/>
    public T Apply(ActorSystem system) => (T)system.RegisterExtension(this);

    /// <inheritdoc/>
    public T Get(ActorSystem system) => (T)system.GetExtension(this);

    /// <inheritdoc/>
    public abstract T CreateExtension(ExtendedActorSystem system);

    object IExtensionId.Apply(ActorSystem system) => Apply(system);

    object IExtensionId.Get(ActorSystem system) => Get(system);

    object IExtensionId.CreateExtension(ExtendedActorSystem system) => CreateExtension(system);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is ExtensionIdProvider<T>;

    /// <inheritdoc/>
    public override int GetHashCode() => typeof(T).GetHashCode();
}

/// <summary>Shorter ways to get extensions.</summary>
public static class ActorSystemWithExtensions
{
    /// <summary>The extension of a type.</summary>
    /// <typeparam name="T">The type.</typeparam>
    /// <param name="system">The system.</param>
    /// <returns>The extension.</returns>
    public static T WithExtension<T>(this ActorSystem system)
        where T : class, IExtension => system.GetExtension<T>();

    /// <summary>The extension of a type; made when it is not there.</summary>
    /// <typeparam name="T">The type.</typeparam>
    /// <param name="system">The system.</param>
    /// <param name="extensionId">The type of what makes it.</param>
    /// <returns>The extension.</returns>
    public static T WithExtension<T>(this ActorSystem system, Type extensionId)
        where T : class, IExtension =>
        system.HasExtension<T>()
            ? system.GetExtension<T>()
            : (T)system.RegisterExtension((IExtensionId)Activator.CreateInstance(extensionId)!);

    /// <summary>The extension of a type; made when it is not there.</summary>
    /// <typeparam name="T">The type.</typeparam>
    /// <typeparam name="TI">What makes it.</typeparam>
    /// <param name="system">The system.</param>
    /// <returns>The extension.</returns>
    public static T WithExtension<T, TI>(this ActorSystem system)
        where T : class, IExtension
        where TI : IExtensionId, new() =>
        system.HasExtension<T>() ? system.GetExtension<T>() : (T)system.RegisterExtension(new TI());
}
