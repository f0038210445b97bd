namespace Recorder.ActorKernel.Util;

/// <summary>A value, or none.</summary>
/// <typeparam name="T">The type of the value.</typeparam>
public readonly struct Option<T> : IEquatable<Option<T>>
{
    /// <summary>A value.</summary>
    /// <param name="value">The value.</param>
    public Option(T value)
    {
        Value = value;
        HasValue = true;
    }

    /// <summary>The value; the type's default when there is none.</summary>
    public T Value { get; }

    /// <summary>Whether there is a value.</summary>
    public bool HasValue { get; }

    /// <summary>Whether there is none.</summary>
    public bool IsEmpty => !HasValue;

#pragma warning disable CA1000 // Akka.NET's name for it
    /// <summary>No value.</summary>
    public static Option<T> None => default;
#pragma warning restore CA1000

    /// <summary>A value.</summary>
    /// <param name="value">The value.</param>
    public static implicit operator Option<T>(T value) => new(value);

    /// <summary>The value, or another.</summary>
    /// <param name="fallbackValue">The other.</param>
    /// <returns>One of them.</returns>
    public T GetOrElse(T fallbackValue) => HasValue ? Value : fallbackValue;

    /// <summary>What becomes of the value, if there is one.</summary>
    /// <typeparam name="TNew">The type of what becomes of it.</typeparam>
    /// <param name="selector">Makes it.</param>
    /// <returns>It, or none.</returns>
    public Option<TNew> Select<TNew>(Func<T, TNew> selector) => HasValue ? new Option<TNew>(selector(Value)) : default;

    /// <inheritdoc/>
    public bool Equals(Option<T> other) =>
        HasValue == other.HasValue && EqualityComparer<T>.Default.Equals(Value, other.Value);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Option<T> other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(HasValue, Value);

    /// <inheritdoc/>
    public override string ToString() => HasValue ? $"Some<{Value}>" : "None";

    /// <summary>Whether two are the same.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    public static bool operator ==(Option<T> left, Option<T> right) => left.Equals(right);

    /// <summary>Whether two differ.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    public static bool operator !=(Option<T> left, Option<T> right) => !left.Equals(right);
}
