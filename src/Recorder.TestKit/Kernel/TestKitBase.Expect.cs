namespace Recorder.ActorKernel.Testing;

// A message of the wrong type fails at once: an expectation is about the next message, not about some later one.
public abstract partial class TestKitBase
{
    /// <summary>Receives a message of a type.</summary>
    /// <typeparam name="T">The type expected.</typeparam>
    /// <param name="duration">How long to wait, dilated; null: the default.</param>
    /// <param name="hint">Said when it fails.</param>
    /// <param name="cancellationToken">Ends the wait early.</param>
    /// <returns>The message.</returns>
    public T ExpectMsg<T>(
        TimeSpan? duration = null,
        string? hint = null,
        CancellationToken cancellationToken = default) =>
        Expect<T>(duration, null, hint, cancellationToken);

    /// <inheritdoc cref="ExpectMsg{T}(TimeSpan?, string, CancellationToken)"/>
    public ValueTask<T> ExpectMsgAsync<T>(
        TimeSpan? duration = null,
        string? hint = null,
        CancellationToken cancellationToken = default) =>
        ExpectAsync<T>(duration, null, hint, cancellationToken);

    /// <summary>Receives a message that equals the one given.</summary>
    /// <typeparam name="T">The type expected.</typeparam>
    /// <param name="message">What is expected.</param>
    /// <param name="timeout">How long to wait, dilated; null: the default.</param>
    /// <param name="hint">Said when it fails.</param>
    /// <param name="cancellationToken">Ends the wait early.</param>
    /// <returns>The message.</returns>
    public T ExpectMsg<T>(
        T message,
        TimeSpan? timeout = null,
        string? hint = null,
        CancellationToken cancellationToken = default) =>
        Expect<T>(timeout, (m, _) => Check.AssertEqual(message, m), hint, cancellationToken);

    /// <inheritdoc cref="ExpectMsg{T}(T, TimeSpan?, string, CancellationToken)"/>
    public ValueTask<T> ExpectMsgAsync<T>(
        T message,
        TimeSpan? timeout = null,
        string? hint = null,
        CancellationToken cancellationToken = default) =>
        ExpectAsync<T>(timeout, (m, _) => Check.AssertEqual(message, m), hint, cancellationToken);

    /// <summary>Receives a message of a type that the predicate accepts.</summary>
    /// <typeparam name="T">The type expected.</typeparam>
    /// <param name="isMessage">Whether it is the one expected.</param>
    /// <param name="timeout">How long to wait, dilated; null: the default.</param>
    /// <param name="hint">Said when it fails.</param>
    /// <param name="cancellationToken">Ends the wait early.</param>
    /// <returns>The message.</returns>
    public T ExpectMsg<T>(
        Predicate<T> isMessage,
        TimeSpan? timeout = null,
        string? hint = null,
        CancellationToken cancellationToken = default) =>
        Expect<T>(timeout, (m, s) => MustAccept(isMessage(m), m, s, hint), hint, cancellationToken);

    /// <inheritdoc cref="ExpectMsg{T}(Predicate{T}, TimeSpan?, string, CancellationToken)"/>
    public ValueTask<T> ExpectMsgAsync<T>(
        Predicate<T> isMessage,
        TimeSpan? timeout = null,
        string? hint = null,
        CancellationToken cancellationToken = default) =>
        ExpectAsync<T>(timeout, (m, s) => MustAccept(isMessage(m), m, s, hint), hint, cancellationToken);

    /// <summary>Receives a message of a type and asserts on it.</summary>
    /// <typeparam name="T">The type expected.</typeparam>
    /// <param name="assert">Throws if it is not the one expected.</param>
    /// <param name="timeout">How long to wait, dilated; null: the default.</param>
    /// <param name="hint">Said when it fails.</param>
    /// <param name="cancellationToken">Ends the wait early.</param>
    /// <returns>The message.</returns>
    public T ExpectMsg<T>(
        Action<T> assert,
        TimeSpan? timeout = null,
        string? hint = null,
        CancellationToken cancellationToken = default) =>
        Expect<T>(timeout, (m, _) => assert(m), hint, cancellationToken);

    /// <inheritdoc cref="ExpectMsg{T}(Action{T}, TimeSpan?, string, CancellationToken)"/>
    public ValueTask<T> ExpectMsgAsync<T>(
        Action<T> assert,
        TimeSpan? timeout = null,
        string? hint = null,
        CancellationToken cancellationToken = default) =>
        ExpectAsync<T>(timeout, (m, _) => assert(m), hint, cancellationToken);

