using System.Text.Json;
using Microsoft.Extensions.Logging;
using Recorder.Actors.Catalogue;
using Recorder.Actors.Timing;
using Recorder.Cluster.Index;

namespace Recorder.Cluster.Following;

/// <summary>Follows one node's journal into the index until it is disposed of. What it has applied is durable or is applied again.</summary>
internal sealed class JournalFollower : IAsyncDisposable
{
    private const int MaxEntries = 4_000;

    // Many events in one transaction: a transaction a blob would cost more than what it writes. While somebody waits for events, what the node itself
    // gathered is enough.
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(150);

    private readonly string _node;
    private readonly IJournalSource _source;
    private readonly ClusterIndex _index;
    private readonly Func<IJournalSource?>? _findOther;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly RetryBackoff _backoff = new(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(2), new Random());
    private readonly CancellationTokenSource _ending = new();
    private readonly Task _running;
    private TaskCompletionSource _hurry = New();
    private volatile TaskCompletionSource _stepped = New();

    /// <param name="findOther">Finds another node that may know more of the journal than this one; it is asked while the node itself is away.</param>
    public JournalFollower(
        string node, IJournalSource source, ClusterIndex index, ILogger logger, TimeProvider time, Func<IJournalSource?>? findOther = null)
    {
        _findOther = findOther;
        (_node, _source, _index, _logger, _time) = (node, source, index, logger, time);
        _running = Task.Run(RunAsync);
    }

    /// <summary>Where it is; null until it knows.</summary>
    public IndexPosition? Position { get; private set; }

    /// <summary>Whether the last step worked.</summary>
    public bool IsFollowing { get; private set; }

    /// <summary>Returns when a position, and all before it, is in the index.</summary>
    public async Task WaitAsync(IndexPosition through, CancellationToken cancellationToken)
    {
        while (true)
        {
            var stepped = _stepped.Task;
            if (Position is { } position && position.Journal.Number >= through.Journal.Number && position.Change >= through.Change)
                return;

            Hurry();
            await stepped.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Tries again at once, without waiting out the back-off: the node was heard of.</summary>
    public void Hurry() => Volatile.Read(ref _hurry).TrySetResult();

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync().ConfigureAwait(false);
#pragma warning disable VSTHRD003 // The constructor started the task on the thread pool.
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
#pragma warning restore VSTHRD003
        _stepped.TrySetCanceled(CancellationToken.None);
        _ending.Dispose();
    }

    private async Task RunAsync()
    {
        while (!_ending.IsCancellationRequested)
        {
            var pause = await TryStepAsync().ConfigureAwait(false);
            if (pause > TimeSpan.Zero)
                await PauseAsync(pause).ConfigureAwait(false);
        }
    }

    private async Task<TimeSpan> TryStepAsync()
    {
        try
        {
            var pause = await StepAsync().ConfigureAwait(false);
            if (_backoff.Failures > 0)
                IndexLog.Back(_logger, _node);

            _backoff.Reset();
            IsFollowing = true;
            Interlocked.Exchange(ref _stepped, New()).TrySetResult();
            return pause;
        }
        catch (Exception) when (_ending.IsCancellationRequested)
        {
            return TimeSpan.Zero;
        }
        catch (Exception away) when (away is HttpRequestException or IOException or JsonException or CatalogueUnavailableException
            or OperationCanceledException or TimeoutException)
        {
            if (_backoff.Failures == 0)
                IndexLog.Away(_logger, _node, away.Message);

            await TryReadCopyAsync().ConfigureAwait(false);
        }
        catch (Exception failed)
        {
            // One failure ends no follower: the others' recordings would silently stay away.
            IndexLog.Failed(_logger, failed, _node);
        }

        IsFollowing = false;
        return _backoff.Next();
    }

    // Returns how long to wait before the next step.
    private async Task<TimeSpan> StepAsync()
    {
        var position = Position ??= await _index.PositionAsync(_node, _ending.Token).ConfigureAwait(false);
        if (position is { } known && (_index.Log.ExtentOf(_node)?.Last ?? 0) < known.Journal.Number)
        {
            await FillLogAsync(known.Journal.Number).ConfigureAwait(false);
            return TimeSpan.Zero;
        }

        var answer = await _source.ReadAsync(position, MaxEntries, _ending.Token).ConfigureAwait(false);
        if (answer.Position is null)
        {
            IndexLog.Snapshot(_logger, _node);
            Position = await _index.CopyAsync(_node, _source, _ending.Token).ConfigureAwait(false);
            return TimeSpan.Zero;
        }

        if (answer.Position == position)
            return Gathering;

        await ApplyAsync(position!.Value, answer).ConfigureAwait(false);
        return answer.Entries.Count == MaxEntries || _index.Log.HasReaders ? TimeSpan.Zero : Gathering;
    }

    // If the index has moved on since, it says where it is.
    private async Task ApplyAsync(IndexPosition from, JournalAnswer answer) =>
        Position = await _index.ApplyAsync(_node, from, answer, _ending.Token).ConfigureAwait(false) ? answer.Position : null;

    // Of a node that is away, the others have what one of them has more.
    private async Task TryReadCopyAsync()
    {
        try
        {
            while (Position is { } position && _findOther?.Invoke() is { } other
                && await other.ReadCopyAsync(_node, position, MaxEntries, _ending.Token).ConfigureAwait(false) is { Position: not null } answer)
            {
                await ApplyAsync(position, answer).ConfigureAwait(false);
            }
        }
        catch (Exception away) when (away is HttpRequestException or IOException or JsonException or CatalogueUnavailableException
            or OperationCanceledException or TimeoutException)
        {
            // Another one is asked the next time.
        }
    }

    private async Task FillLogAsync(long through)
    {
        var answer = await _source.ReadEventsAsync(_index.Log.ExtentOf(_node)?.Last ?? 0, MaxEntries, _ending.Token).ConfigureAwait(false);
        await _index.FillLogAsync(_node, answer, through, _ending.Token).ConfigureAwait(false);
    }

    private async Task PauseAsync(TimeSpan pause)
    {
        using var timer = CancellationTokenSource.CreateLinkedTokenSource(_ending.Token);
        await Task.WhenAny(Volatile.Read(ref _hurry).Task, Task.Delay(pause, _time, timer.Token)).ConfigureAwait(false);
        await timer.CancelAsync().ConfigureAwait(false);
        Volatile.Write(ref _hurry, New());
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
