using System.Collections;

namespace Recorder.ActorKernel.Testing;

// Each receive has a blocking and an awaiting form over the same checks: a blocking one on top of the awaiting one would
// need a second thread of the pool that the actors under test run on.
public abstract partial class TestKitBase
{
    /// <summary>Receives one message. Does not dilate its time.</summary>
    /// <param name="max">How long to wait; null: the default; infinite: for ever; other negatives: not at all.</param>
    /// <param name="cancellationToken">Ends the wait early.</param>
    /// <returns>The message; null when none came.</returns>
    public object? ReceiveOne(TimeSpan? max = null, CancellationToken cancellationToken = default) =>
        TryReceiveOne(out var envelope, max, cancellationToken) ? envelope.Message : null;

    /// <summary>Receives one message, however long it takes.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The message.</returns>
    public object? ReceiveOne(CancellationToken cancellationToken) => ReceiveOne(Timeout.InfiniteTimeSpan, cancellationToken);

    /// <inheritdoc cref="ReceiveOne(TimeSpan?, CancellationToken)"/>
    public async ValueTask<object?> ReceiveOneAsync(TimeSpan? max = null, CancellationToken cancellationToken = default)
    {
        var (success, envelope) = await TryReceiveOneAsync(max, cancellationToken).ConfigureAwait(false);
        return success ? envelope.Message : null;
    }

    /// <inheritdoc cref="ReceiveOne(CancellationToken)"/>
    public ValueTask<object?> ReceiveOneAsync(CancellationToken cancellationToken) =>
        ReceiveOneAsync(Timeout.InfiniteTimeSpan, cancellationToken);

    /// <summary>Receives one message with its sender. Does not dilate its time.</summary>
    /// <param name="envelope">The message and its sender.</param>
    /// <param name="max">How long to wait; null: the default; infinite: for ever; other negatives: not at all.</param>
    /// <returns>Whether one came.</returns>
    public bool TryReceiveOne(out MessageEnvelope envelope, TimeSpan? max = null) =>
        TryReceiveOne(out envelope, max, CancellationToken.None);

    /// <inheritdoc cref="TryReceiveOne(out MessageEnvelope, TimeSpan?)"/>
    /// <param name="envelope">The message and its sender.</param>
    /// <param name="max">How long to wait.</param>
    /// <param name="cancellationToken">Ends the wait early.</param>
    public bool TryReceiveOne(out MessageEnvelope envelope, TimeSpan? max, CancellationToken cancellationToken)
    {
        var wait = GetTimeoutOrDefault(max);
        return Note(CanWait(wait) ? _queue.Take(wait, cancellationToken) : null, out envelope);
    }

    /// <inheritdoc cref="TryReceiveOne(out MessageEnvelope, TimeSpan?)"/>
    public async ValueTask<(bool success, MessageEnvelope envelope)> TryReceiveOneAsync(
        TimeSpan? max = null, CancellationToken cancellationToken = default)
    {
        var wait = GetTimeoutOrDefault(max);
        var taken = CanWait(wait) ? await _queue.TakeAsync(wait, cancellationToken).ConfigureAwait(false) : null;
        return (Note(taken, out var envelope), envelope);
    }

    /// <summary>Looks at the next message and leaves it where it is.</summary>
    /// <param name="max">How long to wait; null: the default.</param>
    /// <returns>The message; null when none came.</returns>
    public object? PeekOne(TimeSpan? max = null) =>
        TryPeekOne(out var envelope, max, CancellationToken.None) ? envelope.Message : null;

    /// <inheritdoc cref="PeekOne(TimeSpan?)"/>
    public async ValueTask<object?> PeekOneAsync(TimeSpan? max = null)
    {
        var (success, envelope) = await TryPeekOneAsync(max, CancellationToken.None).ConfigureAwait(false);
        return success ? envelope.Message : null;
    }

    /// <summary>Looks at the next message and its sender and leaves them where they are.</summary>
    /// <param name="envelope">The message and its sender.</param>
    /// <param name="max">How long to wait; null: the default.</param>
    /// <param name="cancellationToken">Ends the wait early.</param>
    /// <returns>Whether there is one.</returns>
    public bool TryPeekOne(out MessageEnvelope envelope, TimeSpan? max, CancellationToken cancellationToken)
    {
        var wait = GetTimeoutOrDefault(max);
        return Note(CanWait(wait) ? _queue.Peek(wait, cancellationToken) : null, out envelope);
    }

