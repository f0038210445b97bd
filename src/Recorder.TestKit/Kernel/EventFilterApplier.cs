using Recorder.ActorKernel.Event;

namespace Recorder.ActorKernel.Testing;

/// <summary>
/// Runs something and expects what a filter matches to be logged meanwhile. Too few events within the time, or too many, fail
/// the test. The time is that of <see cref="TestKitBase.RemainingOrDefault"/> when none is given.
/// </summary>
public interface IEventFilterApplier
{
    /// <summary>A filter more: events that any of them matches count.</summary>
    EventFilterFactory And { get; }

    /// <summary>Expects one event while a block runs and, for a time, after it.</summary>
    /// <param name="action">The block.</param>
    /// <param name="cancellationToken">Ends the wait early.</param>
    void ExpectOne(Action action, CancellationToken cancellationToken = default);

    /// <summary>Expects one event while a block runs and, for a time, after it.</summary>
    /// <param name="actionAsync">The block.</param>
    /// <param name="cancellationToken">Ends the wait early.</param>
    /// <returns>When they have come.</returns>
    Task ExpectOneAsync(Func<Task> actionAsync, CancellationToken cancellationToken = default);

    /// <summary>Expects one event while a block runs and, for a time, after it.</summary>
    /// <typeparam name="T">What the block returns.</typeparam>
    /// <param name="func">The block.</param>
    /// <param name="cancellationToken">Ends the wait early.</param>
    /// <returns>What the block returned.</returns>
    T ExpectOne<T>(Func<T> func, CancellationToken cancellationToken = default);

    /// <summary>Expects one event while a block runs and, for a time, after it.</summary>
    /// <typeparam name="T">What the block returns.</typeparam>
    /// <param name="func">The block.</param>
    /// <param name="cancellationToken">Ends the wait early.</param>
    /// <returns>What the block returned.</returns>
    Task<T> ExpectOneAsync<T>(Func<Task<T>> func, CancellationToken cancellationToken = default);

    /// <summary>Expects one event while a block runs and, for a time, after it.</summary>
    /// <param name="timeout">How long to wait for them, dilated.</param>
    /// <param name="action">The block.</param>
    /// <param name="cancellationToken">Ends the wait early.</param>
    void ExpectOne(TimeSpan timeout, Action action, CancellationToken cancellationToken = default);

    /// <summary>Expects one event while a block runs and, for a time, after it.</summary>
    /// <param name="timeout">How long to wait for them, dilated.</param>
    /// <param name="actionAsync">The block.</param>
    /// <param name="cancellationToken">Ends the wait early.</param>
    /// <returns>When they have come.</returns>
    Task ExpectOneAsync(TimeSpan timeout, Func<Task> actionAsync, CancellationToken cancellationToken = default);

    /// <summary>Expects one event while a block runs and, for a time, after it.</summary>
    /// <typeparam name="T">What the block returns.</typeparam>
    /// <param name="timeout">How long to wait for them, dilated.</param>
    /// <param name="func">The block.</param>
    /// <param name="cancellationToken">Ends the wait early.</param>
    /// <returns>What the block returned.</returns>
    T ExpectOne<T>(TimeSpan timeout, Func<T> func, CancellationToken cancellationToken = default);

    /// <summary>Expects one event while a block runs and, for a time, after it.</summary>
    /// <typeparam name="T">What the block returns.</typeparam>
    /// <param name="timeout">How long to wait for them, dilated.</param>
    /// <param name="func">The block.</param>
    /// <param name="cancellationToken">Ends the wait early.</param>
    /// <returns>What the block returned.</returns>
    Task<T> ExpectOneAsync<T>(TimeSpan timeout, Func<Task<T>> func, CancellationToken cancellationToken = default);

    /// <summary>Expects a number of events while a block runs and, for a time, after it.</summary>
    /// <param name="expectedCount">How many events; 0: none for the whole time.</param>
    /// <param name="action">The block.</param>
    /// <param name="cancellationToken">Ends the wait early.</param>
    void Expect(int expectedCount, Action action, CancellationToken cancellationToken = default);

