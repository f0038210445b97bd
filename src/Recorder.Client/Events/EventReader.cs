using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Recorder.Contracts;
using Recorder.Contracts.Json;

namespace Recorder.Client;

/// <summary>
/// One reading of events over as many connections as it takes. A connection that breaks is replaced by one to another node, or
/// the same one, which continues at the position.
/// </summary>
internal sealed class EventReader(NodePool nodes, NodeConnections connections, NodeRequests requests, EventSelection selection, TimeProvider time)
{
    private const string Begin = "Recorder-Event";

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan HeaderTimeout = TimeSpan.FromSeconds(10);

    // A node sends at least a comment every 15 s, so a longer silence means a dead connection.
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(40);

    private readonly string _path = selection.Path;
    private EventPosition _position = EventPosition.Start;

    /// <summary>Called at each connection: whatever is raised from then on comes.</summary>
    public Action<Uri>? OnConnected { get; init; }

    /// <summary>Called when a connection broke or could not be made.</summary>
    public Action<Uri, string>? OnDisconnected { get; init; }

    /// <summary>The items from a position on, without end; null begins with what comes.</summary>
    /// <exception cref="RecorderRefusedException">Every node refuses the reader.</exception>
    public async IAsyncEnumerable<EventStreamItem> ReadAsync(EventPosition? from, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        _position = from ?? EventPosition.Start;
        var pause = FirstPause;
        var tried = new HashSet<Uri>();
        var refusals = new List<NodeProblem>();
        while (true)
        {
            var known = nodes.Order();
            if (known.FirstOrDefault(one => !tried.Contains(one)) is not { } node)
            {
                if (refusals.Count >= known.Count)
                    throw refusals[^1].ToException();

                await Task.Delay(pause, time, cancellationToken).ConfigureAwait(false);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
                tried.Clear();
                refusals.Clear();
                continue;
            }

            tried.Add(node);
            await using var items = StreamAsync(node, refusals, cancellationToken).GetAsyncEnumerator(cancellationToken);
            while (await NextAsync(items, node, cancellationToken).ConfigureAwait(false))
            {
                var item = items.Current;
                if (item is EventReceived)
                {
                    // It works; a node that only accepts connections does not.
                    pause = FirstPause;
                    tried.Clear();
                }

                yield return item;
            }
        }
    }

    private async Task<bool> NextAsync(IAsyncEnumerator<EventStreamItem> items, Uri node, CancellationToken cancellationToken)
    {
        var reason = "the node closed it";
        try
        {
            if (await items.MoveNextAsync().ConfigureAwait(false))
                return true;
        }
        catch (Exception lost) when (lost is IOException or HttpRequestException or JsonException
            || (lost is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            reason = lost.Message;
        }

        requests.Failed(node);
        OnDisconnected?.Invoke(node, reason);
        return false;
    }

    private async IAsyncEnumerable<EventStreamItem> StreamAsync(
        Uri node, List<NodeProblem> refusals, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        silence.CancelAfter(HeaderTimeout);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(node, _path));
        request.Headers.Accept.ParseAdd("text/event-stream");
        if (_position.Stream.Length > 0)
            request.Headers.TryAddWithoutValidation("Last-Event-ID", _position.Stream);

        using var response = await connections.OpenAsync(request, silence.Token).ConfigureAwait(false);
        if (response.StatusCode != HttpStatusCode.OK)
        {
            var problem = await NodeProblem.ReadAsync(node, response, silence.Token).ConfigureAwait(false);
            if (problem.IsPassing)
                throw new HttpRequestException(problem.Error.Message);

            refusals.Add(problem);
            yield break;
        }

        requests.Answered(node);
        refusals.Clear();
        silence.CancelAfter(Silence);
        OnConnected?.Invoke(node);
        if (_position.Stream.Length == 0 && response.Headers.TryGetValues(Begin, out var begin))
            yield return new PositionReached(_position = _position.At(begin.First()));

        var body = await response.Content.ReadAsStreamAsync(silence.Token).ConfigureAwait(false);
        await using (body.ConfigureAwait(false))
        {
            await foreach (var frame in ServerSentEvents.ReadAsync(body, () => silence.CancelAfter(Silence), silence.Token).ConfigureAwait(false))
            {
                if (Take(frame) is { } item)
                    yield return item;
            }
        }
    }

    private EventStreamItem? Take(EventFrame frame)
    {
        if (frame.Id is { Length: > 0 } id)
            _position = _position.At(id);

        if (frame.Data is null)
            return new PositionReached(_position);

        if (frame.Kind == "lagged")
            return Lose(ProtocolJson.Read<EventsProtocol.Lagged>(frame.Data));

        if (frame.Kind == "reset")
            return Reset(frame.Data);

        // A newer node may have events that this client does not know.
        if (!EventKinds.IsKnown(frame.Kind))
            return null;

        var raised = ProtocolJson.Read<RecorderProtocol.IEvent>(frame.Data);
        if (_position.Has(raised))
            return null;

        _position = _position.With(raised);
        return new EventReceived(raised, _position);
    }

    // What nodes of earlier versions send; the others send it for earlier clients, after the same as an event of its own kind.
    private EventsLost? Reset(string data) =>
        JsonNode.Parse(data) is { } reset && (bool?)reset["lagged"] != true ? Lose(new EventsProtocol.Lagged((string?)reset["node"] ?? "", 0, 0)) : null;

    private EventsLost Lose(EventsProtocol.Lagged lagged)
    {
        // A node on its own that lost its journal counts events from 1 again; in a cluster a recorder's numbers always rise.
        _position = lagged.Node.Length == 0 ? _position.WithoutNumbers() : _position;
        return new EventsLost(lagged.Node, _position) { From = lagged.From, To = lagged.To };
    }
}
