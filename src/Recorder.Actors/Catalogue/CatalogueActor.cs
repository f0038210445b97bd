using Microsoft.Extensions.Logging;
using Recorder.Actors.Timing;
using Recorder.Contracts;
using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Actors.Catalogue;

/// <summary>
/// Enters every event of the node in the catalogue, many in one transaction: while one is under way the next is gathered. A database
/// that is away is tried again for ever, with back-off; recorders do not notice. What waits is bounded: beyond it the oldest events lose
/// their place in the journal, and its readers are told, but not in the index of recordings.
/// </summary>
internal sealed class CatalogueActor : ReceiveActor, IWithTimers
{
    private const int MostInOne = 500;
    private const int MostWaiting = 100_000;

    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(25);

    // What was announced as durable is to be in the journal after a power cut, too: it waits no longer than the media do.
    private static readonly TimeSpan SyncInterval = TimeSpan.FromSeconds(1);

    private readonly ICatalogueWriter _catalogue;
    private readonly IActorRef _events;
    private readonly ILogger _logger;
    private readonly CatalogueBuffer _buffer;
    private readonly RetryBackoff _backoff = new(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(10), new Random());
    private readonly List<IActorRef> _flushing = [];
    private int _limit = MostInOne;
    private bool _isSyncing;
    private bool _hasUnsynced;

    public CatalogueActor(ICatalogueWriter catalogue, IActorRef events, ILogger logger, CatalogueBuffer buffer)
    {
        (_catalogue, _events, _logger, _buffer) = (catalogue, events, logger, buffer);
        Receive<IEvent>(OnEvent);
        Receive<Write>(_ => WriteNow());
        Receive<Sync>(_ => SyncNow());
        Receive<Synced>(OnSynced);
        Receive<Written>(OnWritten);
        Receive<Failed>(OnFailed);
        Receive<Flush>(OnFlush);
        Receive<GetHealth>(_ => Sender.Tell(new Health(_backoff.Failures == 0, _buffer.Count, _buffer.LeftOut)));
        Receive<EventsProtocol.Subscribed>(_ => { });
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props PropsFor(ICatalogueWriter catalogue, IActorRef events, ILogger logger, int mostWaiting = MostWaiting)
    {
        var buffer = new CatalogueBuffer(mostWaiting);
        return Props.Create(() => new CatalogueActor(catalogue, events, logger, buffer));
    }

    protected override void PreStart()
    {
        _events.Tell(new EventsProtocol.Subscribe());
        Self.Tell(new Write());
    }

    private void OnEvent(IEvent raised)
    {
        if (_buffer.Add(raised) is > 0 and var count)
        {
            CatalogueLog.LeftOut(_logger, count);
        }

        Continue();
    }

    // A full batch goes at once, another when it was gathered for a while; after a failure the retry comes first.
    private void Continue()
    {
        if (_buffer.IsWriting || _backoff.Failures > 0)
        {
            return;
        }

        if (_buffer.Count >= MostInOne || _flushing.Count > 0)
        {
            WriteNow();
        }
        else if (_buffer.Count > 0 && !Timers.IsTimerActive(nameof(Write)))
        {
            Timers.StartSingleTimer(nameof(Write), new Write(), Gathering);
        }
    }

    private void WriteNow()
    {
        if (_buffer.IsWriting)
        {
            return;
        }

        Timers.Cancel(nameof(Write));
        if (_buffer.Count == 0)
        {
            _flushing.ForEach(asker => asker.Tell(new Flushed()));
            _flushing.Clear();
            return;
        }

        var (events, leftOut) = _buffer.Take(_limit);
        _ = _catalogue.AppendAsync(events, leftOut, CancellationToken.None).PipeTo(
            Self, Self, _ => new Written(events.Count), cause => new Failed(cause, events));
    }

    private void OnWritten(Written written)
    {
        if (_backoff.Failures > 0)
        {
            CatalogueLog.Back(_logger, written.Events);
        }

        _buffer.Written();
        _backoff.Reset();
        _limit = Math.Min(_limit * 2, MostInOne);
        _hasUnsynced = true;
        SyncSoon();
        Continue();
    }

    private void SyncSoon()
    {
        if (_hasUnsynced && !_isSyncing && !Timers.IsTimerActive(nameof(Sync)))
        {
            Timers.StartSingleTimer(nameof(Sync), new Sync(), SyncInterval);
        }
    }

    // Beside the writer: nobody waits for the platter to hear of an event.
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

        SyncSoon();
    }

    // A database that is away takes the same again later. Another failure is that of one event: it is looked for by halves, and left out.
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
            CatalogueLog.Refused(_logger, failed.Cause, failed.Events is [var only] ? only.ToString()! : "events that lost their place");
            _buffer.Written();
            _backoff.Reset();
            Continue();
            return;
        }

        _buffer.Failed();
        Timers.StartSingleTimer(nameof(Write), new Write(), _backoff.Next());
    }

    private void OnFlush(Flush flush)
    {
        _flushing.Add(Sender);
        if (_backoff.Failures == 0)
        {
            WriteNow();
        }
    }

    /// <summary>Enters what came so far without waiting for more; answered with <see cref="Flushed"/>.</summary>
    internal sealed record Flush;

    /// <summary>Everything that came before is in the catalogue.</summary>
    internal sealed record Flushed;

    /// <summary>Asks for <see cref="Health"/>.</summary>
    internal sealed record GetHealth;

    /// <param name="IsWriting">Whether the database takes what comes.</param>
    /// <param name="Waiting">Events that are not in it yet.</param>
    /// <param name="LeftOut">Events that will be missing in the journal.</param>
    internal sealed record Health(bool IsWriting, int Waiting, long LeftOut);

    private sealed record Write;

    private sealed record Sync;

    private sealed record Synced(Exception? Cause);

    private sealed record Written(int Events);

    private sealed record Failed(Exception Cause, IReadOnlyList<IEvent> Events);
}
