using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Recorder.Node.Cli.Client;

/// <summary>Sends requests to a node over HTTP. Every error is a <see cref="NodeException"/>.</summary>
internal sealed class NodeClient : IDisposable
{
    private const int MaximumRedirects = 3;
    private const int MaximumResponseSize = 64 << 20;

    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ResponseTimeout = TimeSpan.FromSeconds(60);

    private readonly NodeAddress _node;
    private readonly HttpClient _http;
    private readonly TimeSpan _timeout;

    public NodeClient(NodeAddress node, TimeSpan? timeout = null)
    {
        (_node, _timeout) = (node, timeout ?? ResponseTimeout);
        var handler = new SocketsHttpHandler
        {
            ConnectTimeout = timeout ?? ConnectTimeout,
            // .NET drops the Authorization header when it follows a redirect.
            AllowAutoRedirect = false,
            UseProxy = !node.Base.IsLoopback,
            UseCookies = false,
        };
        _http = new HttpClient(handler)
        {
            BaseAddress = node.Base,
            Timeout = Timeout.InfiniteTimeSpan,
            MaxResponseContentBufferSize = MaximumResponseSize,
        };
        if (node.Key is not null)
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", node.Key);
    }

    public string Address => _node.Base.ToString().TrimEnd('/');

    /// <summary>The JSON of the whole response; undefined if it is empty.</summary>
    public async Task<JsonElement> SendAsync(
        HttpMethod method, string path, JsonObject? body, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(_timeout);
        try
        {
            using var response = await OpenAsync(
                () => new HttpRequestMessage(method, path)
                {
                    Content = body is null ? null : new StringContent(body.ToJsonString(), null, "application/json"),
                },
                timeout.Token);
            var bytes = await response.Content.ReadAsByteArrayAsync(timeout.Token);
            if (bytes.Length == 0)
                return default;

            using var document = JsonDocument.Parse(bytes);
            return document.RootElement.Clone();
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new NodeException($"The node at {Address} did not answer within {Quantity.Spoken(_timeout)}.");
        }
        catch (JsonException malformed)
        {
            throw new NodeException(
                $"The server at {Address} is not a recorder node: its response is not JSON. Check --node.", malformed);
        }
        catch (Exception broken) when (broken is IOException or HttpRequestException)
        {
            throw new NodeException($"The connection to the node at {Address} was lost: {broken.Message}", broken);
        }
    }

    public async IAsyncEnumerable<JsonElement> ListAsync(
        string path, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var next = path; next is not null;)
        {
            var page = await SendAsync(HttpMethod.Get, next, null, cancellationToken);
            foreach (var item in page.FirstArray())
                yield return item;

            next = page.Text("next") is { Length: > 0 } after
                ? $"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}after={Uri.EscapeDataString(after)}"
                : null;
        }
    }

    /// <summary>Returns when the headers have arrived. Every redirect needs another request.</summary>
    public async Task<HttpResponseMessage> OpenAsync(Func<HttpRequestMessage> createRequest, CancellationToken cancellationToken)
    {
        Uri? redirect = null;
        for (var redirects = 0; ; redirects++)
        {
            using var request = createRequest();
            request.RequestUri = redirect ?? request.RequestUri;
            var response = await SendAsync(request, cancellationToken);
            if ((int)response.StatusCode is >= 300 and < 400 && response.Headers.Location is { } location
                && redirects < MaximumRedirects)
            {
                redirect = new Uri(new Uri(_node.Base, request.RequestUri!), location);
                response.Dispose();
                var server = redirect.GetLeftPart(UriPartial.Authority);
                if (server != _node.Base.GetLeftPart(UriPartial.Authority))
                    throw new NodeException($"The node at {Address} redirects to another server; use --node {server}.");

                continue;
            }

            if (response.IsSuccessStatusCode)
                return response;

            using (response)
            {
                throw await ToExceptionAsync(response, cancellationToken);
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
            throw new NodeException(MessageFor(failed), failed);
        }
        catch (OperationCanceledException failed) when (!cancellationToken.IsCancellationRequested)
        {
            throw new NodeException($"Cannot connect to a node at {Address}: the connection timed out. Check --node.", failed);
        }
    }

    private string MessageFor(HttpRequestException failed) => failed switch
    {
        { HttpRequestError: HttpRequestError.NameResolutionError } =>
            $"Cannot connect to a node at {Address}: the host '{_node.Base.Host}' is unknown. Check --node.",
        { InnerException: AuthenticationException or IOException { InnerException: AuthenticationException } } =>
            $"The certificate of the node at {Address} is not trusted: {failed.InnerException!.Message}",
        { InnerException: SocketException { SocketErrorCode: SocketError.ConnectionRefused } } =>
            $"Cannot connect to a node at {Address}; start one with 'recorder serve --data DIR', or choose another with --node URL.",
        { HttpRequestError: HttpRequestError.ConnectionError } =>
            $"Cannot connect to a node at {Address}: {failed.Message.TrimEnd('.')}. Check --node.",
        { HttpRequestError: HttpRequestError.SecureConnectionError } =>
            $"The server at {Address} does not use HTTPS; use --node http://… if it is a node without TLS.",
        _ => $"The node at {Address} does not answer: {failed.Message}",
    };

    private async Task<NodeException> ToExceptionAsync(HttpResponseMessage response, CancellationToken cancellationToken)
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
            // The message then has the status only.
        }

        var sentence = response.StatusCode switch
        {
            HttpStatusCode.Unauthorized => $"The API key for the node at {Address} is missing or invalid; "
                + $"set {NodeAddress.KeyVariable}, or use --key-file FILE. 'recorder keys add' creates a key.",
            _ when detail.Length > 0 => detail,
            _ => $"The server at {Address} answered {status} ({response.ReasonPhrase}). If it is not a node, check --node.",
        };
        return new NodeException(sentence) { Status = status };
    }
}