    /// <inheritdoc cref="TryPeekOne(out MessageEnvelope, TimeSpan?, CancellationToken)"/>
    public async ValueTask<(bool success, MessageEnvelope envelope)> TryPeekOneAsync(
        TimeSpan? max, CancellationToken cancellationToken)
    {
        var wait = GetTimeoutOrDefault(max);
        var peeked = CanWait(wait) ? await _queue.PeekAsync(wait, cancellationToken).ConfigureAwait(false) : null;
        return (Note(peeked, out var envelope), envelope);
    }

    /// <summary>Receives until a message is the one looked for; the others are dropped.</summary>
    /// <param name="isMessage">Whether it is.</param>
    /// <param name="max">How long to wait in all, dilated; null: the default.</param>
    /// <param name="hint">Said when it does not come.</param>
    /// <param name="cancellationToken">Ends the wait early.</param>
    /// <returns>The message.</returns>
    public object FishForMessage(
        Predicate<object> isMessage, TimeSpan? max = null, string hint = "", CancellationToken cancellationToken = default) =>
        FishForMessage<object>(isMessage, max, hint, cancellationToken);

    /// <summary>Receives until a message of a type is the one looked for; the others are dropped.</summary>
    /// <typeparam name="T">The type.</typeparam>
    /// <param name="isMessage">Whether it is.</param>
    /// <param name="max">How long to wait in all, dilated; null: the default.</param>
    /// <param name="hint">Said when it does not come.</param>
    /// <param name="cancellationToken">Ends the wait early.</param>
    /// <returns>The message.</returns>
    public T FishForMessage<T>(
        Predicate<T> isMessage, TimeSpan? max = null, string hint = "", CancellationToken cancellationToken = default) =>
        FishForMessage(isMessage, null, max, hint, cancellationToken);

    /// <summary>Receives until a message of a type is the one looked for; the others are handed over.</summary>
    /// <typeparam name="T">The type.</typeparam>
    /// <param name="isMessage">Whether it is.</param>
    /// <param name="allMessages">Emptied, then filled with the messages that were not it; may be null.</param>
    /// <param name="max">How long to wait in all, dilated; null: the default.</param>
    /// <param name="hint">Said when it does not come.</param>
    /// <param name="cancellationToken">Ends the wait early.</param>
    /// <returns>The message.</returns>
    public T FishForMessage<T>(
        Predicate<T> isMessage,
        ArrayList? allMessages,
        TimeSpan? max = null,
        string hint = "",
        CancellationToken cancellationToken = default)
    {
        var fishing = new Fishing<T>(isMessage, allMessages, RemainingOrDilated(max), hint);
        while (!fishing.Caught(ReceiveOne(fishing.Left, cancellationToken)))
        {
        }

        return fishing.Fish;
    }

    /// <inheritdoc cref="FishForMessage(Predicate{object}, TimeSpan?, string, CancellationToken)"/>
    public ValueTask<object> FishForMessageAsync(
        Predicate<object> isMessage, TimeSpan? max = null, string hint = "", CancellationToken cancellationToken = default) =>
        FishForMessageAsync<object>(isMessage, max, hint, cancellationToken);

    /// <inheritdoc cref="FishForMessage{T}(Predicate{T}, TimeSpan?, string, CancellationToken)"/>
    public ValueTask<T> FishForMessageAsync<T>(
        Predicate<T> isMessage, TimeSpan? max = null, string hint = "", CancellationToken cancellationToken = default) =>
        FishForMessageAsync(isMessage, null, max, hint, cancellationToken);

    /// <inheritdoc cref="FishForMessage{T}(Predicate{T}, ArrayList, TimeSpan?, string, CancellationToken)"/>
    public async ValueTask<T> FishForMessageAsync<T>(
        Predicate<T> isMessage,
        ArrayList? allMessages,
        TimeSpan? max = null,
        string hint = "",
        CancellationToken cancellationToken = default)
    {
        var fishing = new Fishing<T>(isMessage, allMessages, RemainingOrDilated(max), hint);
        while (!fishing.Caught(await ReceiveOneAsync(fishing.Left, cancellationToken).ConfigureAwait(false)))
        {
        }

        return fishing.Fish;
    }

    /// <summary>Receives for the whole time and fails if a message of a type is among what comes.</summary>
    /// <typeparam name="T">The type that must not come.</typeparam>
    /// <param name="max">The time, dilated; null: the default.</param>
    /// <param name="cancellationToken">Ends the wait early.</param>
    /// <returns>When the time is over.</returns>
    public async Task FishUntilMessageAsync<T>(TimeSpan? max = null, CancellationToken cancellationToken = default)
    {
        var others = ReceiveWhileAsync((object message) => true, max, cancellationToken: cancellationToken);
        await foreach (var message in others.ConfigureAwait(false))
            Check.AssertFalse(message is T, "Did not expect a message of type {0}, but received {{{1}}}.", typeof(T), message);
    }

