#pragma warning disable RS0026, RS0027 // The overloads have the optional parameters of Akka's TestKit.
namespace Recorder.Testing;

/// <summary>Akka's <see cref="TestProbe"/> in virtual time: <c>ExpectNoMsg</c> does not wait, and <c>Within</c> measures the
/// clock that the spec advances.</summary>
/// <remarks>Create a probe with <see cref="RecorderSpec.CreateTestProbe(string?)"/>, and declare it with <c>var</c> or as
/// <c>RecorderProbe</c>: a variable of type <see cref="TestProbe"/> calls Akka's own methods, which wait in real time.</remarks>
/// <example>
/// <code>
/// var probe = CreateTestProbe();
/// Subscribe(probe, recorder.Id);
/// recorder.Start();
/// probe.FishForMessage&lt;RecorderProtocol.Started&gt;(_ => true);
/// </code>
/// </example>
public sealed class RecorderProbe : TestProbe
{
    private readonly VirtualTime _time;

    internal RecorderProbe(RecorderWorld world, ITestKitAssertions assertions, string? name)
        : base(world.Sys, assertions, name) => _time = new VirtualTime(world);

    /// <summary>Expects that no message is waiting. Unlike Akka's method, this one does not wait.</summary>
    /// <param name="cancellationToken">Not used.</param>
    public new void ExpectNoMsg(CancellationToken cancellationToken = default) => _time.ExpectNoMsg(base.ExpectNoMsg);

    /// <inheritdoc cref="ExpectNoMsg(CancellationToken)" />
    /// <param name="duration">Not used, because the method does not wait. Advance the clock to let time pass.</param>
    /// <param name="cancellationToken">Not used.</param>
    public new void ExpectNoMsg(TimeSpan duration, CancellationToken cancellationToken = default) => ExpectNoMsg(cancellationToken);

    /// <inheritdoc cref="ExpectNoMsg(TimeSpan, CancellationToken)" />
    /// <param name="milliseconds">Not used, because the method does not wait.</param>
    /// <param name="cancellationToken">Not used.</param>
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

    /// <summary>Expects that a block does not take more virtual time than given.</summary>
    /// <param name="max">The most time that may pass.</param>
    /// <param name="action">The block.</param>
    /// <param name="epsilonValue">Tolerance beyond the maximum. Default: zero.</param>
    /// <param name="cancellationToken">Not used.</param>
    /// <exception cref="SpecFailedException">More time passed, or less than the minimum.</exception>
    public new void Within(TimeSpan max, Action action, TimeSpan? epsilonValue = null, CancellationToken cancellationToken = default) =>
        Within(TimeSpan.Zero, max, action, null, epsilonValue, cancellationToken);

    /// <inheritdoc cref="Within(TimeSpan, Action, TimeSpan?, CancellationToken)" />
    /// <param name="min">The least time that must pass.</param>
    /// <param name="max">The most time that may pass.</param>
    /// <param name="action">The block.</param>
    /// <param name="hint">A text for the failure message.</param>
    /// <param name="epsilonValue">Tolerance beyond the maximum. Default: zero.</param>
    /// <param name="cancellationToken">Not used.</param>
    public new void Within(
        TimeSpan min, TimeSpan max, Action action, string? hint = null, TimeSpan? epsilonValue = null,
        CancellationToken cancellationToken = default) => _time.Within(min, max, action, hint, epsilonValue);

    /// <inheritdoc cref="Within(TimeSpan, Action, TimeSpan?, CancellationToken)" />
    /// <param name="max">The most time that may pass.</param>
    /// <param name="function">The block.</param>
    /// <param name="epsilonValue">Tolerance beyond the maximum. Default: zero.</param>
    /// <param name="cancellationToken">Not used.</param>
    /// <returns>The result of the block.</returns>
    public new T Within<T>(TimeSpan max, Func<T> function, TimeSpan? epsilonValue = null, CancellationToken cancellationToken = default) =>
        Within(TimeSpan.Zero, max, function, null, epsilonValue, cancellationToken);

    /// <inheritdoc cref="Within{T}(TimeSpan, Func{T}, TimeSpan?, CancellationToken)" />
    /// <param name="min">The least time that must pass.</param>
    /// <param name="max">The most time that may pass.</param>
    /// <param name="function">The block.</param>
    /// <param name="hint">A text for the failure message.</param>
    /// <param name="epsilonValue">Tolerance beyond the maximum. Default: zero.</param>
    /// <param name="cancellationToken">Not used.</param>
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
