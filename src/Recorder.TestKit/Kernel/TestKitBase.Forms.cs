namespace Recorder.ActorKernel.Testing;

/// <summary>Further forms of what the other parts do.</summary>
public abstract partial class TestKitBase
{
    /// <summary>What is left of the innermost <c>Within</c>; outside of one, <c>akka.test.expect-no-message-default</c>, dilated.</summary>
    public TimeSpan NoMessageRemainingOrDefault => RemainingOr(Dilated(_settings.ExpectNoMessageDefault));

    /// <inheritdoc cref="ExpectMsgAllOf{T}(IReadOnlyCollection{T}, CancellationToken)"/>
    public IReadOnlyCollection<T> ExpectMsgAllOf<T>(params T[] messages) => ExpectMsgAllOf((IReadOnlyCollection<T>)messages);

    /// <inheritdoc cref="ExpectMsgAllOf{T}(TimeSpan, IReadOnlyCollection{T}, CancellationToken)"/>
    public IReadOnlyCollection<T> ExpectMsgAllOf<T>(TimeSpan max, params T[] messages) =>
        ExpectMsgAllOf(max, (IReadOnlyCollection<T>)messages);

    /// <summary>Looks at the next message and leaves it where it is.</summary>
    /// <param name="cancellationToken">Ends the wait early.</param>
    /// <returns>The message; null when none came.</returns>
    public object? PeekOne(CancellationToken cancellationToken) =>
        TryPeekOne(out var envelope, null, cancellationToken) ? envelope.Message : null;

    /// <inheritdoc cref="PeekOne(CancellationToken)"/>
    public async ValueTask<object?> PeekOneAsync(CancellationToken cancellationToken)
    {
        var (success, envelope) = await TryPeekOneAsync(null, cancellationToken).ConfigureAwait(false);
        return success ? envelope.Message : null;
    }

    /// <inheritdoc cref="AwaitCondition(Func{bool}, CancellationToken)"/>
    public Task AwaitConditionAsync(Func<bool> conditionIsFulfilled, CancellationToken cancellationToken = default) =>
        AwaitConditionAsync(() => Task.FromResult(conditionIsFulfilled()), cancellationToken);

    /// <inheritdoc cref="AwaitCondition(Func{bool}, TimeSpan?, CancellationToken)"/>
    public Task AwaitConditionAsync(
        Func<bool> conditionIsFulfilled, TimeSpan? max, CancellationToken cancellationToken = default) =>
        AwaitConditionAsync(() => Task.FromResult(conditionIsFulfilled()), max, cancellationToken);

    /// <inheritdoc cref="AwaitCondition(Func{bool}, TimeSpan?, string, CancellationToken)"/>
    public Task AwaitConditionAsync(
        Func<bool> conditionIsFulfilled, TimeSpan? max, string? message, CancellationToken cancellationToken = default) =>
        AwaitConditionAsync(() => Task.FromResult(conditionIsFulfilled()), max, message, cancellationToken);

    /// <inheritdoc cref="AwaitCondition(Func{bool}, TimeSpan?, TimeSpan?, string, CancellationToken)"/>
    public Task AwaitConditionAsync(
        Func<bool> conditionIsFulfilled,
        TimeSpan? max,
        TimeSpan? interval,
        string? message = null,
        CancellationToken cancellationToken = default) =>
        AwaitConditionAsync(() => Task.FromResult(conditionIsFulfilled()), max, interval, message, cancellationToken);

    /// <inheritdoc cref="AwaitConditionNoThrow(Func{bool}, TimeSpan, TimeSpan?, CancellationToken)"/>
    public Task<bool> AwaitConditionNoThrowAsync(
        Func<bool> conditionIsFulfilled,
        TimeSpan max,
        TimeSpan? interval = null,
        CancellationToken cancellationToken = default) =>
        AwaitConditionNoThrowAsync(() => Task.FromResult(conditionIsFulfilled()), max, interval, cancellationToken);

    /// <inheritdoc cref="Watch"/>
    public Task<IActorRef> WatchAsync(IActorRef actorToWatch) => Task.FromResult(Watch(actorToWatch));

    /// <inheritdoc cref="Unwatch"/>
    public Task<IActorRef> UnwatchAsync(IActorRef actorToUnwatch) => Task.FromResult(Unwatch(actorToUnwatch));

    /// <summary>Makes an actor as a child of the test actor.</summary>
    /// <param name="props">What it is.</param>
    /// <param name="name">Its name.</param>
    /// <param name="supervisorStrategy">How its failures are handled.</param>
    /// <param name="cancellationToken">Ends the wait for it early.</param>
    /// <returns>The actor.</returns>
    public Task<IActorRef> ChildActorOfAsync(
        Props props, string name, SupervisorStrategy supervisorStrategy, CancellationToken cancellationToken = default) =>
        SpawnAsync(props, name, supervisorStrategy, cancellationToken);

    /// <summary>Makes an actor as a child of the test actor.</summary>
    /// <param name="props">What it is.</param>
    /// <param name="supervisorStrategy">How its failures are handled.</param>
    /// <param name="cancellationToken">Ends the wait for it early.</param>
    /// <returns>The actor.</returns>
    public Task<IActorRef> ChildActorOfAsync(
        Props props, SupervisorStrategy supervisorStrategy, CancellationToken cancellationToken = default) =>
        SpawnAsync(props, null, supervisorStrategy, cancellationToken);

    /// <summary>Makes an actor as a child of the test actor; it is stopped when it fails.</summary>
    /// <param name="props">What it is.</param>
    /// <param name="name">Its name.</param>
    /// <param name="cancellationToken">Ends the wait for it early.</param>
    /// <returns>The actor.</returns>
    public Task<IActorRef> ChildActorOfAsync(Props props, string name, CancellationToken cancellationToken = default) =>
        SpawnAsync(props, name, null, cancellationToken);

    /// <summary>Makes an actor as a child of the test actor; it is stopped when it fails.</summary>
    /// <param name="props">What it is.</param>
    /// <param name="cancellationToken">Ends the wait for it early.</param>
    /// <returns>The actor.</returns>
    public Task<IActorRef> ChildActorOfAsync(Props props, CancellationToken cancellationToken = default) =>
        SpawnAsync(props, null, null, cancellationToken);

    private async Task<IActorRef> SpawnAsync(
        Props props, string? name, SupervisorStrategy? strategy, CancellationToken cancellationToken)
    {
        TestActor.Tell(new TestActor.Spawn(props, name, strategy));
        return await ExpectMsgAsync<IActorRef>(cancellationToken: cancellationToken).ConfigureAwait(false);
    }
}
