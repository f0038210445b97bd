using Microsoft.Extensions.Hosting;
using Recorder.Actors.Catalogue;
using Recorder.Cluster;
using Recorder.Cluster.Following;
using Recorder.Cluster.Index;
using Recorder.Cluster.Journals;
using Recorder.Node.Security;

namespace Recorder.Node.Cluster;

/// <summary>This node's journal for the other nodes of the cluster, and for nobody else: it is how they learn what it has.</summary>
internal static class JournalEndpoints
{
    public const string Journal = "/v1/nodes/self/journal";
    public const string Snapshot = "/v1/nodes/self/snapshot";

    public const string Lines = "application/x-ndjson";

    private const int MaxEntries = 10_000;

    // The snapshot is one read transaction: a reader that takes nothing must not keep it open.
    private static readonly TimeSpan PageTimeout = TimeSpan.FromSeconds(30);

    private static readonly QueryParameter Start = new("start", "string", "The run of this node's process in which the position is.");
    private static readonly QueryParameter After = new("after", "integer", "The number of the last entry that the reader has.");
    private static readonly QueryParameter Change = new("change", "integer", "The number of the last change that the reader has.");
    private static readonly QueryParameter Events = new("events", "boolean", "Only the events after an entry, as far as the journal still has them.");
    private static readonly QueryParameter Copy = new("copy", "string", "What this node knows of another node's journal after the position.");
    private static readonly QueryParameter Limit = new("limit", "integer", "Maximum number of entries.");

    /// <param name="journal">Null as long as this node has none that may be read.</param>
    public static void MapClusterJournal(this IEndpointRouteBuilder routes, Func<OwnJournal?> journal)
    {
        routes.MapGet(Journal, (HttpContext context, IHostApplicationLifetime lifetime) => ReadAsync(context, journal, lifetime))
            .WithQuery(Start, After, Change, Events, Copy, Limit).ExcludeFromDescription();
        routes.MapGet(Snapshot, (HttpContext context, IHostApplicationLifetime lifetime) => CopyAsync(context, journal, lifetime))
            .WithQuery().ExcludeFromDescription();
    }

    private static async Task ReadAsync(HttpContext context, Func<OwnJournal?> journal, IHostApplicationLifetime lifetime)
    {
        var own = OpenFor(context, journal);
        var position = PositionOf(context.Request);
        if (position is { } at)
            own.Note(context.Features.Get<PeerRequest>()!.Node, at);

        var limit = (int)Math.Clamp(Query.ReadNumber(context.Request, Limit) ?? MaxEntries, 1, MaxEntries);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        try
        {
            var read = Query.Text(context.Request, Events) is not null
                ? await own.ReadEventsAsync(Query.ReadNumber(context.Request, After) ?? 0, limit, ending.Token)
                : Query.Text(context.Request, Copy) is not { } node ? await own.ReadAsync(position, limit, ending.Token)
                : position is { } known ? await own.ReadCopyAsync(node, known, limit, ending.Token) : null;
            var answer = IndexJson.Write(read ?? JournalAnswer.Unknown);
            context.Response.ContentType = "application/json";
            context.Response.Headers.CacheControl = "no-store";
            await context.Response.Body.WriteAsync(answer, ending.Token);
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            context.Abort();
        }
    }

    private static async Task CopyAsync(HttpContext context, Func<OwnJournal?> journal, IHostApplicationLifetime lifetime)
    {
        var own = OpenFor(context, journal);
        context.Response.ContentType = Lines;
        context.Response.Headers.CacheControl = "no-store";
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        try
        {
            var end = await own.CopyAsync(page => WriteLineAsync(context.Response, SnapshotJson.Write(page), ending.Token), ending.Token);
            await WriteLineAsync(context.Response, SnapshotJson.Write(end), ending.Token);
        }
        catch (Exception gone) when (gone is TimeoutException or CatalogueUnavailableException || ending.IsCancellationRequested)
        {
            // Without its last line the snapshot is incomplete, and the reader asks again.
            context.Abort();
        }
    }

    private static async Task WriteLineAsync(HttpResponse response, byte[] line, CancellationToken cancellationToken)
    {
        await response.Body.WriteAsync(line, cancellationToken).AsTask().WaitAsync(PageTimeout, cancellationToken);
        await response.Body.WriteAsync("\n"u8.ToArray(), cancellationToken);
        await response.Body.FlushAsync(cancellationToken).WaitAsync(PageTimeout, cancellationToken);
    }

    private static OwnJournal OpenFor(HttpContext context, Func<OwnJournal?> journal) =>
        context.Features.Get<PeerRequest>() is null
            ? throw new ProblemException(Problem.Forbidden("Only another node of the cluster may read this node's journal; read /v1/events instead."))
            : journal() ?? throw new ProblemException(Problem.Unavailable("This node's journal is not open yet; try again in a moment."));

    private static IndexPosition? PositionOf(HttpRequest request)
    {
        if (Query.Text(request, Start) is not { } text)
            return null;

        return StartId.TryParse(text) is { } start
            ? new IndexPosition(
                new JournalPosition(start, Query.ReadNumber(request, After) ?? 0), Query.ReadNumber(request, Change) ?? 0)
            : throw Query.Wrong(Start, text, "a start id of 16 hexadecimal digits");
    }
}
