using Microsoft.Extensions.Logging;
using Recorder.Actors.Timing;
using Recorder.Contracts;
using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Actors.Catalogue;

/// <summary>Enters every event of the node in the catalogue, many in one transaction. While the database is away the actor
/// retries for ever, and recorders do not notice. Beyond a bound the oldest waiting events are left out of the journal, and its
/// readers are told, but their recordings are still entered.</summary>
internal sealed class CatalogueActor : ReceiveActor, IWithTimers
{
    private const int MaxEvents = 500;
    private const int MaxWaiting = 100_000;

    // The recorders of a volume are told of their stored blobs together. Subscribers wait for it.
    private static readonly TimeSpan GatherTime = TimeSpan.FromMilliseconds(10);

    // An event about durable media should survive a power cut, too, so the journal is synced as often as the media.
    private static readonly TimeSpan SyncInterval = TimeSpan.FromSeconds(1);

    private readonly ICatalogueWriter _catalogue;
    private readonly IActorRef _events;
    private readonly ILogger _logger;
    private readonly CatalogueBuffer _buffer;
    private readonly RetryBackoff _backoff = new(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(10), new Random());
    private readonly List<IActorRef> _flushRequesters = [];
    private readonly ITimer _gathering;
    private int _limit = MaxEvents;
    private bool _isGathering;
    private bool _isSyncing;
    private bool _hasUnsynced;

    public CatalogueActor(ICatalogueWriter catalogue, IActorRef events, ILogger logger, CatalogueBuffer buffer, TimeProvider time)
    {
        (_catalogue, _events, _logger, _buffer) = (catalogue, events, logger, buffer);
        // The actor system's timers are coarser than the time to gather.
        var self = Self;
        _gathering = time.CreateTimer(_ => self.Tell(new Gathered(), ActorRefs.NoSender), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Receive<IEvent>(OnEvent);
        Receive<Write>(_ => WriteNow());
        Receive<Gathered>(_ => OnGathered());
        Receive<Sync>(_ => SyncNow());
        Receive<Synced>(OnSynced);
        Receive<Written>(OnWritten);
        Receive<Failed>(OnFailed);
        Receive<Flush>(OnFlush);
        Receive<GetHealth>(_ => Sender.Tell(new Health(_backoff.Failures == 0, _buffer.Count, _buffer.NotJournaled)));
        Receive<EventsProtocol.Subscribed>(_ => { });
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props PropsFor(ICatalogueWriter catalogue, IActorRef events, ILogger logger, TimeProvider time, int maxWaiting = MaxWaiting)
    {
        var buffer = new CatalogueBuffer(maxWaiting);
        return Props.Create(() => new CatalogueActor(catalogue, events, logger, buffer, time));
    }

    protected override void PreStart()
    {
        _events.Tell(new EventsProtocol.Subscribe());
        Self.Tell(new Write());
    }

    protected override void PostStop() => _gathering.Dispose();

    private void OnEvent(IEvent raised)
    {
        if (_buffer.Add(raised) is > 0 and var count)
            CatalogueLog.NotJournaled(_logger, count);

        WriteWhenDue();
    }

    // A full batch is written at once, a smaller one after a short time; after a failure only the retry writes.
    private void WriteWhenDue()
    {
        if (_buffer.IsWriting || _backoff.Failures > 0)
            return;

        if (_buffer.Count >= MaxEvents || _flushRequesters.Count > 0)
            WriteNow();
        else if (_buffer.Count > 0 && !_isGathering)
            _isGathering = _gathering.Change(GatherTime, Timeout.InfiniteTimeSpan);
    }

    // What was gathered may have been written, or refused, since.
    private void OnGathered()
    {
        if (_isGathering)
            WriteNow();
    }

    private void WriteNow()
    {
        if (_buffer.IsWriting)
            return;

        _isGathering = false;
        Timers.Cancel(nameof(Write));
        if (_buffer.Count == 0)
        {
            _flushRequesters.ForEach(requester => requester.Tell(new Flushed()));
            _flushRequesters.Clear();
            return;
        }

        var (events, unjournaled) = _buffer.Take(_limit);
        _ = _catalogue.AppendAsync(events, unjournaled, CancellationToken.None).PipeTo(
            Self, Self, _ => new Written(events.Count), cause => new Failed(cause, events));
    }

    private void OnWritten(Written written)
    {
        if (_backoff.Failures > 0)
            CatalogueLog.Back(_logger, written.Events);

        _buffer.Written();
        _backoff.Reset();
        _limit = Math.Min(_limit * 2, MaxEvents);
        _hasUnsynced = true;
        SyncLater();
        WriteWhenDue();
    }

    private void SyncLater()
    {
        if (_hasUnsynced && !_isSyncing && !Timers.IsTimerActive(nameof(Sync)))
            Timers.StartSingleTimer(nameof(Sync), new Sync(), SyncInterval);
    }

    // The sync runs beside the writes: no subscriber waits for stable storage.
    private void SyncNow()
    {
        (_isSyncing, _hasUnsynced) = (true, false);
        _ = _catalogue.SyncAsync(CancellationToken.None).PipeTo(Self, Self, () => new Synced(null), cause => new Synced(cause));
    }

    private void OnSynced(Synced synced)
    {
        _isSyncing = false;
        if (synced.Cause is { } cause)
        {
            CatalogueLog.NotSynced(_logger, cause.Message);
            _hasUnsynced = true;
        }

        SyncLater();
    }

    // When the database is away the same events are retried. Any other failure is caused by one event: batches are halved until
    // it is found and left out.
    private void OnFailed(Failed failed)
    {
        if (failed.Cause is CatalogueUnavailableException)
        {
            CatalogueLog.Away(_logger, failed.Cause.Message, _buffer.Count);
        }
        else if (failed.Events.Count > 1)
        {
            CatalogueLog.Failed(_logger, failed.Cause, failed.Events.Count);
            _limit = failed.Events.Count / 2;
        }
        else
        {
            var refused = failed.Events is [var only] ? only.ToString()! : "events that were left out of the journal";
            CatalogueLog.Refused(_logger, failed.Cause, refused);
            _buffer.Written();
            _backoff.Reset();
            WriteWhenDue();
            return;
        }

        _buffer.Failed();
        Timers.StartSingleTimer(nameof(Write), new Write(), _backoff.Next());
    }

    private void OnFlush(Flush flush)
    {
        _flushRequesters.Add(Sender);
        if (_backoff.Failures == 0)
            WriteNow();
    }

    /// <summary>Enters all events received so far without waiting for more; answered with <see cref="Flushed"/>.</summary>
    internal sealed record Flush;

    internal sealed record Flushed;
    internal sealed record GetHealth;
    internal sealed record Health(bool IsWriting, int Waiting, long NotJournaled);
    private sealed record Write;
    private sealed record Gathered;
    private sealed record Sync;
    private sealed record Synced(Exception? Cause);
    private sealed record Written(int Events);
    private sealed record Failed(Exception Cause, IReadOnlyList<IEvent> Events);
}
