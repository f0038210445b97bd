using System.Net;
using System.Net.Sockets;
using System.Text;
using Recorder.Actors.Catalogue;
using Recorder.Cluster.Nodes;
using Recorder.Cluster.Runtime;
using Recorder.Node.Security;
using static Recorder.Contracts.RecorderProtocol;
using Status = Recorder.Contracts.RecorderProtocol.Status;

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
            using var body = command is GetStatus ? null : new StringContent(BodyOf(command), Encoding.UTF8, "application/json");
            using var response = await SendAsync(
                owner.Url, command is GetStatus ? HttpMethod.Get : HttpMethod.Post, PathOf(command), Access.Unguarded, body, null, deadline.Token);
            var bytes = await response.Content.ReadAsByteArrayAsync(deadline.Token);
            return response.IsSuccessStatusCode ? Answer(command, bytes)
                : response.StatusCode == HttpStatusCode.ServiceUnavailable ? throw new CatalogueUnavailableException(DetailOf(bytes))
                : Refusal(command.Recorder, bytes);
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

    private static object Answer(ICommand command, byte[] bytes)
    {
        if (command is not GetStatus)
        {
            return new Accepted(command.Recorder, JsonSerializer.Deserialize(bytes, ApiJsonContext.Default.CommandAnswer)!.State);
        }

        var answer = JsonSerializer.Deserialize(bytes, ApiJson.RecorderAnswer)!;
        return new Status
        {
            Recorder = answer.Id,
            State = answer.State,
            MimeType = answer.MimeType,
            Recording = RecordingKey.TryParse(answer.Recording, out var key) ? key.Recording : null,
            Source = answer.SourceStatus ?? SourceStatus.Unknown,
            Duration = answer.Duration,
            Bytes = answer.Bytes,
            Blobs = answer.Blobs,
            LostPackets = answer.LostPackets,
            VideoBitsPerSecond = answer.Options.VideoBitsPerSecond ?? 0,
            AudioBitsPerSecond = answer.Options.AudioBitsPerSecond ?? 0,
        };
    }

    private static string PathOf(ICommand command) => command switch
    {
        GetStatus => $"/v1/recorders/{command.Recorder}",
        RequestData => $"/v1/recorders/{command.Recorder}:requestData",
        _ => $"/v1/recorders/{command.Recorder}:{command.GetType().Name.ToLowerInvariant()}",
    };

    private static string BodyOf(ICommand command) => command switch
    {
        Start { Timeslice: null } start => JsonSerializer.Serialize(
            new { duration = start.Duration?.TotalMilliseconds, preRoll = start.PreRoll?.TotalMilliseconds }, Plain),
        Start start => JsonSerializer.Serialize(
            new { timeslice = start.Timeslice?.TotalMilliseconds, duration = start.Duration?.TotalMilliseconds, preRoll = start.PreRoll?.TotalMilliseconds },
            Plain),
        Mark mark => JsonSerializer.Serialize(new { label = mark.Label }, Plain),
        _ => "{}",
    };

    private static readonly JsonSerializerOptions Plain = new() { DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull };

    private static Refused Refusal(RecorderId recorder, byte[] bytes)
    {
        var problem = JsonSerializer.Deserialize(bytes, ApiJsonContext.Default.Problem)!;
        var name = Enum.TryParse<ErrorName>(problem.Name, out var known) ? known
            : problem.Status is 404 or 409 ? ErrorName.InvalidStateError
            : problem.Status == 400 ? ErrorName.NotSupportedError
            : ErrorName.UnknownError;
        return new Refused(recorder, problem.State ?? RecorderState.Unknown, new MediaError(name, problem.Detail));
    }

    private static string DetailOf(byte[] bytes)
    {
        try
        {
            return JsonSerializer.Deserialize(bytes, ApiJsonContext.Default.Problem)!.Detail;
        }
        catch (JsonException)
        {
            return "The node that has the recorder cannot answer now.";
        }
    }
}
