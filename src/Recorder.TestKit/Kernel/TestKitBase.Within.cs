namespace Recorder.ActorKernel.Testing;

public abstract partial class TestKitBase
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>Runs a block that must end in time; expectations in it wait for what is left of that time.</summary>
    /// <param name="max">The time, dilated. Inside of another block, no more than what is left of that one.</param>
    /// <param name="action">The block.</param>
    /// <param name="epsilonValue">How much over the time still passes; null: nothing.</param>
    /// <param name="cancellationToken">Not looked at by a blocking block.</param>
    public void Within(
        TimeSpan max, Action action, TimeSpan? epsilonValue = null, CancellationToken cancellationToken = default) =>
        Within(TimeSpan.Zero, max, action, null, epsilonValue, cancellationToken);

    /// <inheritdoc cref="Within(TimeSpan, Action, TimeSpan?, CancellationToken)"/>
    /// <param name="max">The time, dilated.</param>
    /// <param name="actionAsync">The block.</param>
    /// <param name="epsilonValue">How much over the time still passes; null: nothing.</param>
    /// <param name="cancellationToken">Stops waiting for the block.</param>
    /// <returns>When the block has ended.</returns>
    public Task WithinAsync(
        TimeSpan max, Func<Task> actionAsync, TimeSpan? epsilonValue = null, CancellationToken cancellationToken = default) =>
        WithinAsync(TimeSpan.Zero, max, actionAsync, null, epsilonValue, cancellationToken);

    /// <summary>Runs a block that must take some time and no more than some time.</summary>
    /// <param name="min">The least time, not dilated.</param>
    /// <param name="max">The most, dilated.</param>
    /// <param name="action">The block.</param>
    /// <param name="hint">Said when it fails.</param>
    /// <param name="epsilonValue">How much over the time still passes; null: nothing.</param>
    /// <param name="cancellationToken">Not looked at by a blocking block.</param>
    public void Within(
        TimeSpan min,
        TimeSpan max,
        Action action,
        string? hint = null,
        TimeSpan? epsilonValue = null,
        CancellationToken cancellationToken = default) =>
        Within(
            min,
            max,
            () =>
            {
                action();
                return true;
            },
            hint,
            epsilonValue,
            cancellationToken);

    /// <inheritdoc cref="Within(TimeSpan, TimeSpan, Action, string, TimeSpan?, CancellationToken)"/>
    /// <param name="min">The least time, not dilated.</param>
    /// <param name="max">The most, dilated.</param>
    /// <param name="actionAsync">The block.</param>
    /// <param name="hint">Said when it fails.</param>
    /// <param name="epsilonValue">How much over the time still passes; null: nothing.</param>
    /// <param name="cancellationToken">Stops waiting for the block.</param>
    /// <returns>When the block has ended.</returns>
    public Task WithinAsync(
        TimeSpan min,
        TimeSpan max,
        Func<Task> actionAsync,
        string? hint = null,
        TimeSpan? epsilonValue = null,
        CancellationToken cancellationToken = default) =>
        WithinAsync(
            min,
            max,
            async () =>
            {
                await actionAsync().ConfigureAwait(false);
                return true;
            },
            hint,
            epsilonValue,
            cancellationToken);

    /// <summary>Runs a block that must end in time; expectations in it wait for what is left of that time.</summary>
    /// <typeparam name="T">What the block returns.</typeparam>
    /// <param name="max">The time, dilated.</param>
    /// <param name="function">The block.</param>
    /// <param name="epsilonValue">How much over the time still passes; null: nothing.</param>
    /// <param name="cancellationToken">Not looked at by a blocking block.</param>
    /// <returns>What the block returned.</returns>
    public T Within<T>(
        TimeSpan max, Func<T> function, TimeSpan? epsilonValue = null, CancellationToken cancellationToken = default) =>
        Within(TimeSpan.Zero, max, function, null, epsilonValue, cancellationToken);

    /// <inheritdoc cref="Within{T}(TimeSpan, Func{T}, TimeSpan?, CancellationToken)"/>
    public Task<T> WithinAsync<T>(
        TimeSpan max, Func<Task<T>> function, TimeSpan? epsilonValue = null, CancellationToken cancellationToken = default) =>
        WithinAsync(TimeSpan.Zero, max, function, null, epsilonValue, cancellationToken);

    /// <summary>Runs a block that must take some time and no more than some time.</summary>
    /// <typeparam name="T">What the block returns.</typeparam>
    /// <param name="min">The least time, not dilated.</param>
    /// <param name="max">The most, dilated.</param>
    /// <param name="function">The block.</param>
    /// <param name="hint">Said when it fails.</param>
    /// <param name="epsilonValue">How much over the time still passes; null: nothing.</param>
    /// <param name="cancellationToken">Not looked at by a blocking block.</param>
    /// <returns>What the block returned.</returns>
    public T Within<T>(
        TimeSpan min,
        TimeSpan max,
        Func<T> function,
        string? hint = null,
        TimeSpan? epsilonValue = null,
        CancellationToken cancellationToken = default)
    {
        var block = new Block(this, min, max, hint, epsilonValue);
        T result;
        try
        {
            result = function();
        }
        finally
        {
            block.Leave();
        }

        block.MustHaveKeptTime();
        return result;
    }

    /// <inheritdoc cref="Within{T}(TimeSpan, TimeSpan, Func{T}, string, TimeSpan?, CancellationToken)"/>
    public async Task<T> WithinAsync<T>(
        TimeSpan min,
        TimeSpan max,
        Func<Task<T>> function,
        string? hint = null,
        TimeSpan? epsilonValue = null,
        CancellationToken cancellationToken = default)
    {
        var block = new Block(this, min, max, hint, epsilonValue);
        T result;
        try
        {
            result = await function().WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            block.Leave();
        }

        block.MustHaveKeptTime();
        return result;
    }

    /// <summary>Repeats an assertion until it holds; when the time is over, its last exception is the failure.</summary>
    /// <param name="assertion">Throws while it does not hold.</param>
    /// <param name="duration">The time, dilated; null: the default.</param>
    /// <param name="interval">The pause between attempts; null: 100 ms.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    public void AwaitAssert(
        Action assertion, TimeSpan? duration = null, TimeSpan? interval = null, CancellationToken cancellationToken = default)
    {
        var stop = Now + RemainingOrDilated(duration);
        while (true)
        {
            try
            {
                assertion();
                return;
            }
            catch (Exception) when (Now < stop)
            {
                // Not yet: it is tried again.
            }

            Pause(stop, interval, cancellationToken);
        }
    }

    /// <inheritdoc cref="AwaitAssert(Action, TimeSpan?, TimeSpan?, CancellationToken)"/>
    public Task AwaitAssertAsync(
        Action assertion, TimeSpan? duration = null, TimeSpan? interval = null, CancellationToken cancellationToken = default) =>
        AwaitAssertAsync(
            () =>
            {
                assertion();
                return Task.CompletedTask;
            },
            duration,
            interval,
            cancellationToken);

    /// <inheritdoc cref="AwaitAssert(Action, TimeSpan?, TimeSpan?, CancellationToken)"/>
    public async Task AwaitAssertAsync(
        Func<Task> assertion, TimeSpan? duration = null, TimeSpan? interval = null, CancellationToken cancellationToken = default)
    {
        var stop = Now + RemainingOrDilated(duration);
        while (true)
        {
            try
            {
                await assertion().ConfigureAwait(false);
                return;
            }
            catch (Exception) when (Now < stop)
            {
                // Not yet: it is tried again.
            }

            await Task.Delay(PauseBefore(stop, interval), cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Waits until a condition holds, and fails when the default time is over.</summary>
    /// <param name="conditionIsFulfilled">The condition.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    public void AwaitCondition(Func<bool> conditionIsFulfilled, CancellationToken cancellationToken = default) =>
        AwaitCondition(conditionIsFulfilled, null, null, null, cancellationToken);

    /// <summary>Waits until a condition holds, and fails when the time is over.</summary>
    /// <param name="conditionIsFulfilled">The condition.</param>
    /// <param name="max">The time, dilated; null: the default.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    public void AwaitCondition(Func<bool> conditionIsFulfilled, TimeSpan? max, CancellationToken cancellationToken = default) =>
        AwaitCondition(conditionIsFulfilled, max, null, null, cancellationToken);

    /// <summary>Waits until a condition holds, and fails when the time is over.</summary>
    /// <param name="conditionIsFulfilled">The condition.</param>
    /// <param name="max">The time, dilated; null: the default.</param>
    /// <param name="message">Said when it fails.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    public void AwaitCondition(
        Func<bool> conditionIsFulfilled, TimeSpan? max, string? message, CancellationToken cancellationToken = default) =>
        AwaitCondition(conditionIsFulfilled, max, null, message, cancellationToken);

    /// <summary>Waits until a condition holds, and fails when the time is over.</summary>
    /// <param name="conditionIsFulfilled">The condition.</param>
    /// <param name="max">The time, dilated; null: the default.</param>
    /// <param name="interval">The pause between looks; null: 100 ms.</param>
    /// <param name="message">Said when it fails.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    public void AwaitCondition(
        Func<bool> conditionIsFulfilled,
        TimeSpan? max,
        TimeSpan? interval,
        string? message = null,
        CancellationToken cancellationToken = default)
    {
        var wait = RemainingOrDilated(max);
        if (!AwaitConditionNoThrow(conditionIsFulfilled, wait, interval, cancellationToken))
            Check.Fail("Timeout ({0}) while waiting for a condition. {1}", wait, message);
    }

    /// <summary>Waits until a condition holds or the time is over.</summary>
    /// <param name="conditionIsFulfilled">The condition.</param>
    /// <param name="max">The time, not dilated.</param>
    /// <param name="interval">The pause between looks; null: 100 ms.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <returns>Whether it held.</returns>
    public bool AwaitConditionNoThrow(
        Func<bool> conditionIsFulfilled,
        TimeSpan max,
        TimeSpan? interval = null,
        CancellationToken cancellationToken = default)
    {
        var stop = Now + max;
        while (!conditionIsFulfilled())
        {
            if (Now >= stop)
                return false;
            Pause(stop, interval, cancellationToken);
        }

        return true;
    }

    /// <inheritdoc cref="AwaitCondition(Func{bool}, CancellationToken)"/>
    public Task AwaitConditionAsync(Func<Task<bool>> conditionIsFulfilled, CancellationToken cancellationToken = default) =>
        AwaitConditionAsync(conditionIsFulfilled, null, null, null, cancellationToken);

    /// <inheritdoc cref="AwaitCondition(Func{bool}, TimeSpan?, CancellationToken)"/>
    public Task AwaitConditionAsync(
        Func<Task<bool>> conditionIsFulfilled, TimeSpan? max, CancellationToken cancellationToken = default) =>
        AwaitConditionAsync(conditionIsFulfilled, max, null, null, cancellationToken);

    /// <inheritdoc cref="AwaitCondition(Func{bool}, TimeSpan?, string, CancellationToken)"/>
    public Task AwaitConditionAsync(
        Func<Task<bool>> conditionIsFulfilled, TimeSpan? max, string? message, CancellationToken cancellationToken = default) =>
        AwaitConditionAsync(conditionIsFulfilled, max, null, message, cancellationToken);

    /// <inheritdoc cref="AwaitCondition(Func{bool}, TimeSpan?, TimeSpan?, string, CancellationToken)"/>
    public async Task AwaitConditionAsync(
        Func<Task<bool>> conditionIsFulfilled,
        TimeSpan? max,
        TimeSpan? interval,
        string? message = null,
        CancellationToken cancellationToken = default)
    {
        var wait = RemainingOrDilated(max);
        if (!await AwaitConditionNoThrowAsync(conditionIsFulfilled, wait, interval, cancellationToken).ConfigureAwait(false))
            Check.Fail("Timeout ({0}) while waiting for a condition. {1}", wait, message);
    }

    /// <inheritdoc cref="AwaitConditionNoThrow(Func{bool}, TimeSpan, TimeSpan?, CancellationToken)"/>
    public async Task<bool> AwaitConditionNoThrowAsync(
        Func<Task<bool>> conditionIsFulfilled,
        TimeSpan max,
        TimeSpan? interval = null,
        CancellationToken cancellationToken = default)
    {
        var stop = Now + max;
        while (!await conditionIsFulfilled().ConfigureAwait(false))
        {
            if (Now >= stop)
                return false;
            await Task.Delay(PauseBefore(stop, interval), cancellationToken).ConfigureAwait(false);
        }

        return true;
    }

    private static TimeSpan PauseBefore(TimeSpan stop, TimeSpan? interval) => NotNegative(Min(stop - Now, interval ?? PollInterval));

    private static void Pause(TimeSpan stop, TimeSpan? interval, CancellationToken cancellationToken)
    {
        cancellationToken.WaitHandle.WaitOne(PauseBefore(stop, interval));
        cancellationToken.ThrowIfCancellationRequested();
    }

    /// <summary>One run of Within: sets the kit's deadline on entry, gives the outer one back on leaving.</summary>
    private sealed class Block
    {
        private readonly TestKitBase _kit;
        private readonly TimeSpan _start = Now;
        private readonly TimeSpan _min;
        private readonly TimeSpan _max;
        private readonly TimeSpan _epsilon;
        private readonly string? _hint;
        private readonly TimeSpan? _outerEnd;

        public Block(TestKitBase kit, TimeSpan min, TimeSpan max, string? hint, TimeSpan? epsilon)
        {
            _kit = kit;
            _min = MustBeFinite(min, nameof(min));
            _max = kit.Dilated(MustBeFinite(max, nameof(max)));
            _epsilon = epsilon ?? TimeSpan.Zero;
            _hint = hint;
            _outerEnd = kit._end;
            if (_outerEnd is { } end)
            {
                var left = end - _start;
                Check.AssertTrue(left >= min, "The block must take {0}, but only {1} is left. {2}", min, left, hint);
                _max = Min(_max, left);
            }

            kit._lastWasNoMsg = false;
            kit._end = _start + _max;
        }

        public void Leave() => _kit._end = _outerEnd;

        public void MustHaveKeptTime()
        {
            var took = Now - _start;
            Check.AssertTrue(took >= _min, "The block took {0}, it should have taken {1} at least. {2}", took, _min, _hint);

            // A block that ends on ExpectNoMsg has waited for its whole time, and for the few milliseconds that waking takes.
            Check.AssertTrue(
                _kit._lastWasNoMsg || took <= _max + _epsilon, "The block took {0}, exceeding {1}. {2}", took, _max, _hint);
        }
    }
}
