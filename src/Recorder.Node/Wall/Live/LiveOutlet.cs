using System.Buffers.Binary;
using System.Net.WebSockets;
using System.Text.Json.Serialization.Metadata;
using Recorder.FFmpeg;

namespace Recorder.Node.Wall;

/// <summary>
/// What one socket is sent, by many at once: each message is sent whole, and numbers name the channels. Whoever accepts nothing for too long is given up.
/// </summary>
internal sealed class LiveOutlet(WebSocket socket, TimeSpan timeout, TimeProvider time, CancellationToken ending) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);
    private readonly byte[] _number = new byte[sizeof(uint)];
    private uint _channels;

    /// <summary>A number that was not used on this socket before.</summary>
    public uint NewChannel() => Interlocked.Increment(ref _channels);

    public Task TellAsync<T>(T notice, JsonTypeInfo<T> type) => TellAsync(JsonSerializer.SerializeToUtf8Bytes(notice, type));

    public Task TellAsync(ReadOnlyMemory<byte> text) => InTurnAsync(() => PutAsync(text, WebSocketMessageType.Text, isLast: true));

    public Task SendAsync(uint channel, IReadOnlyList<ReadOnlyMemory<byte>> segments) => InTurnAsync(async () =>
    {
        BinaryPrimitives.WriteUInt32BigEndian(_number, channel);
        await PutAsync(_number, WebSocketMessageType.Binary, segments.Count == 0);
        for (var i = 0; i < segments.Count; i++)
            await PutAsync(segments[i], WebSocketMessageType.Binary, i == segments.Count - 1);
    });

    public void Dispose() => _turn.Dispose();

    private async Task InTurnAsync(Func<Task> send)
    {
        await _turn.WaitAsync(ending);
        try
        {
            var sending = send();
            try
            {
                await sending.WaitAsync(timeout, time, ending);
            }
            catch (Exception given) when (given is TimeoutException or OperationCanceledException)
            {
                // Its bytes are returned to a pool, so nobody may read them afterwards.
                socket.Abort();
                await sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                throw;
            }
        }
        catch (TimeoutException)
        {
            throw new WebSocketException(WebSocketError.ConnectionClosedPrematurely);
        }
        finally
        {
            _turn.Release();
        }
    }

    // A send that is cancelled ends the socket, so only the end of the socket cancels it.
    private Task PutAsync(ReadOnlyMemory<byte> bytes, WebSocketMessageType type, bool isLast)
    {
        var sent = socket.SendAsync(bytes, type, isLast, ending);
        return sent.IsCompletedSuccessfully ? Task.CompletedTask : sent.AsTask();
    }
}
