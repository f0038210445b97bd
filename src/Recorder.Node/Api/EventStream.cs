using Recorder.Actors.Catalogue;
using Recorder.Node.Security;

namespace Recorder.Node.Api;

/// <summary>The events of a reader: of a recorder or all, of kinds or (empty) all, and only what it may see.</summary>
internal sealed record EventFilter(RecorderId? Recorder, IReadOnlySet<string> Kinds, Access Access)
{
    public bool Passes(EventFrame frame) => Passes(frame.Recorder, frame.Kind);

    public bool Passes(RecorderId raisedBy, string kind) =>
        (Recorder is not { } recorder || raisedBy == recorder) && (Kinds.Count == 0 || Kinds.Contains(kind)) && Access.MaySee(raisedBy);
}

/// <summary>Sends the journal's events to one reader. The stream keeps a position in the journal and nothing else: a stalled
/// reader costs its socket until the timeout closes it, and can come back and continue after its last event.</summary>
internal sealed class EventStream(
    HttpResponse response, EventFilter filter, EventTail tail, ICatalogue catalogue, TimeSpan timeout, TimeProvider time)
{
    private const int Page = 200;

    public const string BeginHeader = "Recorder-Event";

    /// <summary>How often a reader without events hears that it is still connected.</summary>
    public static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private readonly ServerSentEvents _events = new(response, timeout, time);
    private long _after;

    /// <summary>Sends until the reader disconnects, or stalls (TimeoutException). Null begins with the next event.</summary>
    public async Task RunAsync(long? after, CancellationToken cancellationToken)
    {
        var last = await catalogue.LastEventAsync(cancellationToken);
        _after = after ?? last;
        response.Headers[BeginHeader] = _after.ToString(CultureInfo.InvariantCulture);
        await _events.BeginAsync(cancellationToken);
        if (_after > last)
        {
            // This journal never gave that number: it is from another data folder.
            await ResetAsync(last + 1, cancellationToken);
        }

        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await StepAsync(cancellationToken);
            }
            catch (JournalTruncatedException truncated)
            {
                await ResetAsync(truncated.Oldest, cancellationToken);
            }
            catch (CatalogueUnavailableException)
            {
                await Task.Delay(RetryAfter, time, cancellationToken);
            }
        }
    }

    private async Task StepAsync(CancellationToken cancellationToken)
    {
        var (frames, through) = tail.Read(_after) ?? await ReadJournalAsync(cancellationToken);
        if (through == _after)
        {
            await WaitAsync(cancellationToken);
            return;
        }

        foreach (var frame in frames.Where(filter.Passes))
            await _events.BufferAsync(frame.Bytes, cancellationToken);

        _after = through;
        await _events.FlushAsync(cancellationToken);
    }

    private async Task WaitAsync(CancellationToken cancellationToken)
    {
        var grown = catalogue.WaitForEventsAsync(_after, cancellationToken);
        try
        {
            await grown.WaitAsync(Heartbeat, time, cancellationToken);
            await tail.FillAsync(_after, cancellationToken);
        }
        catch (TimeoutException)
        {
            // With the position, so that a reader of few events does not come back with a number that the journal no longer has.
            await _events.WriteAsync($": still here\nid: {_after}\n\n", cancellationToken);
        }
    }

    private async Task<(IReadOnlyList<EventFrame> Frames, long Through)> ReadJournalAsync(CancellationToken cancellationToken)
    {
        var last = await catalogue.LastEventAsync(cancellationToken);
        var entries = await catalogue.ReadEventsAsync(_after, filter.Recorder, Page, cancellationToken);
        var through = entries.Count == Page ? entries[^1].Number : Math.Max(last, entries.Count == 0 ? _after : entries[^1].Number);
        return ([.. entries.Select(EventTail.FrameOf)], through);
    }

    private Task ResetAsync(long oldest, CancellationToken cancellationToken)
    {
        // Of a position in another journal nobody knows what follows it.
        var lagged = new EventsProtocol.Lagged("", _after < oldest ? _after + 1 : 0, _after < oldest ? oldest - 1 : 0, filter.Recorder);
        _after = oldest - 1;
        return _events.WriteAsync(LaggedEvents.Write(lagged, _after.ToString(CultureInfo.InvariantCulture), oldest), cancellationToken);
    }
}