    /// <summary>Expects a number of events while a block runs and, for a time, after it.</summary>
    /// <param name="expectedCount">How many events; 0: none for the whole time.</param>
    /// <param name="actionAsync">The block.</param>
    /// <param name="cancellationToken">Ends the wait early.</param>
    /// <returns>When they have come.</returns>
    Task ExpectAsync(int expectedCount, Func<Task> actionAsync, CancellationToken cancellationToken = default);

    /// <summary>Expects a number of events while a block runs and, for a time, after it.</summary>
    /// <typeparam name="T">What the block returns.</typeparam>
    /// <param name="expectedCount">How many events; 0: none for the whole time.</param>
    /// <param name="func">The block.</param>
    /// <param name="cancellationToken">Ends the wait early.</param>
    /// <returns>What the block returned.</returns>
    T Expect<T>(int expectedCount, Func<T> func, CancellationToken cancellationToken = default);

    /// <summary>Expects a number of events while a block runs and, for a time, after it.</summary>
    /// <typeparam name="T">What the block returns.</typeparam>
    /// <param name="expectedCount">How many events; 0: none for the whole time.</param>
    /// <param name="func">The block.</param>
    /// <param name="cancellationToken">Ends the wait early.</param>
    /// <returns>What the block returned.</returns>
    Task<T> ExpectAsync<T>(int expectedCount, Func<Task<T>> func, CancellationToken cancellationToken = default);

    /// <summary>Expects a number of events while a block runs and, for a time, after it.</summary>
    /// <param name="expectedCount">How many events; 0: none for the whole time.</param>
    /// <param name="timeout">How long to wait for them, dilated.</param>
    /// <param name="action">The block.</param>
    /// <param name="cancellationToken">Ends the wait early.</param>
    void Expect(int expectedCount, TimeSpan timeout, Action action, CancellationToken cancellationToken = default);

    /// <summary>Expects a number of events while a block runs and, for a time, after it.</summary>
    /// <param name="expectedCount">How many events; 0: none for the whole time.</param>
    /// <param name="timeout">How long to wait for them, dilated.</param>
    /// <param name="actionAsync">The block.</param>
    /// <param name="cancellationToken">Ends the wait early.</param>
    /// <returns>When they have come.</returns>
    Task ExpectAsync(int expectedCount, TimeSpan timeout, Func<Task> actionAsync, CancellationToken cancellationToken = default);

    /// <summary>Expects a number of events while a block runs and, for a time, after it.</summary>
    /// <typeparam name="T">What the block returns.</typeparam>
    /// <param name="expectedCount">How many events; 0: none for the whole time.</param>
    /// <param name="timeout">How long to wait for them, dilated.</param>
    /// <param name="func">The block.</param>
    /// <param name="cancellationToken">Ends the wait early.</param>
    /// <returns>What the block returned.</returns>
    T Expect<T>(int expectedCount, TimeSpan timeout, Func<T> func, CancellationToken cancellationToken = default);

    /// <summary>Expects a number of events while a block runs and, for a time, after it.</summary>
    /// <typeparam name="T">What the block returns.</typeparam>
    /// <param name="expectedCount">How many events; 0: none for the whole time.</param>
    /// <param name="timeout">How long to wait for them, dilated.</param>
    /// <param name="func">The block.</param>
    /// <param name="cancellationToken">Ends the wait early.</param>
    /// <returns>What the block returned.</returns>
    Task<T> ExpectAsync<T>(int expectedCount, TimeSpan timeout, Func<Task<T>> func, CancellationToken cancellationToken = default);

    /// <summary>Keeps the events out of the test's output while a block runs.</summary>
    /// <param name="action">The block.</param>
    /// <param name="cancellationToken">Ends the wait early.</param>
    void Mute(Action action, CancellationToken cancellationToken = default);

