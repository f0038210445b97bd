using Recorder.ActorKernel.Event;

namespace Recorder.ActorKernel.Testing;

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

    public Task ExpectOneAsync(Action action, CancellationToken cancellationToken) =>
        ExpectOneAsync(ToTask(action), cancellationToken);

    public Task ExpectOneAsync(TimeSpan timeout, Action action, CancellationToken cancellationToken) =>
        ExpectOneAsync(timeout, ToTask(action), cancellationToken);

    public Task ExpectAsync(int expectedCount, Action action, CancellationToken cancellationToken) =>
        ExpectAsync(expectedCount, ToTask(action), cancellationToken);

    public Task ExpectAsync(int expectedCount, TimeSpan timeout, Action action, CancellationToken cancellationToken) =>
        ExpectAsync(expectedCount, timeout, ToTask(action), cancellationToken);

    public Task ExpectAsync(
        int expectedCount, Func<Task> actionAsync, TimeSpan? timeout, CancellationToken cancellationToken) =>
        timeout is { } given
            ? ExpectAsync(expectedCount, given, actionAsync, cancellationToken)
            : ExpectAsync(expectedCount, actionAsync, cancellationToken);

    public Task MuteAsync(Action action, CancellationToken cancellationToken) => MuteAsync(ToTask(action), cancellationToken);

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

    public IUnmutableFilter Mute() => MutedEvents.Add(_system, _filters);

    private static Func<Task> ToTask(Action action) => () =>
    {
        action();
        return Task.CompletedTask;
    };

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

    private TimeSpan Wait(TimeSpan? timeout) => timeout is { } given ? _kit.Dilated(given) : _kit.TestKitSettings.TestEventFilterLeeway;

    private void MustBe(int expected, int actual, TimeSpan waited)
    {
        var filters = string.Join(" or ", _filters);
        if (actual < expected)
        {
            Check.Fail(
                "Timeout ({0}) while waiting for messages: {1} of {2} matched the filters [{3}].", waited, actual, expected, filters);
        }

        if (actual > expected)
        {
            Check.Fail(
                "Received {0} {1} too many. Expected {2}, but {3} matched the filters [{4}].",
                actual - expected, actual - expected == 1 ? "message" : "messages", expected, actual, filters);
        }
    }
}