    /// <summary>Receives a message of a type that, with its sender, the predicate accepts.</summary>
    /// <typeparam name="T">The type expected.</typeparam>
    /// <param name="isMessageAndSender">Whether it is the one expected.</param>
    /// <param name="timeout">How long to wait, dilated; null: the default.</param>
    /// <param name="hint">Said when it fails.</param>
    /// <param name="cancellationToken">Ends the wait early.</param>
    /// <returns>The message.</returns>
    public T ExpectMsg<T>(
        Func<T, IActorRef, bool> isMessageAndSender,
        TimeSpan? timeout = null,
        string? hint = null,
        CancellationToken cancellationToken = default) =>
        Expect<T>(timeout, (m, s) => MustAccept(isMessageAndSender(m, s), m, s, hint), hint, cancellationToken);

    /// <inheritdoc cref="ExpectMsg{T}(Func{T, IActorRef, bool}, TimeSpan?, string, CancellationToken)"/>
    public ValueTask<T> ExpectMsgAsync<T>(
        Func<T, IActorRef, bool> isMessageAndSender,
        TimeSpan? timeout = null,
        string? hint = null,
        CancellationToken cancellationToken = default) =>
        ExpectAsync<T>(timeout, (m, s) => MustAccept(isMessageAndSender(m, s), m, s, hint), hint, cancellationToken);

    /// <summary>Receives a message of a type and asserts on it and its sender.</summary>
    /// <typeparam name="T">The type expected.</typeparam>
    /// <param name="assertMessageAndSender">Throws if it is not the one expected.</param>
    /// <param name="timeout">How long to wait, dilated; null: the default.</param>
    /// <param name="hint">Said when it fails.</param>
    /// <param name="cancellationToken">Ends the wait early.</param>
    /// <returns>The message.</returns>
    public T ExpectMsg<T>(
        Action<T, IActorRef> assertMessageAndSender,
        TimeSpan? timeout = null,
        string? hint = null,
        CancellationToken cancellationToken = default) =>
        Expect<T>(timeout, assertMessageAndSender, hint, cancellationToken);

    /// <inheritdoc cref="ExpectMsg{T}(Action{T, IActorRef}, TimeSpan?, string, CancellationToken)"/>
    public ValueTask<T> ExpectMsgAsync<T>(
        Action<T, IActorRef> assertMessageAndSender,
        TimeSpan? timeout = null,
        string? hint = null,
        CancellationToken cancellationToken = default) =>
        ExpectAsync<T>(timeout, assertMessageAndSender, hint, cancellationToken);

    /// <summary>Receives a message that equals the one given by a comparer.</summary>
    /// <typeparam name="T">The type expected.</typeparam>
    /// <param name="expected">What is expected.</param>
    /// <param name="comparer">Whether the expected one, its first argument, equals the received one.</param>
    /// <param name="timeout">How long to wait, dilated; null: the default.</param>
    /// <param name="hint">Said when it fails.</param>
    /// <param name="cancellationToken">Ends the wait early.</param>
    /// <returns>The message.</returns>
    public T ExpectMsg<T>(
        T expected,
        Func<T, T, bool> comparer,
        TimeSpan? timeout = null,
        string? hint = null,
        CancellationToken cancellationToken = default) =>
        Expect<T>(timeout, (m, _) => Check.AssertEqual(expected, m, comparer, hint), hint, cancellationToken);

    /// <inheritdoc cref="ExpectMsg{T}(T, Func{T, T, bool}, TimeSpan?, string, CancellationToken)"/>
    public ValueTask<T> ExpectMsgAsync<T>(
        T expected,
        Func<T, T, bool> comparer,
        TimeSpan? timeout = null,
        string? hint = null,
        CancellationToken cancellationToken = default) =>
        ExpectAsync<T>(timeout, (m, _) => Check.AssertEqual(expected, m, comparer, hint), hint, cancellationToken);

    /// <summary>Receives the <see cref="Terminated"/> of an actor that the test actor watches.</summary>
    /// <param name="target">Who ended.</param>
    /// <param name="timeout">How long to wait, dilated; null: the default.</param>
    /// <param name="hint">Said when it fails.</param>
    /// <param name="cancellationToken">Ends the wait early.</param>
    /// <returns>The message.</returns>
    public Terminated ExpectTerminated(
        IActorRef target,
        TimeSpan? timeout = null,
        string? hint = null,
        CancellationToken cancellationToken = default) =>
        Expect<Terminated>(timeout, (m, _) => Check.AssertEqual(target, m.ActorRef, "Somebody else ended. {0}", hint), $"Terminated {target}. {hint}", cancellationToken);

