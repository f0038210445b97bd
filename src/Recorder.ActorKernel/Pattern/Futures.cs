using System.Globalization;

namespace Recorder.ActorKernel;

/// <summary>Asking: a message with an answer. Use it at the edges of the system; between actors use messages.</summary>
public static class Futures
{
    /// <summary>Asks.</summary>
    /// <param name="self">Whom.</param>
    /// <param name="message">What.</param>
    /// <param name="timeout">How long to wait; null for <c>akka.actor.ask-timeout</c>.</param>
    /// <returns>The answer. Fails with <see cref="AskTimeoutException"/> when none comes, and with the cause of a
    /// <see cref="Status.Failure"/>.</returns>
    public static Task<object> Ask(this ICanTell self, object message, TimeSpan? timeout = null) =>
        self.Ask<object>(message, timeout, CancellationToken.None);

    /// <summary>Asks.</summary>
    /// <param name="self">Whom.</param>
    /// <param name="message">What.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The answer.</returns>
    public static Task<object> Ask(this ICanTell self, object message, CancellationToken cancellationToken) =>
        self.Ask<object>(message, null, cancellationToken);

    /// <summary>Asks.</summary>
    /// <param name="self">Whom.</param>
    /// <param name="message">What.</param>
    /// <param name="timeout">How long to wait; null for <c>akka.actor.ask-timeout</c>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The answer.</returns>
    public static Task<object> Ask(
        this ICanTell self, object message, TimeSpan? timeout, CancellationToken cancellationToken) =>
        self.Ask<object>(message, timeout, cancellationToken);

    /// <summary>Asks.</summary>
    /// <typeparam name="T">The type of the answer.</typeparam>
    /// <param name="self">Whom.</param>
    /// <param name="message">What.</param>
    /// <param name="timeout">How long to wait; null for <c>akka.actor.ask-timeout</c>.</param>
    /// <returns>The answer. Fails with <see cref="ArgumentException"/> when it is of another type.</returns>
    public static Task<T> Ask<T>(this ICanTell self, object message, TimeSpan? timeout = null) =>
        self.Ask<T>(message, timeout, CancellationToken.None);

    /// <summary>Asks.</summary>
    /// <typeparam name="T">The type of the answer.</typeparam>
    /// <param name="self">Whom.</param>
    /// <param name="message">What.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The answer.</returns>
    public static Task<T> Ask<T>(this ICanTell self, object message, CancellationToken cancellationToken) =>
        self.Ask<T>(message, null, cancellationToken);

    /// <summary>Asks.</summary>
    /// <typeparam name="T">The type of the answer.</typeparam>
    /// <param name="self">Whom.</param>
    /// <param name="message">What.</param>
    /// <param name="timeout">How long to wait; null for <c>akka.actor.ask-timeout</c>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The answer.</returns>
    public static Task<T> Ask<T>(this ICanTell self, object message, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        var ask = Begin<T>(self, timeout, cancellationToken, out var result);
        ask.DeliverAsk(message, self);
        return result;
    }

    /// <summary>Asks with a question that carries the reference to answer to.</summary>
    /// <typeparam name="T">The type of the answer.</typeparam>
    /// <param name="self">Whom.</param>
    /// <param name="messageFactory">Makes the question.</param>
    /// <param name="timeout">How long to wait; null for <c>akka.actor.ask-timeout</c>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The answer.</returns>
    public static Task<T> Ask<T>(
        this ICanTell self, Func<IActorRef, object> messageFactory, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        var ask = Begin<T>(self, timeout, cancellationToken, out var result);
        ask.DeliverAsk(messageFactory(ask), self);
        return result;
    }

    internal static IActorRefProvider? ResolveProvider(ICanTell self) => self switch
    {
        ActorSelection selection => ResolveProvider(selection.Anchor),
        IInternalActorRef actor => actor.Provider,
        _ => ActorCell.Current?.SystemImpl.Provider,
    };

    private static FutureActorRef<T> Begin<T>(
        ICanTell self, TimeSpan? timeout, CancellationToken cancellationToken, out Task<T> result)
    {
        var provider = ResolveProvider(self)
            ?? throw new ArgumentException("Unable to resolve the target Provider", nameof(self));
        var source = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var ask = provider.CreateFutureRef(source);
        result = source.Task;
        var limit = timeout ?? provider.Settings.AskTimeout;
        var timed = limit > TimeSpan.Zero;
        if (timed || cancellationToken.CanBeCanceled)
            _ = new Limits<T>(source, ask, timed ? limit : null, cancellationToken);
        return ask;
    }

    /// <summary>Ends an ask by time or by token, and forgets both when the answer comes.</summary>
    private sealed class Limits<T>
    {
        private readonly TaskCompletionSource<T> _source;
        private readonly FutureActorRef<T> _ask;
        private readonly TimeSpan? _limit;
        private readonly Timer? _timer;
        private readonly CancellationTokenRegistration _registration;

        public Limits(TaskCompletionSource<T> source, FutureActorRef<T> ask, TimeSpan? limit, CancellationToken token)
        {
            _source = source;
            _ask = ask;
            _limit = limit;
            if (limit is not null)
            {
                _timer = new Timer(static state => ((Limits<T>)state!).TimeOut(), this, Timeout.Infinite, Timeout.Infinite);
                _timer.Change(limit.Value, Timeout.InfiniteTimeSpan);
            }

            if (token.CanBeCanceled)
                _registration = token.UnsafeRegister(static state => ((Limits<T>)state!).Cancel(), this);
            source.Task.ContinueWith(
                static (_, state) => ((Limits<T>)state!).Forget(),
                this,
                CancellationToken.None,
                TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default);
        }

        private void TimeOut()
        {
            var seconds = _limit!.Value.TotalSeconds.ToString(CultureInfo.InvariantCulture);
            if (_source.TrySetException(new AskTimeoutException($"Timeout after {seconds} seconds")))
                _ask.Unregister();
        }

        private void Cancel()
        {
            if (_source.TrySetCanceled())
                _ask.Unregister();
        }

        private void Forget()
        {
            _timer?.Dispose();
            _registration.Unregister();
        }
    }
}
