using System.Net.WebSockets;
using System.Text;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http.Features;
using Recorder.Actors;
using Recorder.Actors.Capture;
using Recorder.Actors.Registry;
using Recorder.Node.Api;
using Recorder.Node.Security;

namespace Recorder.Node.Media;

/// <summary>The live viewers of a node; their number is limited.</summary>
internal sealed class LiveViewers(RecorderRuntime runtime)
{
    public const int Most = 128;

    private int _count;

    /// <exception cref="ProblemException">As many watch already as may.</exception>
    public LiveViewer Watch(SourceUri source)
    {
        if (Interlocked.Increment(ref _count) > Most)
        {
            Interlocked.Decrement(ref _count);
            throw new ProblemException(Problem.Exhausted($"{Most} viewers watch this node, the most that it allows; try again later."));
        }

        return Watch(source, null, null, () => Interlocked.Decrement(ref _count));
    }

    /// <summary>For one who watches several recorders, and limits their number.</summary>
    /// <param name="queue">What waits for all of them together.</param>
    /// <param name="isOther">Says of the recorder's definition whether another source is to be watched.</param>
    public LiveViewer Watch(SourceUri source, LiveQueue queue, Func<RegistryProtocol.Noted, bool> isOther) => Watch(source, queue, isOther, () => { });

    private LiveViewer Watch(SourceUri source, LiveQueue? queue, Func<RegistryProtocol.Noted, bool>? isOther, Action end)
    {
        var stream = new LiveStream(runtime.Codecs, queue);
        var actor = runtime.System.ActorOf(Props.Create(() => new LiveViewerActor(source, runtime.Sources, stream, isOther)));
        return new LiveViewer(stream, () =>
        {
            runtime.System.Stop(actor);
            end();
        });
    }
}

internal sealed class LiveViewer(LiveStream stream, Action end) : IDisposable
{
    public LiveStream Stream => stream;

    public void Dispose()
    {
        end();
        stream.End();
        while (stream.Chunks.TryRead(out var chunk))
        {
            stream.Sent(chunk);
            chunk.Bytes.Dispose();
        }
    }
}

/// <summary><c>/v1/recorders/{id}/live</c>: the media of a recorder's source, whether it records or not.</summary>
internal static class LiveEndpoints
{
    private const string RetryAfter = "5";

    private static readonly TimeSpan FirstMedia = TimeSpan.FromSeconds(15);

    public static void MapLive(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/recorders/{id}/live", WatchAsync).Requires(Role.Viewer, AccessScope.Recorder).WithName("WatchLive").WithTags("Live")
            .WithSummary("The recorder's source as endless fragmented MP4 from its last key frame on; over a WebSocket as messages.")
            .WithQuery().AnswersMedia(200, "video/mp4").Answers(101).Refuses(400, 404, 406, 503);

    private static async Task WatchAsync(string id, HttpContext context, RegistryClient client, LiveViewers viewers)
    {
        var definition = (RecorderId.TryParse(id, out var recorder) ? await client.FindAsync(recorder) : null)
            ?? throw new ProblemException(Problem.NotFound($"There is no recorder '{id}'."));
        using var viewer = viewers.Watch(SourceUri.Parse(definition.Source));
        var first = await FirstAsync(viewer.Stream.Chunks, id, context);
        try
        {
            if (context.WebSockets.IsWebSocketRequest)
            {
                using var socket = await context.WebSockets.AcceptWebSocketAsync();
                await SendAsync(socket, viewer.Stream, first, context.RequestAborted);
            }
            else
            {
                await SendAsync(context, viewer.Stream, first);
            }
        }
        catch (Exception ended) when (ended is LiveSourceException or OperationCanceledException or WebSocketException)
        {
            // The answer has begun, so its end is the only message left.
        }
    }

    private static async Task<LiveChunk> FirstAsync(ChannelReader<LiveChunk> chunks, string id, HttpContext context)
    {
        try
        {
            return await chunks.ReadAsync(context.RequestAborted).AsTask().WaitAsync(FirstMedia, context.RequestAborted);
        }
        catch (TimeoutException)
        {
            context.Response.Headers.RetryAfter = RetryAfter;
            throw new ProblemException(Problem.Unavailable($"The source of '{id}' sent nothing for {FirstMedia.TotalSeconds} s; check that it is on."));
        }
        catch (ChannelClosedException closed) when (closed.InnerException is LiveSourceException { IsNotSupported: true } refused)
        {
            throw new ProblemException(Problem.NotSupported(refused.Message) with { Status = StatusCodes.Status406NotAcceptable });
        }
        catch (ChannelClosedException closed)
        {
            context.Response.Headers.RetryAfter = RetryAfter;
            throw new ProblemException(Problem.Unavailable(closed.InnerException?.Message ?? $"The source of '{id}' has ended."));
        }
    }

    private static async Task SendAsync(HttpContext context, LiveStream stream, LiveChunk first)
    {
        var response = context.Response;
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        response.ContentType = first.MimeType;
        response.Headers.CacheControl = "no-store";
        for (var chunk = first; chunk is not null; chunk = await NextAsync(stream, context.RequestAborted))
        {
            using (chunk.Bytes)
            {
                // An HTTP answer cannot contain a second header; the viewer must request again.
                if (chunk.MimeType is not null && chunk != first)
                    return;

                foreach (var segment in chunk.Bytes.Segments)
                    await response.BodyWriter.WriteAsync(segment, context.RequestAborted);

                stream.Sent(chunk);
            }
        }
    }

    private static async Task SendAsync(WebSocket socket, LiveStream stream, LiveChunk first, CancellationToken cancellationToken)
    {
        using var closing = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var listening = ListenAsync(socket, closing);
        for (var chunk = first; chunk is not null; chunk = await NextAsync(stream, closing.Token))
        {
            using (chunk.Bytes)
            {
                if (chunk.MimeType is { } type)
                    await socket.SendAsync(Encoding.UTF8.GetBytes(type), WebSocketMessageType.Text, true, closing.Token);

                var segments = chunk.Bytes.Segments;
                for (var i = 0; i < segments.Count; i++)
                    await socket.SendAsync(segments[i], WebSocketMessageType.Binary, i == segments.Count - 1, closing.Token);

                stream.Sent(chunk);
            }
        }

        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "The source has ended.", cancellationToken);
        await listening.WaitAsync(TimeSpan.FromSeconds(2), cancellationToken);
    }

    // A viewer sends nothing but the close of the connection.
    private static async Task ListenAsync(WebSocket socket, CancellationTokenSource closing)
    {
        var buffer = new byte[256];
        try
        {
            while ((await socket.ReceiveAsync(buffer, closing.Token)).MessageType != WebSocketMessageType.Close)
            {
            }
        }
        catch (Exception gone) when (gone is WebSocketException or OperationCanceledException)
        {
        }

        await closing.CancelAsync();
    }

    private static async Task<LiveChunk?> NextAsync(LiveStream stream, CancellationToken cancellationToken) =>
        await stream.Chunks.WaitToReadAsync(cancellationToken) && stream.Chunks.TryRead(out var chunk) ? chunk : null;
}
