using System.Buffers.Binary;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Recorder.Node.Tests.Wall;

/// <summary>A page's socket: keeps what came of each channel.</summary>
internal sealed class LiveClient : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(45);

    private readonly ClientWebSocket _socket = new();

    /// <summary>All texts.</summary>
    public List<JsonNode> Texts { get; } = [];

    /// <summary>The bytes of each channel.</summary>
    public Dictionary<uint, MemoryStream> Media { get; } = [];

    public static async Task<LiveClient> OpenAsync(Uri node, string? key = null)
    {
        var client = new LiveClient();
        if (key is not null)
            client._socket.Options.SetRequestHeader("Authorization", $"Bearer {key}");

        await client._socket.ConnectAsync(new UriBuilder(node) { Scheme = "ws", Path = "/v1/wall/live" }.Uri, CancellationToken.None);
        return client;
    }

    public Task WishAsync(string json) => _socket.SendAsync(Encoding.UTF8.GetBytes(json), WebSocketMessageType.Text, true, CancellationToken.None);

    /// <summary>Reads until a text is as it is waited for.</summary>
    public async Task<JsonNode> TextAsync(Func<JsonNode, bool> isSo)
    {
        var seen = 0;
        while (true)
        {
            for (; seen < Texts.Count; seen++)
            {
                if (isSo(Texts[seen]))
                    return Texts[seen];
            }

            await ReadAsync();
        }
    }

    /// <summary>The channel of a recorder, from its latest header.</summary>
    public async Task<uint> ChannelAsync(string recorder) =>
        (await TextAsync(text => (string?)text["recorder"] == recorder && text["type"] is not null))["channel"]!.GetValue<uint>();

    public async Task UntilAsync(Func<bool> holds)
    {
        while (!holds())
            await ReadAsync();
    }

    /// <summary>Reads one message.</summary>
    public async Task ReadAsync()
    {
        using var message = new MemoryStream();
        var buffer = new byte[1 << 16];
        WebSocketReceiveResult received;
        do
        {
            received = await _socket.ReceiveAsync(buffer, CancellationToken.None).WaitAsync(Patience);
            received.MessageType.ShouldNotBe(WebSocketMessageType.Close);
            message.Write(buffer, 0, received.Count);
        }
        while (!received.EndOfMessage);

        var bytes = message.ToArray();
        if (received.MessageType == WebSocketMessageType.Text)
        {
            Texts.Add(JsonNode.Parse(bytes)!);
            return;
        }

        var channel = BinaryPrimitives.ReadUInt32BigEndian(bytes);
        if (!Media.TryGetValue(channel, out var media))
            Media.Add(channel, media = new MemoryStream());

        media.Write(bytes.AsSpan(4));
    }

    public async ValueTask DisposeAsync()
    {
        if (_socket.State == WebSocketState.Open)
            await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);

        _socket.Dispose();
    }
}
