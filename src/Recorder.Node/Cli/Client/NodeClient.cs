using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text.Json;
using System.Text.Json.Nodes;
using Recorder.Node.Configuration;

namespace Recorder.Node.Cli.Client;

/// <summary>A node over HTTP. What goes wrong is a <see cref="NodeException"/>: one sentence that says what to do.</summary>
internal sealed class NodeClient : IDisposable
{
    private const int MostRedirects = 3;
    private const int LongestAnswer = 64 << 20;

    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(60);

    private readonly NodeAddress _node;
    private readonly HttpClient _http;
    private readonly TimeSpan _timeout;

    /// <param name="node">Which.</param>
    /// <param name="timeout">How long an answer may take; null is a minute.</param>
    public NodeClient(NodeAddress node, TimeSpan? timeout = null)
    {
        (_node, _timeout) = (node, timeout ?? AnswerTimeout);
        var handler = new SocketsHttpHandler
        {
            ConnectTimeout = timeout ?? ConnectTimeout,
            // By hand: .NET's own would leave the key out.
            AllowAutoRedirect = false,
            UseProxy = !node.Base.IsLoopback,
            UseCookies = false,
        };
        _http = new HttpClient(handler) { BaseAddress = node.Base, Timeout = Timeout.InfiniteTimeSpan, MaxResponseContentBufferSize = LongestAnswer };
        if (node.Key is not null)
        {
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", node.Key);
        }
    }

    /// <summary>The node's address, as the user knows it.</summary>
    public string Address => _node.Base.ToString().TrimEnd('/');

    /// <summary>Asks, and reads the whole answer.</summary>
    /// <returns>Its JSON; undefined where there is none.</returns>
    public async Task<JsonElement> SendAsync(HttpMethod method, string path, JsonObject? body, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(_timeout);
        try
        {
            using var response = await OpenAsync(
                () => new HttpRequestMessage(method, path)
                {
                    Content = body is null ? null : new StringContent(body.ToJsonString(), null, "application/json"),
                },
                patience.Token);
            var bytes = await response.Content.ReadAsByteArrayAsync(patience.Token);
            if (bytes.Length == 0)
            {
                return default;
            }

            using var document = JsonDocument.Parse(bytes);
            return document.RootElement.Clone();
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new NodeException($"The node at {Address} did not answer within {Quantity.Spoken(_timeout)}.");
        }
        catch (JsonException malformed)
        {
            throw new NodeException($"What answers at {Address} is no recorder: it sends no JSON. Is --node right?", malformed);
        }
        catch (Exception broken) when (broken is IOException or HttpRequestException)
        {
            throw new NodeException($"The node at {Address} broke off its answer: {broken.Message}", broken);
        }
    }

    /// <summary>The items of all pages of a list.</summary>
    public async IAsyncEnumerable<JsonElement> ListAsync(string path, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var next = path; next is not null;)
        {
            var page = await SendAsync(HttpMethod.Get, next, null, cancellationToken);
            foreach (var item in page.FirstArray())
            {
                yield return item;
            }

            next = page.Text("next") is { Length: > 0 } after
                ? $"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}after={Uri.EscapeDataString(after)}"
                : null;
        }
    }

    /// <summary>Asks, and answers when the head of the answer is there and says that the rest is what was asked for.</summary>
    /// <param name="make">Makes the request; called again for a redirect.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<HttpResponseMessage> OpenAsync(Func<HttpRequestMessage> make, CancellationToken cancellationToken)
    {
        Uri? elsewhere = null;
        for (var redirects = 0; ; redirects++)
        {
            using var request = make();
            request.RequestUri = elsewhere ?? request.RequestUri;
            var response = await SendAsync(request, cancellationToken);
            if ((int)response.StatusCode is >= 300 and < 400 && response.Headers.Location is { } location && redirects < MostRedirects)
            {
                elsewhere = new Uri(new Uri(_node.Base, request.RequestUri!), location);
                response.Dispose();
                if (elsewhere.GetLeftPart(UriPartial.Authority) != _node.Base.GetLeftPart(UriPartial.Authority))
                {
                    throw new NodeException($"The node at {Address} sends to another address, {elsewhere.Authority}: say --node {elsewhere.GetLeftPart(UriPartial.Authority)}.");
                }

                continue;
            }

            if (response.IsSuccessStatusCode)
            {
                return response;
            }

            using (response)
            {
                throw await RefusalOfAsync(response, cancellationToken);
            }
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        }
        catch (HttpRequestException failed)
        {
            throw new NodeException(Sentence(failed), failed);
        }
        catch (OperationCanceledException failed) when (!cancellationToken.IsCancellationRequested)
        {
            throw new NodeException($"No node answers at {Address} (it takes no connection): is --node right?", failed);
        }
    }

    private string Sentence(HttpRequestException failed) =>
        failed switch
        {
            { HttpRequestError: HttpRequestError.NameResolutionError } => $"No node answers at {Address}: there is no machine '{_node.Base.Host}'. Is --node right?",
            { InnerException: AuthenticationException or IOException { InnerException: AuthenticationException } } =>
                $"The node at {Address} cannot be trusted: {failed.InnerException!.Message}",
            { InnerException: SocketException { SocketErrorCode: SocketError.ConnectionRefused } } =>
                $"No node answers at {Address}: start one with 'recorder serve --data DIR', or say --node URL.",
            { HttpRequestError: HttpRequestError.ConnectionError } => $"No node answers at {Address} ({failed.Message}): is --node right?",
            { HttpRequestError: HttpRequestError.SecureConnectionError } => $"What answers at {Address} does not speak HTTPS: say --node http://…?",
            _ => $"The node at {Address} does not answer: {failed.Message}",
        };

    private async Task<NodeException> RefusalOfAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var status = (int)response.StatusCode;
        var detail = "";
        try
        {
            if (response.Content.Headers.ContentType?.MediaType is "application/problem+json")
            {
                using var document = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(cancellationToken));
                detail = document.RootElement.Text("detail") ?? document.RootElement.Text("title") ?? "";
            }
        }
        catch (Exception broken) when (broken is JsonException or IOException or HttpRequestException)
        {
            // The status says enough.
        }

        var sentence = response.StatusCode switch
        {
            HttpStatusCode.Unauthorized => $"The node at {Address} asks for an API key, or does not know this one: "
                + $"set {NodeAddress.KeyVariable}, or say --key-file FILE ('recorder keys add' makes one).",
            _ when detail.Length > 0 => detail,
            _ => $"What answers at {Address} says {status} ({response.ReasonPhrase}) and is perhaps no recorder: is --node right?",
        };
        return new NodeException(sentence) { Status = status };
    }
}
