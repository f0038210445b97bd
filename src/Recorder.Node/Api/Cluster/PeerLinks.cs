using System.Net;
using System.Net.Sockets;
using Recorder.Actors.Catalogue;
using Recorder.Cluster.Nodes;
using Recorder.Cluster.Runtime;
using Recorder.Contracts.Json;
using Recorder.Node.Security;
using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Node.Api;

/// <summary>This node's connections to the others: few, kept, and given up soon when nobody answers.</summary>
internal sealed class PeerLinks : IPeers, IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    private readonly SocketsHttpHandler _handler = new()
    {
        ConnectCallback = ConnectAsync,
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        ConnectTimeout = TimeSpan.FromSeconds(2),
        PooledConnectionIdleTimeout = TimeSpan.FromMinutes(1),
        MaxConnectionsPerServer = 512,
    };

    private long _forwarded;

    public PeerLinks(PeerSeal seal) => Invoker = new HttpMessageInvoker(new SealingHandler(seal, _handler), disposeHandler: false);

    /// <summary>Sends requests that say for whom they ask (<see cref="SealingHandler.Asking"/>).</summary>
    public HttpMessageInvoker Invoker { get; }

    /// <summary>Requests sent on, ever.</summary>
    public long Count => Interlocked.Read(ref _forwarded);

    public void Forwarded() => Interlocked.Increment(ref _forwarded);

    /// <summary>Sends a request of this node's own, or of who asks it.</summary>
    public Task<HttpResponseMessage> SendAsync(
        Uri peer, HttpMethod method, string pathAndQuery, Access access, HttpContent? body, Action<HttpRequestMessage>? with, CancellationToken ending) =>
        Invoker.SendAsync(RequestOf(peer, method, pathAndQuery, access, body, with), ending);

    /// <summary>The same for a thread that is there to wait: a demuxer's.</summary>
    public HttpResponseMessage Send(Uri peer, HttpMethod method, string pathAndQuery, Access access, Action<HttpRequestMessage>? with) =>
        Invoker.Send(RequestOf(peer, method, pathAndQuery, access, null, with), CancellationToken.None);

    private static HttpRequestMessage RequestOf(
        Uri peer, HttpMethod method, string pathAndQuery, Access access, HttpContent? body, Action<HttpRequestMessage>? with)
    {
        var request = new HttpRequestMessage(method, new Uri(peer, pathAndQuery)) { Content = body };
        request.Options.Set(SealingHandler.Asking, access);
        with?.Invoke(request);
        return request;
    }

    public async Task<object> AskAsync(ClusterMember owner, ICommand command, CancellationToken ending)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(ending);
        deadline.CancelAfter(Deadline);
        Forwarded();
        try
        {
            using var body = new ByteArrayContent(ProtocolJson.WriteUtf8(command)) { Headers = { ContentType = new("application/json") } };
            using var response = await SendAsync(owner.Url, HttpMethod.Post, PeerAnswer.Path, Access.Unguarded, body, null, deadline.Token);
            var json = await response.Content.ReadAsStringAsync(deadline.Token);
            return response.IsSuccessStatusCode && response.Headers.TryGetValues(PeerAnswer.KindHeader, out var kind)
                ? PeerAnswer.Read(command.Recorder, kind.First(), json)
                : throw new CatalogueUnavailableException(response.StatusCode switch
                {
                    HttpStatusCode.MisdirectedRequest => $"Recorder {command.Recorder} is moving to another node: try again in a moment.",
                    HttpStatusCode.NotFound => $"Node {owner.Name}, which has recorder {command.Recorder}, runs an earlier version: ask it there.",
                    _ => $"Node {owner.Name}, which has recorder {command.Recorder}, cannot answer now ({(int)response.StatusCode}).",
                });
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException or JsonException
            || (broken is OperationCanceledException && !ending.IsCancellationRequested))
        {
            throw new CatalogueUnavailableException(
                $"Node {owner.Name}, which has recorder {command.Recorder}, gave no answer: {broken.Message} It may still do what was asked.", broken);
        }
    }

    // A link that is cut says nothing: what is sent and not acknowledged for so long is not going to be.
    private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken ending)
    {
        const int Tcp = 6;
        const int UserTimeout = 18;
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 2);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 1);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, 3);
            socket.SetRawSocketOption(Tcp, UserTimeout, BitConverter.GetBytes(5_000));
            await socket.ConnectAsync(context.DnsEndPoint, ending).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        Invoker.Dispose();
        _handler.Dispose();
    }
}