    /// <summary>Receives until nothing comes for a while.</summary>
    /// <param name="max">The while, not dilated; null: the default.</param>
    /// <param name="maxMessages">How many may come at most; null: any number.</param>
    /// <param name="cancellationToken">Ends the wait early.</param>
    /// <returns>What came before the silence.</returns>
    public async Task<ArrayList> WaitForRadioSilenceAsync(
        TimeSpan? max = null, uint? maxMessages = null, CancellationToken cancellationToken = default)
    {
        var messages = new ArrayList();
        while (await ReceiveOneAsync(max, cancellationToken).ConfigureAwait(false) is { } message)
        {
            messages.Add(message);
            Check.AssertFalse(
                messages.Count > maxMessages,
                "maxMessages violated: more than {0} came before silence: {1}.", maxMessages, Join(messages));
        }

        return ArrayList.ReadOnly(messages);
    }

    /// <summary>Receives a number of messages within the default time.</summary>
    /// <param name="numberOfMessages">The number.</param>
    /// <param name="cancellationToken">Ends the wait early.</param>
    /// <returns>The messages in the order they came.</returns>
    public IReadOnlyCollection<object> ReceiveN(int numberOfMessages, CancellationToken cancellationToken = default) =>
        ReceiveAll(numberOfMessages, RemainingOrDefault, cancellationToken);

    /// <summary>Receives a number of messages.</summary>
    /// <param name="numberOfMessages">The number.</param>
    /// <param name="max">How long to wait in all, dilated.</param>
    /// <param name="cancellationToken">Ends the wait early.</param>
    /// <returns>The messages in the order they came.</returns>
    public IReadOnlyCollection<object> ReceiveN(
        int numberOfMessages, TimeSpan max, CancellationToken cancellationToken = default) =>
        ReceiveAll(numberOfMessages, Dilated(MustBeFinite(max, nameof(max))), cancellationToken);

    /// <inheritdoc cref="ReceiveN(int, CancellationToken)"/>
    public IAsyncEnumerable<object> ReceiveNAsync(int numberOfMessages, CancellationToken cancellationToken = default) =>
        ReceiveAllAsync(numberOfMessages, RemainingOrDefault, cancellationToken);

    /// <inheritdoc cref="ReceiveN(int, TimeSpan, CancellationToken)"/>
    public IAsyncEnumerable<object> ReceiveNAsync(
        int numberOfMessages, TimeSpan max, CancellationToken cancellationToken = default) =>
        ReceiveAllAsync(numberOfMessages, Dilated(MustBeFinite(max, nameof(max))), cancellationToken);

    /// <inheritdoc cref="ReceiveWhile{T}(Func{object, T}, TimeSpan?, TimeSpan?, int, CancellationToken)"/>
    public IReadOnlyList<T> ReceiveWhile<T>(
        TimeSpan? max, Func<object, T?> filter, int msgs = int.MaxValue, CancellationToken cancellationToken = default)
        where T : class => ReceiveWhile(filter, max, null, msgs, cancellationToken);

    /// <inheritdoc cref="ReceiveWhile{T}(Func{object, T}, TimeSpan?, TimeSpan?, int, CancellationToken)"/>
    public IReadOnlyList<T> ReceiveWhile<T>(
        TimeSpan? max,
        TimeSpan? idle,
        Func<object, T?> filter,
        int msgs = int.MaxValue,
        CancellationToken cancellationToken = default) => ReceiveWhile(filter, max, idle, msgs, cancellationToken);

    /// <summary>
    /// Receives until the filter says null, nothing comes for a while, the time is over, or enough came: all are good ends.
    /// The message that ended it stays for the next receive.
    /// </summary>
    /// <typeparam name="T">What the filter makes of a message.</typeparam>
    /// <param name="filter">Makes something of a message, or null to end.</param>
    /// <param name="max">The time, dilated; null: the default.</param>
    /// <param name="idle">The while without a message that ends it; null: none.</param>
    /// <param name="msgs">How many are enough.</param>
    /// <param name="cancellationToken">Ends the wait early.</param>
    /// <returns>What the filter made of the messages.</returns>
    public IReadOnlyList<T> ReceiveWhile<T>(
        Func<object, T?> filter,
        TimeSpan? max = null,
        TimeSpan? idle = null,
        int msgs = int.MaxValue,
        CancellationToken cancellationToken = default)
    {
        var gathering = new Gathering<T>(this, SelectMade(filter), max, idle, msgs);
        while (gathering.WantsMore && gathering.Accepts(TryPeekOne(out var next, gathering.Left, cancellationToken), next))
        {
        }

        return gathering.Result;
    }

