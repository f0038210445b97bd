using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Recorder.Node.HyperDeck;

/// <summary>Serves one deck by the HyperDeck Ethernet Protocol. The protocol has no passwords, so that only clients of certain networks may connect.</summary>
internal sealed partial class DeckServer : IAsyncDisposable
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private readonly IDeck _deck;
    private readonly DeckServerOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Socket _listener;
    private readonly CancellationTokenSource _ending = new();
    private readonly Lock _gate = new();
    private readonly HashSet<Task> _clients = [];
    private readonly Task _accepting;

    /// <summary>Listens from now on.</summary>
    /// <exception cref="SocketException">It cannot listen there.</exception>
    public DeckServer(IDeck deck, DeckServerOptions options, TimeProvider time, ILogger logger)
    {
        (_deck, _options, _time, _logger) = (deck, options, time, logger);
        _listener = new Socket(options.Listen.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (options.Listen.AddressFamily == AddressFamily.InterNetworkV6)
                _listener.DualMode = true;

            _listener.Bind(options.Listen);
            _listener.Listen();
        }
        catch
        {
            _listener.Dispose();
            _ending.Dispose();
            throw;
        }

        Address = (IPEndPoint)_listener.LocalEndPoint!;
        _accepting = Task.Run(AcceptAsync);
    }

    /// <summary>With the actual port.</summary>
    public IPEndPoint Address { get; }

    public int Clients
    {
        get
        {
            lock (_gate)
            {
                return _clients.Count;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        _listener.Dispose();
#pragma warning disable VSTHRD003 // Both run on the thread pool since the constructor and the clients' arrival.
        await _accepting;
        Task[] left;
        lock (_gate)
        {
            left = [.. _clients];
        }

        await Task.WhenAll(left);
#pragma warning restore VSTHRD003
        _ending.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_ending.IsCancellationRequested)
        {
            try
            {
                Admit(await _listener.AcceptAsync(_ending.Token));
            }
            catch (Exception ended) when (ended is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException failed)
            {
                LogNotAccepted(Address.ToString(), failed.Message);
                await Task.Delay(RetryAfter, _time, _ending.Token).ContinueWith(_ => { }, TaskScheduler.Default);
            }
        }
    }

    private void Admit(Socket socket)
    {
        if (socket.RemoteEndPoint is not IPEndPoint client)
        {
            socket.Dispose();
            return;
        }

        lock (_gate)
        {
            if (_options.Allows(client.Address) && _clients.Count < _options.MostClients)
            {
                var serving = Task.Run(() => ServeAsync(socket));
                _clients.Add(serving);
                _ = serving.ContinueWith(Forget, TaskScheduler.Default);
                return;
            }
        }

        Reject(socket, client);
    }

    private void Forget(Task served)
    {
        lock (_gate)
        {
            _clients.Remove(served);
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        try
        {
            using var connection = new DeckConnection(socket, _deck, _options.WriteTimeout, _time, _logger);
            await connection.RunAsync(_ending.Token);
        }
#pragma warning disable CA1031 // A client that makes one connection fail must not end the others.
        catch (Exception failed)
#pragma warning restore CA1031
        {
            LogFailed(failed);
            socket.Dispose();
        }
    }

    private void Reject(Socket socket, IPEndPoint client)
    {
        using (socket)
        {
            if (_options.Allows(client.Address))
                LogTooMany(client.ToString(), _options.MostClients);
            else
                LogNotAllowed(client.Address.ToString());

            try
            {
                // The buffer of a new connection has room for it.
                socket.Blocking = false;
                socket.Send(Encoding.UTF8.GetBytes(DeckAnswer.Line(DeckResult.ConnectionRejected)));
                socket.Shutdown(SocketShutdown.Send);
            }
            catch (SocketException)
            {
                // The client is gone.
            }
        }
    }

    [LoggerMessage(EventId = 7203, Level = LogLevel.Warning, Message = "Rejected the HyperDeck client {Client}, which is in none of the allowed networks; --hyperdeck-allow adds one")]
    private partial void LogNotAllowed(string client);

    [LoggerMessage(EventId = 7204, Level = LogLevel.Warning, Message = "Rejected the HyperDeck client {Client}: {Most} clients are connected already")]
    private partial void LogTooMany(string client, int most);

    [LoggerMessage(EventId = 7205, Level = LogLevel.Error, Message = "Cannot accept HyperDeck clients on {Address}, and tries again: {Cause}")]
    private partial void LogNotAccepted(string address, string cause);

    [LoggerMessage(EventId = 7206, Level = LogLevel.Error, Message = "The connection of a HyperDeck client failed")]
    private partial void LogFailed(Exception failed);
}