    /// <inheritdoc cref="ExpectTerminated(IActorRef, TimeSpan?, string, CancellationToken)"/>
    public ValueTask<Terminated> ExpectTerminatedAsync(
        IActorRef target,
        TimeSpan? timeout = null,
        string? hint = null,
        CancellationToken cancellationToken = default) =>
        ExpectAsync<Terminated>(timeout, (m, _) => Check.AssertEqual(target, m.ActorRef, "Somebody else ended. {0}", hint), $"Terminated {target}. {hint}", cancellationToken);

    /// <summary>Asserts that nothing comes within the default time.</summary>
    /// <param name="cancellationToken">Ends the wait early.</param>
    public void ExpectNoMsg(CancellationToken cancellationToken = default) =>
        ExpectNothing(NoMessageRemainingOrDefault, cancellationToken);

    /// <summary>Asserts that nothing comes for a time.</summary>
    /// <param name="duration">The time, dilated.</param>
    /// <param name="cancellationToken">Ends the wait early.</param>
    public void ExpectNoMsg(TimeSpan duration, CancellationToken cancellationToken = default) =>
        ExpectNothing(Dilated(duration), cancellationToken);

    /// <summary>Asserts that nothing comes for a time.</summary>
    /// <param name="milliseconds">The time, dilated.</param>
    /// <param name="cancellationToken">Ends the wait early.</param>
    public void ExpectNoMsg(int milliseconds, CancellationToken cancellationToken = default) =>
        ExpectNoMsg(TimeSpan.FromMilliseconds(milliseconds), cancellationToken);

    /// <inheritdoc cref="ExpectNoMsg(CancellationToken)"/>
    public ValueTask ExpectNoMsgAsync(CancellationToken cancellationToken = default) =>
        ExpectNothingAsync(NoMessageRemainingOrDefault, cancellationToken);

    /// <inheritdoc cref="ExpectNoMsg(TimeSpan, CancellationToken)"/>
    public ValueTask ExpectNoMsgAsync(TimeSpan duration, CancellationToken cancellationToken = default) =>
        ExpectNothingAsync(Dilated(duration), cancellationToken);

    /// <inheritdoc cref="ExpectNoMsg(int, CancellationToken)"/>
    public ValueTask ExpectNoMsgAsync(int milliseconds, CancellationToken cancellationToken = default) =>
        ExpectNoMsgAsync(TimeSpan.FromMilliseconds(milliseconds), cancellationToken);

    /// <summary>Receives a message that equals one of those given, within the default time.</summary>
    /// <typeparam name="T">The type of all.</typeparam>
    /// <param name="messages">Those expected.</param>
    /// <param name="cancellationToken">Ends the wait early.</param>
    /// <returns>The message.</returns>
    public T ExpectMsgAnyOf<T>(IEnumerable<T> messages, CancellationToken cancellationToken = default)
    {
        var any = messages.ToList();
        return Expect<T>(null, (m, s) => MustBeOneOf(any, m, s), OneOf(any), cancellationToken);
    }

    /// <inheritdoc cref="ExpectMsgAnyOf{T}(IEnumerable{T}, CancellationToken)"/>
    public ValueTask<T> ExpectMsgAnyOfAsync<T>(IEnumerable<T> messages, CancellationToken cancellationToken = default)
    {
        var any = messages.ToList();
        return ExpectAsync<T>(null, (m, s) => MustBeOneOf(any, m, s), OneOf(any), cancellationToken);
    }

    /// <summary>Receives as many messages as are given, in any order, each equal to one of them, within the default time.</summary>
    /// <typeparam name="T">The type of all.</typeparam>
    /// <param name="messages">Those expected.</param>
    /// <param name="cancellationToken">Ends the wait early.</param>
    /// <returns>The messages in the order they came.</returns>
    public IReadOnlyCollection<T> ExpectMsgAllOf<T>(
        IReadOnlyCollection<T> messages, CancellationToken cancellationToken = default) =>
        MustBeAllOf(messages, ReceiveAll(messages.Count, RemainingOrDefault, cancellationToken));

    /// <summary>Receives as many messages as are given, in any order, each equal to one of them.</summary>
    /// <typeparam name="T">The type of all.</typeparam>
    /// <param name="max">How long to wait in all, dilated.</param>
    /// <param name="messages">Those expected.</param>
    /// <param name="cancellationToken">Ends the wait early.</param>
    /// <returns>The messages in the order they came.</returns>
    public IReadOnlyCollection<T> ExpectMsgAllOf<T>(
        TimeSpan max, IReadOnlyCollection<T> messages, CancellationToken cancellationToken = default) =>
        MustBeAllOf(messages, ReceiveAll(messages.Count, Dilated(MustBeFinite(max, nameof(max))), cancellationToken));

    /// <inheritdoc cref="ExpectMsgAllOf{T}(IReadOnlyCollection{T}, CancellationToken)"/>
    public IAsyncEnumerable<T> ExpectMsgAllOfAsync<T>(
        IReadOnlyCollection<T> messages, CancellationToken cancellationToken = default) =>
        ExpectAllAsync(messages, RemainingOrDefault, cancellationToken);