    /// <summary>Keeps the events out of the test's output while a block runs.</summary>
    /// <typeparam name="T">What the block returns.</typeparam>
    /// <param name="func">The block.</param>
    /// <param name="cancellationToken">Ends the wait early.</param>
    /// <returns>What the block returned.</returns>
    T Mute<T>(Func<T> func, CancellationToken cancellationToken = default);

    /// <summary>Keeps the events out of the test's output while a block runs.</summary>
    /// <param name="action">The block.</param>
    /// <param name="cancellationToken">Ends the wait early.</param>
    /// <returns>When the block has ended.</returns>
    Task MuteAsync(Func<Task> action, CancellationToken cancellationToken = default);

    /// <summary>Keeps the events out of the test's output while a block runs.</summary>
    /// <typeparam name="T">What the block returns.</typeparam>
    /// <param name="func">The block.</param>
    /// <param name="cancellationToken">Ends the wait early.</param>
    /// <returns>What the block returned.</returns>
    Task<T> MuteAsync<T>(Func<Task<T>> func, CancellationToken cancellationToken = default);

    /// <summary>Keeps the events out of the test's output from now on.</summary>
    /// <returns>Ends it.</returns>
    IUnmutableFilter Mute();
}

/// <inheritdoc cref="IEventFilterApplier"/>
internal sealed class EventFilterApplier : IEventFilterApplier
{
    private static readonly XunitAssertions Check = new();

    private readonly TestKitBase _kit;
    private readonly ActorSystem _system;
    private readonly IReadOnlyList<EventFilterBase> _filters;

    public EventFilterApplier(TestKitBase kit, ActorSystem system, IReadOnlyList<EventFilterBase> filters)
    {
        _kit = kit;
        _system = system;
        _filters = filters;
    }

    public EventFilterFactory And => new(_kit, _system, _filters);

    public void ExpectOne(Action action, CancellationToken cancellationToken) =>
        Intercept(1, null, () =>
        {
            action();
            return true;
        }, cancellationToken);

    public Task ExpectOneAsync(Func<Task> actionAsync, CancellationToken cancellationToken) =>
        InterceptAsync(1, null, async () =>
        {
            await actionAsync().ConfigureAwait(false);
            return true;
        }, cancellationToken);

    public T ExpectOne<T>(Func<T> func, CancellationToken cancellationToken) =>
        Intercept(1, null, func, cancellationToken);

    public Task<T> ExpectOneAsync<T>(Func<Task<T>> func, CancellationToken cancellationToken) =>
        InterceptAsync(1, null, func, cancellationToken);

    public void ExpectOne(TimeSpan timeout, Action action, CancellationToken cancellationToken) =>
        Intercept(1, timeout, () =>
        {
            action();
            return true;
        }, cancellationToken);

    public Task ExpectOneAsync(TimeSpan timeout, Func<Task> actionAsync, CancellationToken cancellationToken) =>
        InterceptAsync(1, timeout, async () =>
        {
            await actionAsync().ConfigureAwait(false);
            return true;
        }, cancellationToken);

    public T ExpectOne<T>(TimeSpan timeout, Func<T> func, CancellationToken cancellationToken) =>
        Intercept(1, timeout, func, cancellationToken);

    public Task<T> ExpectOneAsync<T>(TimeSpan timeout, Func<Task<T>> func, CancellationToken cancellationToken) =>
        InterceptAsync(1, timeout, func, cancellationToken);

    public void Expect(int expectedCount, Action action, CancellationToken cancellationToken) =>
        Intercept(expectedCount, null, () =>
        {
            action();
            return true;
        }, cancellationToken);

    public Task ExpectAsync(int expectedCount, Func<Task> actionAsync, CancellationToken cancellationToken) =>
        InterceptAsync(expectedCount, null, async () =>
        {
            await actionAsync().ConfigureAwait(false);
            return true;
        }, cancellationToken);

