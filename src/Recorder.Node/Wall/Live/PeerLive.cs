using System.Buffers;
using System.Buffers.Binary;
using System.Net.WebSockets;
using System.Text.Json.Nodes;
using Recorder.Cluster.Nodes;
using Recorder.Node.Api;
using Recorder.Node.Security;

namespace Recorder.Node.Wall;

/// <summary>
/// What one socket wishes of recorders of another node: that node's own socket, whose channels get numbers of this one. A slow page slows that node's sending,
/// and misses groups of pictures there.
/// </summary>
internal sealed class PeerLive(ClusterMember member, PeerLinks links, Access access, LiveOutlet outlet, TimeProvider time)
{
    private const int MostText = 64 << 10;

    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(2);

    // Answers to beats are read only while something is received, which waits for the page.
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(15);

    private readonly SemaphoreSlim _turn = new(1);
    private Dictionary<uint, uint> _channels = [];
    private LiveWish _wish = LiveWish.Nothing;
    private ClientWebSocket? _socket;

    public ClusterMember Member => member;

    public async Task WishAsync(LiveWish wish, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            _wish = wish;
            if (_socket is { } socket)
                await socket.SendAsync(wish.Write(), WebSocketMessageType.Text, true, cancellationToken);
        }
        catch (Exception broken) when (IsBroken(broken, cancellationToken))
        {
            // The next connection begins with the wish.
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Runs until the socket ends, or nothing of that node is wished any more.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var isTold = false;
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                isTold &= !await RelayAsync(cancellationToken);
            }
            catch (Exception broken) when (IsBroken(broken, cancellationToken))
            {
                // Said below.
            }

            if (!isTold)
            {
                foreach (var (recorder, preview) in _wish.Watch)
                    await outlet.TellAsync(new LiveEnded(recorder, outlet.NewChannel(), $"Node {member.Name}, which has the recorder, does not answer.", preview), WallJson.Plain.LiveEnded);
            }

            isTold = true;
            await Task.Delay(RetryAfter, time, cancellationToken);
        }
    }

    // A receive that the missing answer to a beat ends is cancelled, or finds the socket gone.
    private static bool IsBroken(Exception failed, CancellationToken cancellationToken) =>
        failed is WebSocketException or HttpRequestException or IOException or OperationCanceledException or ObjectDisposedException
        && !cancellationToken.IsCancellationRequested;

    // Whether anything came.
    private async Task<bool> RelayAsync(CancellationToken cancellationToken)
    {
        using var socket = new ClientWebSocket();
        socket.Options.KeepAliveInterval = Beat;
        socket.Options.KeepAliveTimeout = Silence;
        using var invoker = new HttpMessageInvoker(new Asking(links, access), disposeHandler: true);
        var address = new UriBuilder(new Uri(member.Url, WallEndpoints.LivePath)) { Scheme = member.Url.Scheme == Uri.UriSchemeHttps ? Uri.UriSchemeWss : Uri.UriSchemeWs };
        await socket.ConnectAsync(address.Uri, invoker, cancellationToken);
        await BeginAsync(socket, cancellationToken);
        var hasCome = false;
        try
        {
            var buffer = new byte[MostText];
            while (true)
            {
                var (length, type, isWhole) = await ReceiveAsync(socket, buffer, cancellationToken);
                if (type == WebSocketMessageType.Close)
                    return hasCome;

                hasCome = true;
                if (type == WebSocketMessageType.Text)
                    await TellAsync(buffer.AsMemory(0, length));
                else if (length >= sizeof(uint))
                    await SendAsync(socket, buffer, length, isWhole, cancellationToken);
            }
        }
        finally
        {
            _socket = null;
        }
    }

    private async Task BeginAsync(ClientWebSocket socket, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            _channels = [];
            await socket.SendAsync(_wish.Write(), WebSocketMessageType.Text, true, cancellationToken);
            _socket = socket;
        }
        finally
        {
            _turn.Release();
        }
    }

    private Task TellAsync(ReadOnlyMemory<byte> text)
    {
        if (JsonNode.Parse(text.Span) is not JsonObject notice)
            return Task.CompletedTask;

        if (notice["channel"] is { } channel)
            notice["channel"] = ChannelOf(channel.GetValue<uint>());

        var changed = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(changed, new JsonWriterOptions { Encoder = ApiJson.Options.Encoder }))
            notice.WriteTo(writer);

        return outlet.TellAsync(changed.WrittenMemory);
    }

    private async Task SendAsync(ClientWebSocket socket, byte[] buffer, int length, bool isWhole, CancellationToken cancellationToken)
    {
        var channel = ChannelOf(BinaryPrimitives.ReadUInt32BigEndian(buffer));
        List<ReadOnlyMemory<byte>> segments = [buffer.AsMemory(sizeof(uint), length - sizeof(uint))];
        while (!isWhole)
        {
            var more = new byte[buffer.Length];
            (length, _, isWhole) = await ReceiveAsync(socket, more, cancellationToken);
            segments.Add(more.AsMemory(0, length));
        }

        await outlet.SendAsync(channel, segments);
    }

    private uint ChannelOf(uint theirs)
    {
        if (!_channels.TryGetValue(theirs, out var ours))
            _channels.Add(theirs, ours = outlet.NewChannel());

        return ours;
    }

    // Until the buffer is full or the message ends.
    private static async Task<(int Length, WebSocketMessageType Type, bool IsWhole)> ReceiveAsync(
        ClientWebSocket socket, byte[] buffer, CancellationToken cancellationToken)
    {
        var length = 0;
        while (true)
        {
            var received = await socket.ReceiveAsync(buffer.AsMemory(length), cancellationToken);
            length += received.Count;
            if (received.EndOfMessage || received.MessageType == WebSocketMessageType.Close || length == buffer.Length)
                return (length, received.MessageType, received.EndOfMessage);
        }
    }

    // Says for whom is asked, which a WebSocket's own request cannot.
    private sealed class Asking(PeerLinks links, Access access) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.Options.Set(SealingHandler.Asking, access);
            return links.Invoker.SendAsync(request, cancellationToken);
        }
    }
}
