using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;

namespace Recorder.Node.HyperDeck;

/// <summary>
/// A client's connection. Answers wait for the client to read; what it is told of its own accord does not. Messages are written one by one and whole,
/// because clients take apart what arrives at once.
/// </summary>
internal sealed partial class DeckConnection : IDisposable
{
    /// <summary>Messages that wait for the client to read.</summary>
    public const int MostWaiting = 64;

    private const int MostUnread = 64 << 10;

    // Of the system's, which grows to megabytes: enough for dozens of messages.
    private const int SendBuffer = 32 << 10;

    private readonly Channel<string> _outgoing = Channel.CreateBounded<string>(new BoundedChannelOptions(MostWaiting) { SingleReader = true });
    private readonly DeckCommandReader _reader = new();
    private readonly IDeck _deck;
    private readonly DeckSession _session;
    private readonly NetworkStream _stream;
    private readonly TimeSpan _writeTimeout;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly string _client;
    private readonly CancellationTokenSource _aborting = new();
    private Task _writing = Task.CompletedTask;

    public DeckConnection(Socket socket, IDeck deck, TimeSpan writeTimeout, TimeProvider time, ILogger logger)
    {
        (_deck, _session, _writeTimeout, _time, _logger) = (deck, new DeckSession(deck), writeTimeout, time, logger);
        socket.SendBufferSize = SendBuffer;
        socket.NoDelay = true;
        // A client whose machine is switched off does not keep its place for ever.
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        _client = socket.RemoteEndPoint?.ToString() ?? "?";
        _stream = new NetworkStream(socket, ownsSocket: true);
    }

    /// <summary>Serves the client until it leaves, or has to.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _aborting.Token);
        _outgoing.Writer.TryWrite(_session.Greeting);
        _writing = WriteAsync(ending.Token);
        try
        {
            using (_deck.Subscribe(OnChange))
                await ReadAsync(ending.Token);
        }
        catch (Exception left) when (left is IOException or SocketException or OperationCanceledException or ObjectDisposedException or ChannelClosedException)
        {
            // The client is gone, or was sent away.
        }
        finally
        {
            _outgoing.Writer.TryComplete();
#pragma warning disable VSTHRD003 // Started here.
            await _writing;
#pragma warning restore VSTHRD003
        }
    }

    public void Dispose()
    {
        _stream.Dispose();
        _aborting.Dispose();
    }

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        var buffer = new byte[DeckCommandReader.LongestLine];
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await using var watchdog = _time.CreateTimer(static source => ((CancellationTokenSource)source!).Cancel(), silence, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        try
        {
            while (true)
            {
                var length = await _stream.ReadAsync(buffer, silence.Token);
                if (length == 0)
                    return;

                ReadOnlyMemory<byte> rest = buffer.AsMemory(0, length);
                while (_reader.Read(ref rest) is { } command)
                {
                    watchdog.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
                    var reply = await _session.AnswerAsync(command, cancellationToken);
                    await _outgoing.Writer.WriteAsync(reply.Text, cancellationToken);
                    if (reply.Ends)
                    {
                        await EndAsync(buffer, cancellationToken);
                        return;
                    }

                    // It counts from the last command, not from the last byte.
                    watchdog.Change(_session.Watchdog ?? Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
                }
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested && _session.Watchdog is { } period)
        {
            LogSilent(_client, period.TotalSeconds);
        }
    }

    // Closing while bytes are unread would take the last message back from a client that has not read it.
    private async Task EndAsync(byte[] buffer, CancellationToken cancellationToken)
    {
        _outgoing.Writer.TryComplete();
#pragma warning disable VSTHRD003 // Started here. The channel is empty before its last message is written.
        await _writing.WaitAsync(cancellationToken);
#pragma warning restore VSTHRD003
        _stream.Socket.Shutdown(SocketShutdown.Send);
        using var limit = new CancellationTokenSource(_writeTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        for (int unread = 0, length; unread < MostUnread; unread += length)
        {
            length = await _stream.ReadAsync(buffer, either.Token);
            if (length == 0)
                return;
        }
    }

    private async Task WriteAsync(CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var message in _outgoing.Reader.ReadAllAsync(cancellationToken))
            {
                using var limit = new CancellationTokenSource(_writeTimeout, _time);
                using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
                try
                {
                    await _stream.WriteAsync(Encoding.UTF8.GetBytes(message), either.Token);
                }
                catch (OperationCanceledException) when (limit.IsCancellationRequested)
                {
                    Abort();
                    return;
                }
            }
        }
        catch (Exception left) when (left is IOException or OperationCanceledException or ObjectDisposedException)
        {
            await _aborting.CancelAsync();
        }
    }

    private void OnChange(DeckChange change)
    {
        foreach (var message in _session.Notifications(change))
        {
            // It also takes no more once the connection is ending.
            if (!_outgoing.Writer.TryWrite(message) && _outgoing.Reader.Count >= MostWaiting)
                Abort();
        }
    }

    private void Abort()
    {
        LogStalled(_client);
        _aborting.Cancel();
    }

    [LoggerMessage(EventId = 7201, Level = LogLevel.Warning, Message = "The HyperDeck client {Client} does not read what it is told, and was disconnected")]
    private partial void LogStalled(string client);

    [LoggerMessage(EventId = 7202, Level = LogLevel.Information, Message = "The HyperDeck client {Client} sent no command for {Seconds} s, and was disconnected by its watchdog")]
    private partial void LogSilent(string client, double seconds);
}
