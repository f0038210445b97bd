#pragma warning disable RS0026, RS0027 // The overloads and their optional parameters are those of Akka's TestKit.
namespace Recorder.Testing;

/// <summary>
/// Akka's <see cref="TestProbe"/> in the time of a <see cref="RecorderSpec"/>: <c>ExpectNoMsg</c> looks and does not wait, <c>Within</c>
/// measures the clock that the spec moves.
/// </summary>
public sealed class RecorderProbe : TestProbe
{
    private readonly VirtualTime _time;

    internal RecorderProbe(RecorderWorld world, ITestKitAssertions assertions, string? name)
        : base(world.Sys, assertions, name) => _time = new VirtualTime(world);

    /// <summary>Nothing has come that was not expected. Nothing is waited for.</summary>
    /// <param name="cancellationToken">Not needed.</param>
    public new void ExpectNoMsg(CancellationToken cancellationToken = default) => _time.ExpectNoMsg(base.ExpectNoMsg);

    /// <inheritdoc cref="ExpectNoMsg(CancellationToken)" />
    /// <param name="duration">Not waited for: time passes when the world's clock is moved.</param>
    /// <param name="cancellationToken">Not needed.</param>
    public new void ExpectNoMsg(TimeSpan duration, CancellationToken cancellationToken = default) => ExpectNoMsg(cancellationToken);

    /// <inheritdoc cref="ExpectNoMsg(TimeSpan, CancellationToken)" />
    /// <param name="milliseconds">Not waited for.</param>
    /// <param name="cancellationToken">Not needed.</param>
    public new void ExpectNoMsg(int milliseconds, CancellationToken cancellationToken = default) => ExpectNoMsg(cancellationToken);

    /// <inheritdoc cref="ExpectNoMsg(CancellationToken)" />
    public new ValueTask ExpectNoMsgAsync(CancellationToken cancellationToken = default)
    {
        ExpectNoMsg(cancellationToken);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc cref="ExpectNoMsg(TimeSpan, CancellationToken)" />
    public new ValueTask ExpectNoMsgAsync(TimeSpan duration, CancellationToken cancellationToken = default) =>
        ExpectNoMsgAsync(cancellationToken);

    /// <inheritdoc cref="ExpectNoMsg(int, CancellationToken)" />
    public new ValueTask ExpectNoMsgAsync(int milliseconds, CancellationToken cancellationToken = default) =>
        ExpectNoMsgAsync(cancellationToken);

    /// <summary>What the block does takes no longer, by the world's clock.</summary>
    /// <param name="max">The longest it may take.</param>
    /// <param name="action">The block.</param>
    /// <param name="epsilonValue">How much longer is good still; none unless given.</param>
    /// <param name="cancellationToken">Not needed.</param>
    /// <exception cref="SpecFailedException">It took longer.</exception>
    public new void Within(TimeSpan max, Action action, TimeSpan? epsilonValue = null, CancellationToken cancellationToken = default) =>
        Within(TimeSpan.Zero, max, action, null, epsilonValue, cancellationToken);

    /// <inheritdoc cref="Within(TimeSpan, Action, TimeSpan?, CancellationToken)" />
    /// <param name="min">The shortest it may take.</param>
    /// <param name="max">The longest it may take.</param>
    /// <param name="action">The block.</param>
    /// <param name="hint">What it is about, for the failure.</param>
    /// <param name="epsilonValue">How much longer is good still; none unless given.</param>
    /// <param name="cancellationToken">Not needed.</param>
    public new void Within(
        TimeSpan min, TimeSpan max, Action action, string? hint = null, TimeSpan? epsilonValue = null,
        CancellationToken cancellationToken = default) => _time.Within(min, max, action, hint, epsilonValue);

    /// <inheritdoc cref="Within(TimeSpan, Action, TimeSpan?, CancellationToken)" />
    /// <param name="max">The longest it may take.</param>
    /// <param name="function">The block.</param>
    /// <param name="epsilonValue">How much longer is good still; none unless given.</param>
    /// <param name="cancellationToken">Not needed.</param>
    /// <returns>What the block returns.</returns>
    public new T Within<T>(TimeSpan max, Func<T> function, TimeSpan? epsilonValue = null, CancellationToken cancellationToken = default) =>
        Within(TimeSpan.Zero, max, function, null, epsilonValue, cancellationToken);

    /// <inheritdoc cref="Within{T}(TimeSpan, Func{T}, TimeSpan?, CancellationToken)" />
    /// <param name="min">The shortest it may take.</param>
    /// <param name="max">The longest it may take.</param>
    /// <param name="function">The block.</param>
    /// <param name="hint">What it is about, for the failure.</param>
    /// <param name="epsilonValue">How much longer is good still; none unless given.</param>
    /// <param name="cancellationToken">Not needed.</param>
    public new T Within<T>(
        TimeSpan min, TimeSpan max, Func<T> function, string? hint = null, TimeSpan? epsilonValue = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(function);
        T result = default!;
        _time.Within(min, max, () => result = function(), hint, epsilonValue);
        return result;
    }
}