    /// <inheritdoc cref="ExpectMsgAllOf{T}(TimeSpan, IReadOnlyCollection{T}, CancellationToken)"/>
    public IAsyncEnumerable<T> ExpectMsgAllOfAsync<T>(
        TimeSpan max, IReadOnlyCollection<T> messages, CancellationToken cancellationToken = default) =>
        ExpectAllAsync(messages, Dilated(MustBeFinite(max, nameof(max))), cancellationToken);

    private static void MustAccept<T>(bool accepted, T message, IActorRef sender, string? hint) =>
        Check.AssertTrue(
            accepted,
            "Received {{{0}}} of the expected type {1} from {2}, but expected {3}.",
            message, typeof(T), sender, hint ?? "the predicate to accept it");

    private static void MustBeOneOf<T>(List<T> any, T message, IActorRef sender) =>
        Check.AssertTrue(any.Contains(message), "Expected {0}, but received {{{1}}} from {2}.", OneOf(any), message, sender);

    private static string OneOf<T>(List<T> any) => $"any of ({string.Join(", ", any)})";

    private static List<T> MustBeAllOf<T>(IReadOnlyCollection<T> expected, List<object> received)
    {
        var missing = expected.ToList();
        var unexpected = received.Where(m => m is not T typed || !missing.Remove(typed)).ToList();
        Check.AssertTrue(
            missing.Count == 0 && unexpected.Count == 0,
            "Expected all of ({0}), but received ({1}): not found ({2}), unexpected ({3}).",
            Join(expected), Join(received), Join(missing), Join(unexpected));
        return received.Cast<T>().ToList();
    }

    private T Expect<T>(TimeSpan? timeout, Action<T, IActorRef>? assert, string? hint, CancellationToken cancellationToken)
    {
        var wait = RemainingOrDilated(timeout);
        return TryReceiveOne(out var envelope, NotNegative(wait), cancellationToken)
            ? MustBe(envelope, assert, hint)
            : MustCome<T>(wait, hint);
    }

    private async ValueTask<T> ExpectAsync<T>(
        TimeSpan? timeout, Action<T, IActorRef>? assert, string? hint, CancellationToken cancellationToken)
    {
        var wait = RemainingOrDilated(timeout);
        var (success, envelope) = await TryReceiveOneAsync(NotNegative(wait), cancellationToken).ConfigureAwait(false);
        return success ? MustBe(envelope, assert, hint) : MustCome<T>(wait, hint);
    }

    private async IAsyncEnumerable<T> ExpectAllAsync<T>(
        IReadOnlyCollection<T> messages,
        TimeSpan max,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var received = new List<object>(messages.Count);
        await foreach (var message in ReceiveAllAsync(messages.Count, max, cancellationToken).ConfigureAwait(false))
            received.Add(message);
        foreach (var message in MustBeAllOf(messages, received))
            yield return message;
    }

    private static T MustBe<T>(MessageEnvelope envelope, Action<T, IActorRef>? assert, string? hint)
    {
        if (envelope.Message is not T message)
        {
            Check.Fail(
                "Expected a message of type {0}, but received {{{1}}} of type {2} from {3}. {4}",
                typeof(T), envelope.Message, envelope.Message.GetType(), envelope.Sender, hint);
            return default!;
        }

        assert?.Invoke(message, envelope.Sender);
        return message;
    }

    private static T MustCome<T>(TimeSpan waited, string? hint)
    {
        Check.Fail("Timeout ({0}) while waiting for a message of type {1}. {2}", waited, typeof(T), hint);
        return default!;
    }

    private void ExpectNothing(TimeSpan duration, CancellationToken cancellationToken)
    {
        var start = Now;
        MustBeNothing(TryReceiveOne(out var envelope, NotNegative(duration), cancellationToken), envelope, duration, start);
    }

    private async ValueTask ExpectNothingAsync(TimeSpan duration, CancellationToken cancellationToken)
    {
        var start = Now;
        var (success, envelope) = await TryReceiveOneAsync(NotNegative(duration), cancellationToken).ConfigureAwait(false);
        MustBeNothing(success, envelope, duration, start);
    }

    private void MustBeNothing(bool came, MessageEnvelope envelope, TimeSpan duration, TimeSpan start)
    {
        Check.AssertFalse(came, "Expected no message during {0}, but received {1} after {2}.", duration, envelope, Now - start);
        _lastWasNoMsg = true;
    }

    private static TimeSpan NotNegative(TimeSpan time) => time > TimeSpan.Zero ? time : TimeSpan.Zero;
}
