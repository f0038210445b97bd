using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Recorder.Node.Tests.HyperDeck;

/// <summary>A client that sees every byte.</summary>
internal sealed class DeckClient : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TcpClient _client = new();
    private StreamReader _reader = StreamReader.Null;

    public static async Task<DeckClient> ConnectAsync(IPEndPoint address, int receiveBuffer = 0)
    {
        var client = new DeckClient();
        if (receiveBuffer > 0)
            client._client.ReceiveBufferSize = receiveBuffer;

        await client._client.ConnectAsync(address);
        client._reader = new StreamReader(client._client.GetStream(), Encoding.UTF8);
        return client;
    }

    public Task SendAsync(string text) => _client.GetStream().WriteAsync(Encoding.UTF8.GetBytes(text)).AsTask();

    /// <summary>The next message, its lines joined by " | "; null when the connection is closed.</summary>
    public async Task<string?> ReadAsync()
    {
        var lines = new List<string>();
        while (await LineAsync() is { } line)
        {
            if (line.Length > 0)
                lines.Add(line);
            if (lines.Count > 0 && (line.Length == 0 || !lines[0].Contains(':')))
                return string.Join(" | ", lines);
        }

        return null;
    }

    public async Task<string?> AskAsync(string command)
    {
        await SendAsync(command + "\r\n");
        return await ReadAsync();
    }

    public void Dispose()
    {
        _reader.Dispose();
        _client.Dispose();
    }

    private async Task<string?> LineAsync()
    {
        try
        {
            using var limit = new CancellationTokenSource(Patience);
            return await _reader.ReadLineAsync(limit.Token);
        }
        catch (IOException)
        {
            // Reset: bytes were left that nobody read.
            return null;
        }
    }
}
