using System.Buffers;
using System.Text;
using Microsoft.AspNetCore.Http;
using Recorder.Actors.Catalogue;
using Recorder.Contracts;
using Recorder.Node.Security;

namespace Recorder.Node.Api;

/// <summary>Which events a reader wants.</summary>
/// <param name="Recorder">Only of this recorder; null of all.</param>
/// <param name="Kinds">Only of these names; empty is all.</param>
/// <param name="Access">Who reads: of what they were not granted they hear nothing.</param>
internal sealed record EventFilter(RecorderId? Recorder, IReadOnlySet<string> Kinds, Access Access)
{
    public bool Passes(EventFrame frame) =>
        (Recorder is not { } recorder || frame.Recorder == recorder) && (Kinds.Count == 0 || Kinds.Contains(frame.Kind))
        && Access.MaySee(frame.Recorder);
}

/// <summary>
/// One reader's stream of events. It holds a position in the journal and nothing else: a reader that stalls costs its socket until the
/// timeout closes it, and can go on from its last event.
/// </summary>
internal sealed class EventStream(HttpResponse response, EventFilter filter, EventTail tail, ICatalogue catalogue, TimeProvider time)
{
    private const int Page = 200;

    // What is buffered for a reader, and one event.
    private const int MostUnsent = 16 << 10;

    /// <summary>Says behind which event a stream begins.</summary>
    public const string BeginHeader = "Recorder-Event";

    /// <summary>How often a reader without events hears that it is still connected.</summary>
    public static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private long _after;

    /// <summary>Tells another node, before anything else, what a reader has of each recorder who is where it begins.</summary>
    public const string Seen = "seen";

    /// <summary>What comes first, behind the event at which the stream begins; null is nothing.</summary>
    public Func<long, Task<string>>? First { get; init; }

    /// <summary>Writes events until the reader goes, stalls, or the node ends.</summary>
    /// <param name="after">The last event that the reader has; null begins with what comes.</param>
    /// <param name="timeout">How long it may take nothing.</param>
    /// <param name="cancellationToken">Ends the stream.</param>
    /// <exception cref="TimeoutException">The reader takes nothing.</exception>
    public async Task RunAsync(long? after, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var last = await catalogue.LastEventAsync(cancellationToken);
        _after = after ?? last;
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-store";
        response.Headers["X-Accel-Buffering"] = "no";
        response.Headers[BeginHeader] = _after.ToString(System.Globalization.CultureInfo.InvariantCulture);
        await WriteAsync(": recorder\nretry: 2000\n\n", timeout, cancellationToken);
        if (First is not null)
        {
            await WriteAsync($"id: {_after}\nevent: {Seen}\ndata: {await First(_after)}\n\n", timeout, cancellationToken);
        }

        if (_after > last)
        {
            // A number that this journal never gave: of another data folder.
            await ResetAsync(last + 1, timeout, cancellationToken);
        }

        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await StepAsync(timeout, cancellationToken);
            }
            catch (JournalTruncatedException truncated)
            {
                await ResetAsync(truncated.Oldest, timeout, cancellationToken);
            }
            catch (CatalogueUnavailableException)
            {
                await Task.Delay(RetryAfter, time, cancellationToken);
            }
        }
    }

    private async Task StepAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        var (frames, through) = tail.Read(_after) ?? await ReadJournalAsync(cancellationToken);
        if (through == _after)
        {
            await WaitAsync(timeout, cancellationToken);
            return;
        }

        var unsent = 0;
        foreach (var frame in frames.Where(filter.Passes))
        {
            response.BodyWriter.Write(frame.Bytes.Span);
            unsent += frame.Bytes.Length;
            if (unsent >= MostUnsent)
            {
                await FlushAsync(timeout, cancellationToken);
                unsent = 0;
            }
        }

        _after = through;
        if (unsent > 0)
        {
            await FlushAsync(timeout, cancellationToken);
        }
    }

    private async Task WaitAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        var grown = catalogue.WaitForEventsAsync(_after, cancellationToken);
        try
        {
            await grown.WaitAsync(Heartbeat, time, cancellationToken);
            await tail.FillAsync(_after, cancellationToken);
        }
        catch (TimeoutException)
        {
            // With the position: who wants few kinds would else come back with one that the journal no longer has.
            await WriteAsync($": still here\nid: {_after}\n\n", timeout, cancellationToken);
        }
    }

    private async Task<(IReadOnlyList<EventFrame> Frames, long Through)> ReadJournalAsync(CancellationToken cancellationToken)
    {
        var last = await catalogue.LastEventAsync(cancellationToken);
        var entries = await catalogue.ReadEventsAsync(_after, filter.Recorder, Page, cancellationToken);
        var through = entries.Count == Page ? entries[^1].Number : Math.Max(last, entries.Count == 0 ? _after : entries[^1].Number);
        return ([.. entries.Select(EventTail.FrameOf)], through);
    }

    private Task ResetAsync(long oldest, TimeSpan timeout, CancellationToken cancellationToken)
    {
        _after = oldest - 1;
        return WriteAsync($"id: {_after}\nevent: reset\ndata: {{\"event\":\"reset\",\"oldest\":{oldest}}}\n\n", timeout, cancellationToken);
    }

    private Task WriteAsync(string text, TimeSpan timeout, CancellationToken cancellationToken)
    {
        response.BodyWriter.Write(Encoding.UTF8.GetBytes(text));
        return FlushAsync(timeout, cancellationToken);
    }

    // Ends when the server has room for more: who takes nothing keeps it from that.
    private Task FlushAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        var flush = response.BodyWriter.FlushAsync(cancellationToken);
        return flush.IsCompletedSuccessfully ? Task.CompletedTask : flush.AsTask().WaitAsync(timeout, time, cancellationToken);
    }
}
