using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;

namespace Recorder.Node.Tests.Contract;

/// <summary>A request of an operation as it is documented, and what is to be different.</summary>
internal sealed class ContractCall(ContractNodes nodes, ApiOperation operation)
{
    private static readonly HttpClient Usual = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });

    private readonly Dictionary<string, string> _headers = new(StringComparer.OrdinalIgnoreCase);
    private string? _subject;
    private string _export = "none";
    private string _file = "none";
    private string _query = "";
    private (string Text, string Type)? _body;
    private bool _isIll;
    private HttpClient? _at;
    private HttpClient _client = Usual;

    public ContractNodes Nodes => nodes;

    public ApiOperation Operation => operation;

    /// <summary>About this recorder, recording, stream or webhook.</summary>
    public ContractCall Of(string subject)
    {
        _subject = subject;
        return this;
    }

    /// <summary>About this export of a take, and this file of it.</summary>
    public ContractCall Exporting(string export, string file)
    {
        (_export, _file) = (export, file);
        return this;
    }

    public ContractCall With(string body, string type = "application/json")
    {
        _body = (body, type);
        return this;
    }

    public ContractCall Asking(string query)
    {
        _query = "?" + query;
        return this;
    }

    /// <summary>With a header; empty leaves it out.</summary>
    public ContractCall Having(string header, string value)
    {
        _headers[header] = value;
        return this;
    }

    /// <summary>To the node that cannot answer.</summary>
    public ContractCall Ill()
    {
        _isIll = true;
        return this;
    }

    /// <summary>To another node, which has no keys.</summary>
    public ContractCall At(HttpClient node)
    {
        _at = node;
        return this;
    }

    /// <summary>From another address of this machine: from the usual one keys are guessed until it is shut out.</summary>
    public ContractCall From(IPAddress address)
    {
        _client = new HttpClient(new SocketsHttpHandler
        {
            UseCookies = false,
            ConnectCallback = async (context, cancellationToken) =>
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                socket.Bind(new IPEndPoint(address, 0));
                await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            },
        });
        return this;
    }

    /// <summary>As a WebSocket is opened.</summary>
    public ContractCall Upgraded() =>
        Having("Connection", "Upgrade").Having("Upgrade", "websocket").Having("Sec-WebSocket-Version", "13")
            .Having("Sec-WebSocket-Key", Convert.ToBase64String(Guid.NewGuid().ToByteArray()));

    public async Task<HttpResponseMessage> SendAsync()
    {
        using var request = new HttpRequestMessage(operation.Method, new Uri((_at ?? (_isIll ? nodes.Sick : nodes.Well)).BaseAddress!, PathOf() + _query));
        if (!_headers.ContainsKey("Authorization"))
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", nodes.Key);

        foreach (var (name, value) in _headers.Where(header => header.Value.Length > 0))
            request.Headers.TryAddWithoutValidation(name, value).ShouldBeTrue(name);

        if (_body is { } body)
            request.Content = new StringContent(body.Text, null, body.Type);

        return await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    private string PathOf() => operation.Path
        .Replace("{id}", _subject ?? (operation.Path.Contains("webhooks", StringComparison.Ordinal) ? "none" : ContractNodes.Camera), StringComparison.Ordinal)
        .Replace("{take}", _subject ?? "none", StringComparison.Ordinal)
        .Replace("{export}", _export, StringComparison.Ordinal)
        .Replace("{file}", _file, StringComparison.Ordinal)
        .Replace("{key}", _subject ?? nodes.Clip, StringComparison.Ordinal)
        .Replace("{name}", _subject ?? "studio", StringComparison.Ordinal)
        .Replace("{seq}", "1", StringComparison.Ordinal)
        .Replace("{number}", "1.mp4", StringComparison.Ordinal);
}
