using Microsoft.Extensions.Hosting;
using Microsoft.OpenApi;
using Recorder.Actors;
using Recorder.Actors.Catalogue;
using Recorder.Cluster.Events;
using Recorder.Contracts.Json;
using Recorder.Node.Security;

namespace Recorder.Node.Api;

/// <summary><c>/v1/events</c> and <c>/v1/recorders/{id}/events</c>: the journal as server-sent events.</summary>
internal static class EventEndpoints
{
    private const string LastEventId = "Last-Event-ID";

    private static readonly QueryParameter After =
        new("after", "integer", "Begins after this event; Last-Event-ID has precedence. Without both, begins with the next event.") { Format = "int64" };

    private static readonly QueryParameter Kind =
        new("kind", "string", "Only events of this name; may be given several times.") { IsRepeatable = true };

    private static readonly OpenApiParameter LastEventIdHeader = new()
    {
        Name = LastEventId,
        In = ParameterLocation.Header,
        Description = "The id of the last event that the reader has.",
        Schema = new OpenApiSchema { Type = JsonSchemaType.Integer, Format = "int64" },
    };

    public static void MapEvents(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/events", (HttpContext context, EventReaders readers) =>
            readers.RunAsync(context, Query.Text(context.Request, Query.Recorder) is { } recorder ? RecorderMapping.ReadId(recorder) : null))
            .Requires(Role.Viewer, AccessScope.Listing).WithName("ReadEvents").WithTags("Events").WithSummary("The events of all recorders, as they happen.")
            .WithQuery(Query.Recorder, After, Kind).WithMetadata(LastEventIdHeader).AnswersMedia(200, "text/event-stream").Refuses(400, 503);
        routes.MapGet("/v1/recorders/{id}/events", async (string id, HttpContext context, RegistryClient client, EventReaders readers) =>
            await readers.RunAsync(context, (await RecorderEndpoints.FindAsync(client, id)).Id))
            .Requires(Role.Viewer, AccessScope.Recorder).WithName("ReadRecorderEvents").WithTags("Events").WithSummary("The events of one recorder, as they happen.")
            .WithQuery(After, Kind).WithMetadata(LastEventIdHeader).AnswersMedia(200, "text/event-stream").Refuses(400, 404, 503);
    }

    /// <summary>Where a request begins, and the kinds of events that it asks for.</summary>
    internal static (LogPosition? Position, long? After, IReadOnlySet<string> Kinds) Read(HttpRequest request)
    {
        var (after, position) = (Query.ReadNumber(request, After), default(LogPosition));
        if (request.Headers.TryGetValue(LastEventId, out var header) && header.ToString() is { Length: > 0 } text)
        {
            after = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
            position = LogPosition.Read(text);
            if (after is null && position is null)
                throw new ProblemException(Problem.Type($"The header {LastEventId} must be the id of an event, but is '{text}'."));
        }

        var kinds = request.Query[Kind.Name].SelectMany(kind => (kind ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries)).ToHashSet();
        var unknown = kinds.Except(EventKindConverter.Names).FirstOrDefault();
        return unknown is null ? (position, after, kinds) : throw Query.Wrong(Kind, unknown, "one of " + string.Join(", ", EventKindConverter.Names));
    }
}

/// <summary>The readers of events; their number is limited.</summary>
internal sealed class EventReaders(
    EventTail tail, ICatalogue catalogue, NodeRuntime node, ServeOptions options, TimeProvider time, IHostApplicationLifetime lifetime)
{
    private int _count;

    public int Count => Volatile.Read(ref _count);

    public async Task RunAsync(HttpContext context, RecorderId? recorder)
    {
        var (position, after, kinds) = EventEndpoints.Read(context.Request);
        try
        {
            if (Interlocked.Increment(ref _count) > options.SubscriberLimit)
            {
                context.Response.Headers.RetryAfter = "10";
                throw new ProblemException(Problem.Exhausted(
                    $"There are {options.SubscriberLimit} readers of events already; close one, or raise subscriberLimit."));
            }

            using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
            var filter = new EventFilter(recorder, kinds, context.GetAccess());
            if (node.Joined is { } cluster)
            {
                // A number without a node's name is one of this node's journal.
                var log = cluster.Index.Log;
                position ??= after is { } number ? log.ReadState().Position.With(cluster.Name, number) : null;
                var last = node.LocalCatalogue.Journal.Last;
                // This journal never gave that number: it is from another data folder.
                var isLost = position?[cluster.Name] > last;
                await new ClusterEventStream(context.Response, log, filter, options.SubscriberTimeout, time) { LostNode = isLost ? cluster.Name : null }
                    .RunAsync(isLost ? position!.With(cluster.Name, last) : position, ending.Token);
            }
            else
            {
                var stream = new EventStream(context.Response, filter, tail, catalogue, options.SubscriberTimeout, time);
                await stream.RunAsync(after ?? position?[options.Node], ending.Token);
            }
        }
        catch (TimeoutException)
        {
            // The reader can connect again and continue where it was.
            context.Abort();
        }
        catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested || context.RequestAborted.IsCancellationRequested)
        {
            // The reader left, or the node is stopping.
        }
        finally
        {
            Interlocked.Decrement(ref _count);
        }
    }
}
