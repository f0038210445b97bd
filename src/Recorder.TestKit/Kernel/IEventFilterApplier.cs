using Recorder.ActorKernel.Event;

namespace Recorder.ActorKernel.Testing;

/// <summary>
/// Runs something and expects what a filter matches to be logged meanwhile. Too few events within the time, or too many, fail
/// the test. The time is <c>akka.test.filter-leeway</c> when none is given.
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
    /// <param name="action">The block.</param>
    /// <param name="cancellationToken">Ends the wait early.</param>
    /// <returns>When it has come.</returns>
    Task ExpectOneAsync(Action action, CancellationToken cancellationToken = default);

    /// <summary>Expects one event while a block runs and, for a time, after it.</summary>
    /// <param name="timeout">How long to wait for it, dilated.</param>
    /// <param name="action">The block.</param>
    /// <param name="cancellationToken">Ends the wait early.</param>
    /// <returns>When it has come.</returns>
    Task ExpectOneAsync(TimeSpan timeout, Action action, CancellationToken cancellationToken = default);

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
    /// <param name="action">The block.</param>
    /// <param name="cancellationToken">Ends the wait early.</param>
    /// <returns>When they have come.</returns>
    Task ExpectAsync(int expectedCount, Action action, CancellationToken cancellationToken = default);

    /// <summary>Expects a number of events while a block runs and, for a time, after it.</summary>
    /// <param name="expectedCount">How many events; 0: none for the whole time.</param>
    /// <param name="timeout">How long to wait for them, dilated.</param>
    /// <param name="action">The block.</param>
    /// <param name="cancellationToken">Ends the wait early.</param>
    /// <returns>When they have come.</returns>
    Task ExpectAsync(int expectedCount, TimeSpan timeout, Action action, CancellationToken cancellationToken = default);

    /// <summary>Expects a number of events while a block runs and, for a time, after it.</summary>
    /// <param name="expectedCount">How many events; 0: none for the whole time.</param>
    /// <param name="actionAsync">The block.</param>
    /// <param name="timeout">How long to wait for them, dilated.</param>
    /// <param name="cancellationToken">Ends the wait early.</param>
    /// <returns>When they have come.</returns>
    Task ExpectAsync(
        int expectedCount, Func<Task> actionAsync, TimeSpan? timeout, CancellationToken cancellationToken = default);

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
    Task<T> ExpectAsync<T>(
        int expectedCount, TimeSpan timeout, Func<Task<T>> func, CancellationToken cancellationToken = default);

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
    Task MuteAsync(Action action, CancellationToken cancellationToken = default);

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
