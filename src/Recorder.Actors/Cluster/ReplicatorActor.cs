using Microsoft.Extensions.Logging;
using Recorder.Actors.Catalogue;
using Recorder.Actors.Catalogue.Sql;
using Recorder.Actors.Timing;

namespace Recorder.Actors.Cluster;

/// <summary>
/// Carries this node's journal into the index that nodes share: many events in one transaction, each exactly once, as the position is written
/// with them. While the database is away the journal, on disk, is the backlog.
/// </summary>
internal sealed class ReplicatorActor : ReceiveActor, IWithTimers
{
    private const int MostInOne = 4_000;

    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(150);

    private readonly SqlCatalogue _local;
    private readonly SharedIndex _index;
    private readonly Tenures _tenures;
    private readonly ILogger _logger;
    private readonly RetryBackoff _backoff = new(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(2), new Random());
    private readonly List<(long Through, IActorRef Asker)> _flushing = [];
    private long? _position;
    private long _late;

    public ReplicatorActor(SqlCatalogue local, SharedIndex index, Tenures tenures, ILogger logger)
    {
        (_local, _index, _tenures, _logger) = (local, index, tenures, logger);
        Receive<Stepped>(OnStepped);
        Receive<Failed>(OnFailed);
        Receive<Go>(_ => Step());
        Receive<Flush>(flush =>
        {
            _flushing.Add((flush.Through, Sender));
            AnswerFlushed();
        });
        Receive<GetLag>(asked =>
        {
            var (position, isWriting, late) = (_position ?? 0, _backoff.Failures == 0, _late);
            _ = _local.LastEventAsync(CancellationToken.None).PipeTo(Sender, Self, last => (object)new Lag(last - position, isWriting, late));
        });
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props PropsFor(SqlCatalogue local, SharedIndex index, Tenures tenures, ILogger logger) =>
        Props.Create(() => new ReplicatorActor(local, index, tenures, logger));

    protected override void PreStart() => Step();

    private void Step() => _ = RunAsync(_position).PipeTo(Self, Self, stepped => stepped, cause => new Failed(cause));

    private async Task<Stepped> RunAsync(long? position)
    {
        var from = position ?? await _index.PositionAsync(CancellationToken.None).ConfigureAwait(false) ?? 0;
        await _local.WaitForEventsAsync(from, CancellationToken.None).ConfigureAwait(false);
        IReadOnlyList<JournalEntry> entries;
        try
        {
            entries = await _local.ReadEventsAsync(from, null, MostInOne, CancellationToken.None).ConfigureAwait(false);
        }
        catch (JournalTruncatedException truncated)
        {
            // A database that was away for longer than the journal reaches back, or one that is new: the folder's own index has it all.
            ClusterLog.Truncated(_logger, truncated.Oldest - 1);
            return new Stepped(await _index.CopyAsync(_local, CancellationToken.None).ConfigureAwait(false), 0, IsMore: true);
        }

        if (entries.Count == 0)
        {
            // Numbers without an event: the journal skipped them.
            return new Stepped(Math.Max(from, await _local.LastEventAsync(CancellationToken.None).ConfigureAwait(false)), 0, IsMore: false);
        }

        var late = await _index.ApplyAsync(entries, _tenures.Find, CancellationToken.None).ConfigureAwait(false);
        return new Stepped(entries[^1].Number, late, entries.Count == MostInOne);
    }

    private void OnStepped(Stepped stepped)
    {
        _position = stepped.Position;
        _backoff.Reset();
        if (stepped.Late > 0)
        {
            _late += stepped.Late;
            ClusterLog.Late(_logger, stepped.Late);
        }

        AnswerFlushed();
        if (stepped.IsMore || _flushing.Count > 0)
        {
            Step();
        }
        else
        {
            Timers.StartSingleTimer(nameof(Go), new Go(), Gathering);
        }
    }

    private void OnFailed(Failed failed)
    {
        if (failed.Cause is not CatalogueUnavailableException)
        {
            ClusterLog.StepFailed(_logger, failed.Cause.ToString());
        }

        Timers.StartSingleTimer(nameof(Go), new Go(), _backoff.Next());
    }

    private void AnswerFlushed()
    {
        foreach (var (_, asker) in _flushing.Where(it => it.Through <= (_position ?? 0)).ToList())
        {
            asker.Tell(new Flushed());
        }

        _flushing.RemoveAll(it => it.Through <= (_position ?? 0));
    }

    /// <summary>Answered with <see cref="Flushed"/> when the journal is in the index up to a number.</summary>
    internal sealed record Flush(long Through);

    /// <summary>It is.</summary>
    internal sealed record Flushed;

    /// <summary>Asks for <see cref="Lag"/>.</summary>
    internal sealed record GetLag;

    /// <param name="Events">How many entries of the journal are not in the index.</param>
    /// <param name="IsWriting">Whether the database takes what comes.</param>
    /// <param name="Late">Events that came under a token that was stale, ever.</param>
    internal sealed record Lag(long Events, bool IsWriting, long Late);

    private sealed record Go;

    private sealed record Stepped(long Position, int Late, bool IsMore);

    private sealed record Failed(Exception Cause);
}