    public T Expect<T>(int expectedCount, Func<T> func, CancellationToken cancellationToken) =>
        Intercept(expectedCount, null, func, cancellationToken);

    public Task<T> ExpectAsync<T>(int expectedCount, Func<Task<T>> func, CancellationToken cancellationToken) =>
        InterceptAsync(expectedCount, null, func, cancellationToken);

    public void Expect(int expectedCount, TimeSpan timeout, Action action, CancellationToken cancellationToken) =>
        Intercept(expectedCount, timeout, () =>
        {
            action();
            return true;
        }, cancellationToken);

    public Task ExpectAsync(int expectedCount, TimeSpan timeout, Func<Task> actionAsync, CancellationToken cancellationToken) =>
        InterceptAsync(expectedCount, timeout, async () =>
        {
            await actionAsync().ConfigureAwait(false);
            return true;
        }, cancellationToken);

    public T Expect<T>(int expectedCount, TimeSpan timeout, Func<T> func, CancellationToken cancellationToken) =>
        Intercept(expectedCount, timeout, func, cancellationToken);

    public Task<T> ExpectAsync<T>(int expectedCount, TimeSpan timeout, Func<Task<T>> func, CancellationToken cancellationToken) =>
        InterceptAsync(expectedCount, timeout, func, cancellationToken);

    public void Mute(Action action, CancellationToken cancellationToken)
    {
        using (Mute())
            action();
    }

    public T Mute<T>(Func<T> func, CancellationToken cancellationToken)
    {
        using (Mute())
            return func();
    }

    public async Task MuteAsync(Func<Task> action, CancellationToken cancellationToken)
    {
        using (Mute())
            await action().ConfigureAwait(false);
    }

    public async Task<T> MuteAsync<T>(Func<Task<T>> func, CancellationToken cancellationToken)
    {
        using (Mute())
            return await func().ConfigureAwait(false);
    }

    public IUnmutableFilter Mute() => MutedEvents.Of(_system).Add(_filters);

    private T Intercept<T>(int expected, TimeSpan? timeout, Func<T> block, CancellationToken cancellationToken)
    {
        var wait = Wait(timeout);
        using var muted = Mute();
        using var counter = new EventCounter(_system, _filters);
        var result = block();
        var stop = TestKitBase.Now + wait;
        while (!IsDecided(counter, expected) && counter.Arrived.Wait(Left(stop), cancellationToken))
        {
        }

        MustBe(expected, counter.Count, wait);
        return result;
    }

    private async Task<T> InterceptAsync<T>(
        int expected, TimeSpan? timeout, Func<Task<T>> block, CancellationToken cancellationToken)
    {
        var wait = Wait(timeout);
        using var muted = Mute();
        using var counter = new EventCounter(_system, _filters);
        var result = await block().ConfigureAwait(false);
        var stop = TestKitBase.Now + wait;
        while (!IsDecided(counter, expected)
            && await counter.Arrived.WaitAsync(Left(stop), cancellationToken).ConfigureAwait(false))
        {
        }

        MustBe(expected, counter.Count, wait);
        return result;
    }

    private static bool IsDecided(EventCounter counter, int expected) => counter.Count >= Math.Max(expected, 1);

    private static TimeSpan Left(TimeSpan stop)
    {
        var left = stop - TestKitBase.Now;
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    private TimeSpan Wait(TimeSpan? timeout) => timeout is { } given ? _kit.Dilated(given) : _kit.RemainingOrDefault;

    private void MustBe(int expected, int actual, TimeSpan waited)
    {
        var filters = string.Join(" or ", _filters);
        Check.AssertTrue(
            actual >= expected,
            "Timeout ({0}) while waiting for log events: received {1} of {2} that match [{3}].", waited, actual, expected, filters);
        Check.AssertTrue(
            actual <= expected,
            "Received {0} log events too many: {1} instead of {2} that match [{3}].", actual - expected, actual, expected, filters);
    }
}