    /// <inheritdoc cref="ReceiveWhile{T}(Func{object, T}, TimeSpan?, TimeSpan?, int, CancellationToken)"/>
    public IAsyncEnumerable<T> ReceiveWhileAsync<T>(
        TimeSpan? max, Func<object, T?> filter, int msgs = int.MaxValue, CancellationToken cancellationToken = default)
        where T : class => ReceiveWhileAsync(filter, max, null, msgs, cancellationToken);

    /// <inheritdoc cref="ReceiveWhile{T}(Func{object, T}, TimeSpan?, TimeSpan?, int, CancellationToken)"/>
    public IAsyncEnumerable<T> ReceiveWhileAsync<T>(
        TimeSpan? max,
        TimeSpan? idle,
        Func<object, T?> filter,
        int msgs = int.MaxValue,
        CancellationToken cancellationToken = default)
        where T : class => ReceiveWhileAsync(filter, max, idle, msgs, cancellationToken);

    /// <inheritdoc cref="ReceiveWhile{T}(Func{object, T}, TimeSpan?, TimeSpan?, int, CancellationToken)"/>
    public IAsyncEnumerable<T> ReceiveWhileAsync<T>(
        Func<object, T?> filter,
        TimeSpan? max = null,
        TimeSpan? idle = null,
        int msgs = int.MaxValue,
        CancellationToken cancellationToken = default)
        where T : class =>
        GatherAsync(new Gathering<T>(this, SelectMade(filter), max, idle, msgs), cancellationToken);

    /// <summary>
    /// Receives messages of a type while the predicate holds, as
    /// <see cref="ReceiveWhile{T}(Func{object, T}, TimeSpan?, TimeSpan?, int, CancellationToken)"/> does.
    /// </summary>
    /// <typeparam name="T">The type.</typeparam>
    /// <param name="shouldContinue">Whether a message is taken.</param>
    /// <param name="max">The time, dilated; null: the default.</param>
    /// <param name="idle">The while without a message that ends it; null: none.</param>
    /// <param name="msgs">How many are enough.</param>
    /// <param name="shouldIgnoreOtherMessageTypes">Whether messages of other types are dropped; else they end it.</param>
    /// <param name="cancellationToken">Ends the wait early.</param>
    /// <returns>The messages.</returns>
    public IReadOnlyList<T> ReceiveWhile<T>(
        Predicate<T> shouldContinue,
        TimeSpan? max = null,
        TimeSpan? idle = null,
        int msgs = int.MaxValue,
        bool shouldIgnoreOtherMessageTypes = true,
        CancellationToken cancellationToken = default)
        where T : class
    {
        var gathering = new Gathering<T>(this, Select(shouldContinue, shouldIgnoreOtherMessageTypes), max, idle, msgs);
        while (gathering.WantsMore && gathering.Accepts(TryPeekOne(out var next, gathering.Left, cancellationToken), next))
        {
        }

        return gathering.Result;
    }

    /// <inheritdoc cref="ReceiveWhile{T}(Predicate{T}, TimeSpan?, TimeSpan?, int, bool, CancellationToken)"/>
    public IAsyncEnumerable<T> ReceiveWhileAsync<T>(
        Predicate<T> shouldContinue,
        TimeSpan? max = null,
        TimeSpan? idle = null,
        int msgs = int.MaxValue,
        bool shouldIgnoreOtherMessageTypes = true,
        CancellationToken cancellationToken = default)
        where T : class =>
        GatherAsync(
            new Gathering<T>(this, Select(shouldContinue, shouldIgnoreOtherMessageTypes), max, idle, msgs), cancellationToken);

