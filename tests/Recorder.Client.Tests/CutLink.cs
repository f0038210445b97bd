using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Recorder.Client.Tests;

/// <summary>A port of loopback that leads to a node, and whose connections a spec can cut.</summary>
public sealed class CutLink : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _ending = new();
    private readonly ConcurrentDictionary<TcpClient, int> _open = new();
    private readonly Task _accepting;
    private readonly int _to;

    public CutLink(int to)
    {
        _to = to;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public string Address => $"127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    /// <summary>Connections that were made through it.</summary>
    public int Count { get; private set; }

    /// <summary>Whether new connections are closed at once.</summary>
    public bool IsCut { get; set; }

    /// <summary>What is cut off the answers: how many bytes still pass of each; null lets all pass.</summary>
    public int? PassesOnly { get; set; }

    /// <summary>Breaks every connection, in the middle of what it carries.</summary>
    public void Cut()
    {
        foreach (var (connection, _) in _open)
            connection.Close();
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        _listener.Stop();
        Cut();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _ending.Dispose();
        _listener.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_ending.IsCancellationRequested)
        {
            var from = await _listener.AcceptTcpClientAsync(_ending.Token);
            Count++;
            if (IsCut)
                from.Close();
            else
                _ = RelayAsync(from);
        }
    }

    private async Task RelayAsync(TcpClient from)
    {
        _open[from] = 0;
        using var to = new TcpClient();
        try
        {
            await to.ConnectAsync(IPAddress.Loopback, _to, _ending.Token);
            (from.NoDelay, to.NoDelay) = (true, true);
            await Task.WhenAny(CopyAsync(from, to, null), CopyAsync(to, from, PassesOnly));
        }
        catch (Exception broken) when (broken is IOException or SocketException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
            // The spec cut it, or one side ended.
        }
        finally
        {
            from.Close();
            _open.TryRemove(from, out _);
        }
    }

    private async Task CopyAsync(TcpClient from, TcpClient to, int? bytes)
    {
        var buffer = new byte[16 << 10];
        var left = bytes ?? int.MaxValue;
        while (left > 0 && await from.GetStream().ReadAsync(buffer.AsMemory(0, Math.Min(left, buffer.Length)), _ending.Token) is > 0 and var read)
        {
            await to.GetStream().WriteAsync(buffer.AsMemory(0, read), _ending.Token);
            left -= bytes is null ? 0 : read;
        }
    }
}
