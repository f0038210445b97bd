using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Recorder.Client;

/// <summary>
/// Sends a request to one node after another until one answers it. A request that changes something carries one idempotency key
/// for all attempts, so that the node which carried it out answers a repetition without doing it again.
/// </summary>
internal sealed class NodeRequests(NodePool nodes, NodeConnections connections, RecorderClientOptions options, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LearnEvery = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource _ending = new();
    private long _learned = long.MinValue;

    /// <summary>The JSON of the answer; null if it is empty.</summary>
    /// <exception cref="RecorderClientException">It was refused, no node answered, or nobody knows whether it was carried out.</exception>
    public async Task<JsonNode?> SendAsync(HttpMethod method, string path, JsonObject? body, CancellationToken cancellationToken)
    {
        var request = new Request(method, path, body?.ToJsonString(), method == HttpMethod.Get ? null : Guid.NewGuid().ToString("N"));
        var began = time.GetTimestamp();
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            var known = nodes.Order();
            foreach (var node in known)
            {
                if (await TryAsync(request, node, cancellationToken).ConfigureAwait(false))
                    return request.Answer;
            }

            if (request.KeyRefusals.Count == known.Count)
                throw request.KeyRefusals[^1].ToException();

            request.KeyRefusals.Clear();
            var wait = request.RetryAfter is { } retryAfter && retryAfter > pause ? retryAfter : pause;
            if (time.GetElapsedTime(began) + wait >= options.Timeout)
                throw Failed(request);

            await Task.Delay(wait, time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Tells that a node answered, and asks it now and then which others there are.</summary>
    public void Answered(Uri node)
    {
        nodes.Answered(node);
        var last = Interlocked.Read(ref _learned);
        if (options.LearnsNodes && (last == long.MinValue || time.GetElapsedTime(last) > LearnEvery)
            && Interlocked.CompareExchange(ref _learned, time.GetTimestamp(), last) == last)
        {
            _ = LearnAsync(node);
        }
    }

    /// <summary>Tells that a node failed; the next one that answers is asked which nodes there are now.</summary>
    public void Failed(Uri node)
    {
        nodes.Failed(node);
        Interlocked.Exchange(ref _learned, long.MinValue);
    }

    public void Dispose()
    {
        _ending.Cancel();
        _ending.Dispose();
    }

    private async Task<bool> TryAsync(Request request, Uri node, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(options.NodeTimeout);
        try
        {
            using var message = request.MessageFor(node);
            using var response = await connections.OpenAsync(message, timeout.Token).ConfigureAwait(false);
            if (!response.IsSuccessStatusCode)
            {
                var problem = await NodeProblem.ReadAsync(node, response, timeout.Token).ConfigureAwait(false);
                if (problem is { IsPassing: false, IsAboutTheKey: false })
                    Answered(node);

                request.Refuse(problem);
                return false;
            }

            var bytes = await response.Content.ReadAsByteArrayAsync(timeout.Token).ConfigureAwait(false);
            request.Answer = bytes.Length == 0 ? null : JsonNode.Parse(bytes);
            Answered(node);
            return true;
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException or JsonException
            || (broken is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            Failed(node);
            request.Break(node, broken);
            return false;
        }
    }

    private RecorderClientException Failed(Request request)
    {
        var nodesTried = string.Join(", ", nodes.Order().Select(node => node.Authority));
        var detail = request.LastProblem?.Error.Message ?? request.LastFailure?.Message ?? "";
        return request.IsOutcomeUnknown
            ? new OutcomeUnknownException(
                $"No answer tells whether {request.Method} {request.Path} was carried out ({nodesTried}): {detail} Look at the recorder's state.", inner: request.LastFailure)
            : new RecorderUnavailableException(
                $"No node could answer {request.Method} {request.Path} ({nodesTried}): {detail}", request.RetryAfter, request.LastFailure);
    }

    private async Task LearnAsync(Uri node)
    {
        try
        {
            using var timeout = CancellationTokenSource.CreateLinkedTokenSource(_ending.Token);
            timeout.CancelAfter(options.NodeTimeout);
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(node, "v1/nodes"));
            using var response = await connections.OpenAsync(request, timeout.Token).ConfigureAwait(false);
            if (response.IsSuccessStatusCode
                && JsonNode.Parse(await response.Content.ReadAsByteArrayAsync(timeout.Token).ConfigureAwait(false))?["nodes"] is JsonArray list)
            {
                nodes.Learn([.. list.OfType<JsonObject>().Where(one => (string?)one["state"] is not ("dead" or "left"))
                    .Select(one => (Name: (string?)one["id"] ?? "", Url: (string?)one["url"] ?? ""))
                    .Where(one => one.Name.Length > 0 && Uri.TryCreate(one.Url, UriKind.Absolute, out var url) && url.Scheme is "http" or "https")
                    .Select(one => (one.Name, new Uri(one.Url.TrimEnd('/') + "/")))]);
            }
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException or JsonException or InvalidOperationException
            or OperationCanceledException or ObjectDisposedException or FormatException)
        {
            // The nodes that are known stay known.
        }
    }

    private sealed class Request(HttpMethod method, string path, string? body, string? key)
    {
        public HttpMethod Method => method;

        public string Path => path;

        public JsonNode? Answer { get; set; }

        public bool IsOutcomeUnknown { get; private set; }

        public TimeSpan? RetryAfter { get; private set; }

        public NodeProblem? LastProblem { get; private set; }

        public Exception? LastFailure { get; private set; }

        /// <summary>The refusals of this round that other nodes need not share.</summary>
        public List<NodeProblem> KeyRefusals { get; } = [];

        public HttpRequestMessage MessageFor(Uri node)
        {
            var message = new HttpRequestMessage(method, new Uri(node, path.TrimStart('/')));
            if (body is not null)
                message.Content = new StringContent(body, Encoding.UTF8, "application/json");

            if (key is not null)
                message.Headers.TryAddWithoutValidation("Idempotency-Key", key);

            return message;
        }

        public void Refuse(NodeProblem problem)
        {
            (LastProblem, RetryAfter) = (problem, problem.RetryAfter);
            if (problem.IsAboutTheKey)
            {
                KeyRefusals.Add(problem);
            }
            else if (problem.IsPassing)
            {
                IsOutcomeUnknown |= problem.IsOutcomeUnknown && key is not null;
            }
            else
            {
                // After an attempt without an answer, the state that this one met may be that attempt's own work.
                throw IsOutcomeUnknown && (int)problem.Status is 404 or 409
                    ? new OutcomeUnknownException(
                        $"No answer tells whether the first attempt of {method} {path} was carried out; a repetition was refused: {problem.Error.Message}",
                        problem.State, (int)problem.Status)
                    : problem.ToException();
            }
        }

        public void Break(Uri node, Exception broken)
        {
            (LastProblem, LastFailure) = (null, broken);
            var wasSent = broken is not HttpRequestException
            {
                HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError
                    or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError,
            };
            IsOutcomeUnknown |= wasSent && key is not null;
        }
    }
}