    private async IAsyncEnumerable<T> GatherAsync<T>(
        Gathering<T> gathering, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
        where T : class
    {
        var given = 0;
        while (gathering.WantsMore)
        {
            var (success, next) = await TryPeekOneAsync(gathering.Left, cancellationToken).ConfigureAwait(false);
            var accepted = gathering.Accepts(success, next);
            var soFar = gathering.Result;
            if (!accepted)
                break;
            if (soFar.Count > given)
                yield return soFar[given++];
        }
    }

    private static Func<object, (bool, T?)> SelectMade<T>(Func<object, T?> filter) =>
        message => filter(message) is { } made ? (true, made) : (false, default);

    private static Func<object, (bool, T?)> Select<T>(Predicate<T> shouldContinue, bool ignoreOthers)
        where T : class =>
        message => message is T typed ? (shouldContinue(typed), typed) : (ignoreOthers, null);

    private static bool CanWait(TimeSpan wait) => wait >= TimeSpan.Zero || wait == Timeout.InfiniteTimeSpan;

    private static TimeSpan MustBeFinite(TimeSpan time, string name) =>
        time >= TimeSpan.Zero ? time : throw new ArgumentException($"{name} must be a finite time, not {time}.", name);

    private static string Join(IEnumerable messages) => string.Join(", ", messages.Cast<object>());

    private bool Note(MessageEnvelope? received, out MessageEnvelope envelope)
    {
        _lastWasNoMsg = false;
        _last = envelope = received ?? NullMessageEnvelope.Instance;
        return received is not null;
    }

    private List<object> ReceiveAll(int count, TimeSpan max, CancellationToken cancellationToken)
    {
        var received = new List<object>(Math.Min(count, 1024));
        var start = Now;
        while (received.Count < count)
            received.Add(Came(ReceiveOne(Left(start, max), cancellationToken), count, received.Count, max, start));
        return received;
    }

    private async IAsyncEnumerable<object> ReceiveAllAsync(
        int count,
        TimeSpan max,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var start = Now;
        for (var got = 0; got < count; got++)
        {
            var message = await ReceiveOneAsync(Left(start, max), cancellationToken).ConfigureAwait(false);
            yield return Came(message, count, got, max, start);
        }
    }

    private static object Came(object? message, int count, int got, TimeSpan max, TimeSpan start)
    {
        Check.AssertTrue(
            message is not null,
            "Timeout ({0}) while expecting {1} messages. Only got {2} after {3}.", max, count, got, Now - start);
        return message!;
    }

    // Infinite is a negative number: a deadline that has passed must not look like it.
    private static TimeSpan Left(TimeSpan start, TimeSpan max)
    {
        var left = start + max - Now;
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    private sealed class Fishing<T>(Predicate<T> isMessage, ArrayList? others, TimeSpan max, string hint)
    {
        private readonly TimeSpan _start = Begin(others);
        private readonly List<object> _seen = [];

        public TimeSpan Left => TestKitBase.Left(_start, max);

        public T Fish { get; private set; } = default!;

        public bool Caught(object? message)
        {
            Check.AssertTrue(
                message is not null,
                "Timeout ({0}) while fishing for a message of type {1}. {2} Seen instead: {3}.",
                max, typeof(T), hint, _seen.Count == 0 ? "nothing" : Join(_seen));
            if (message is T typed && isMessage(typed))
            {
                Fish = typed;
                return true;
            }

            _seen.Add(message!);
            others?.Add(message);
            return false;
        }

        private static TimeSpan Begin(ArrayList? others)
        {
            others?.Clear();
            return Now;
        }
    }

    private sealed class Gathering<T>
    {
        private readonly TestKitBase _kit;
        private readonly Func<object, (bool Take, T? Made)> _select;
        private readonly TimeSpan _start = Now;
        private readonly TimeSpan _max;
        private readonly TimeSpan? _idle;
        private readonly int _enough;
        private readonly List<T> _made = [];
        private MessageEnvelope _accepted = NullMessageEnvelope.Instance;

        public Gathering(TestKitBase kit, Func<object, (bool Take, T? Made)> select, TimeSpan? max, TimeSpan? idle, int enough)
        {
            _kit = kit;
            _select = select;
            _max = kit.RemainingOrDilated(max);
            _idle = idle == Timeout.InfiniteTimeSpan ? null : idle;
            _enough = enough;
        }

        public bool WantsMore => _made.Count < _enough;

        public TimeSpan Left => _idle is { } idle ? Min(TestKitBase.Left(_start, _max), idle) : TestKitBase.Left(_start, _max);

        public IReadOnlyList<T> Result
        {
            get
            {
                _kit._last = _accepted;
                _kit._lastWasNoMsg = true;
                return _made;
            }
        }

        public bool Accepts(bool success, MessageEnvelope next)
        {
            if (!success)
                return false;
            var (take, made) = _select(next.Message);
            if (!take)
                return false;
            _kit._queue.Take(TimeSpan.Zero, CancellationToken.None);
            _accepted = next;
            if (made is not null)
                _made.Add(made);
            return true;
        }
    }
}
