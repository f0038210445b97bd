namespace Recorder.ActorKernel.Testing;

public abstract partial class TestKitBase
{
    /// <summary>Receives a message of a type from a sender.</summary>
    /// <typeparam name="T">The type expected.</typeparam>
    /// <param name="sender">Who must have sent it.</param>
    /// <param name="duration">How long to wait, dilated; null: the default.</param>
    /// <param name="hint">Said when it fails.</param>
    /// <param name="cancellationToken">Ends the wait early.</param>
    /// <returns>The message.</returns>
    public T ExpectMsgFrom<T>(
        IActorRef sender,
        TimeSpan? duration = null,
        string? hint = null,
        CancellationToken cancellationToken = default) =>
        Expect<T>(duration, (_, s) => MustBeFrom(sender, s, hint), hint, cancellationToken);

    /// <inheritdoc cref="ExpectMsgFrom{T}(IActorRef, TimeSpan?, string, CancellationToken)"/>
    public ValueTask<T> ExpectMsgFromAsync<T>(
        IActorRef sender,
        TimeSpan? duration = null,
        string? hint = null,
        CancellationToken cancellationToken = default) =>
        ExpectAsync<T>(duration, (_, s) => MustBeFrom(sender, s, hint), hint, cancellationToken);

    /// <summary>Receives a message that equals the one given, from a sender.</summary>
    /// <typeparam name="T">The type expected.</typeparam>
    /// <param name="sender">Who must have sent it.</param>
    /// <param name="message">What is expected.</param>
    /// <param name="timeout">How long to wait, dilated; null: the default.</param>
    /// <param name="hint">Said when it fails.</param>
    /// <param name="cancellationToken">Ends the wait early.</param>
    /// <returns>The message.</returns>
    public T ExpectMsgFrom<T>(
        IActorRef sender,
        T message,
        TimeSpan? timeout = null,
        string? hint = null,
        CancellationToken cancellationToken = default) =>
        Expect<T>(timeout, (m, s) =>
        {
            MustBeFrom(sender, s, hint);
            Check.AssertEqual(message, m);
        }, hint, cancellationToken);

    /// <inheritdoc cref="ExpectMsgFrom{T}(IActorRef, T, TimeSpan?, string, CancellationToken)"/>
    public ValueTask<T> ExpectMsgFromAsync<T>(
        IActorRef sender,
        T message,
        TimeSpan? timeout = null,
        string? hint = null,
        CancellationToken cancellationToken = default) =>
        ExpectAsync<T>(timeout, (m, s) =>
        {
            MustBeFrom(sender, s, hint);
            Check.AssertEqual(message, m);
        }, hint, cancellationToken);

    /// <summary>Receives a message of a type that the predicate accepts, from a sender.</summary>
    /// <typeparam name="T">The type expected.</typeparam>
    /// <param name="sender">Who must have sent it.</param>
    /// <param name="isMessage">Whether it is the one expected.</param>
    /// <param name="timeout">How long to wait, dilated; null: the default.</param>
    /// <param name="hint">Said when it fails.</param>
    /// <param name="cancellationToken">Ends the wait early.</param>
    /// <returns>The message.</returns>
    public T ExpectMsgFrom<T>(
        IActorRef sender,
        Predicate<T> isMessage,
        TimeSpan? timeout = null,
        string? hint = null,
        CancellationToken cancellationToken = default) =>
        Expect<T>(timeout, (m, s) =>
        {
            MustBeFrom(sender, s, hint);
            MustAccept(isMessage(m), m, s, hint);
        }, hint, cancellationToken);

    /// <inheritdoc cref="ExpectMsgFrom{T}(IActorRef, Predicate{T}, TimeSpan?, string, CancellationToken)"/>
    public ValueTask<T> ExpectMsgFromAsync<T>(
        IActorRef sender,
        Predicate<T> isMessage,
        TimeSpan? timeout = null,
        string? hint = null,
        CancellationToken cancellationToken = default) =>
        ExpectAsync<T>(timeout, (m, s) =>
        {
            MustBeFrom(sender, s, hint);
            MustAccept(isMessage(m), m, s, hint);
        }, hint, cancellationToken);

    /// <summary>Receives a message of a type that, as its sender, a predicate accepts.</summary>
    /// <typeparam name="T">The type expected.</typeparam>
    /// <param name="isSender">Whether its sender is the one expected.</param>
    /// <param name="isMessage">Whether it is the one expected.</param>
    /// <param name="timeout">How long to wait, dilated; null: the default.</param>
    /// <param name="hint">Said when it fails.</param>
    /// <param name="cancellationToken">Ends the wait early.</param>
    /// <returns>The message.</returns>
    public T ExpectMsgFrom<T>(
        Predicate<IActorRef> isSender,
        Predicate<T> isMessage,
        TimeSpan? timeout = null,
        string? hint = null,
        CancellationToken cancellationToken = default) =>
        Expect<T>(timeout, (m, s) => MustAccept(isSender(s) && isMessage(m), m, s, hint), hint, cancellationToken);

    /// <inheritdoc cref="ExpectMsgFrom{T}(Predicate{IActorRef}, Predicate{T}, TimeSpan?, string, CancellationToken)"/>
    public ValueTask<T> ExpectMsgFromAsync<T>(
        Predicate<IActorRef> isSender,
        Predicate<T> isMessage,
        TimeSpan? timeout = null,
        string? hint = null,
        CancellationToken cancellationToken = default) =>
        ExpectAsync<T>(timeout, (m, s) => MustAccept(isSender(s) && isMessage(m), m, s, hint), hint, cancellationToken);

    /// <summary>Receives a message of a type from a sender and asserts on it.</summary>
    /// <typeparam name="T">The type expected.</typeparam>
    /// <param name="sender">Who must have sent it.</param>
    /// <param name="assertMessage">Throws if it is not the one expected.</param>
    /// <param name="timeout">How long to wait, dilated; null: the default.</param>
    /// <param name="hint">Said when it fails.</param>
    /// <param name="cancellationToken">Ends the wait early.</param>
    /// <returns>The message.</returns>
    public T ExpectMsgFrom<T>(
        IActorRef sender,
        Action<T> assertMessage,
        TimeSpan? timeout = null,
        string? hint = null,
        CancellationToken cancellationToken = default) =>
        Expect<T>(timeout, (m, s) =>
        {
            MustBeFrom(sender, s, hint);
            assertMessage(m);
        }, hint, cancellationToken);

    /// <inheritdoc cref="ExpectMsgFrom{T}(IActorRef, Action{T}, TimeSpan?, string, CancellationToken)"/>
    public ValueTask<T> ExpectMsgFromAsync<T>(
        IActorRef sender,
        Action<T> assertMessage,
        TimeSpan? timeout = null,
        string? hint = null,
        CancellationToken cancellationToken = default) =>
        ExpectAsync<T>(timeout, (m, s) =>
        {
            MustBeFrom(sender, s, hint);
            assertMessage(m);
        }, hint, cancellationToken);

    /// <summary>Receives a message of a type and asserts on its sender and on it.</summary>
    /// <typeparam name="T">The type expected.</typeparam>
    /// <param name="assertSender">Throws if its sender is not the one expected.</param>
    /// <param name="assertMessage">Throws if it is not the one expected.</param>
    /// <param name="timeout">How long to wait, dilated; null: the default.</param>
    /// <param name="hint">Said when it fails.</param>
    /// <param name="cancellationToken">Ends the wait early.</param>
    /// <returns>The message.</returns>
    public T ExpectMsgFrom<T>(
        Action<IActorRef> assertSender,
        Action<T> assertMessage,
        TimeSpan? timeout = null,
        string? hint = null,
        CancellationToken cancellationToken = default) =>
        Expect<T>(timeout, (m, s) =>
        {
            assertSender(s);
            assertMessage(m);
        }, hint, cancellationToken);

    /// <inheritdoc cref="ExpectMsgFrom{T}(Action{IActorRef}, Action{T}, TimeSpan?, string, CancellationToken)"/>
    public ValueTask<T> ExpectMsgFromAsync<T>(
        Action<IActorRef> assertSender,
        Action<T> assertMessage,
        TimeSpan? timeout = null,
        string? hint = null,
        CancellationToken cancellationToken = default) =>
        ExpectAsync<T>(timeout, (m, s) =>
        {
            assertSender(s);
            assertMessage(m);
        }, hint, cancellationToken);

    private static void MustBeFrom(IActorRef expected, IActorRef actual, string? hint) =>
        Check.AssertTrue(
            expected.Equals(actual), "Expected a message from {0}, but it came from {1}. {2}", expected, actual, hint);
}
