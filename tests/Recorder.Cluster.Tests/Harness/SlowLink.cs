using System.Net;
using System.Net.Sockets;

namespace Recorder.Cluster.Tests.Harness;

/// <summary>
/// A link that delays what goes through it, and now and then breaks: for kernels without netem. Listens on a port of loopback and passes on to
/// another.
/// </summary>
public sealed class SlowLink : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly CancellationTokenSource _ending = new();
    private readonly Random _random;
    private readonly int _to;
    private volatile TaskCompletionSource _whole = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _accepting;

    /// <param name="to">The port that it leads to.</param>
    /// <param name="seed">Of its delays and breaks.</param>
    /// <param name="from">Where it listens; null is any port.</param>
    public SlowLink(int to, int seed, IPEndPoint? from = null)
    {
        (_to, _random, _listener) = (to, new Random(seed), new TcpListener(from ?? new IPEndPoint(IPAddress.Loopback, 0)));
        _whole.SetResult();
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Whether it is slow and breaks just now.</summary>
    public bool IsDisturbed { get; set; }

    /// <summary>Connections that it broke.</summary>
    public int Broken { get; private set; }

    /// <summary>From here on nothing gets through, and nobody is told.</summary>
    public void Cut() => _whole = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Heal() => _whole.TrySetResult();

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        _listener.Stop();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _ending.Dispose();
        _listener.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_ending.IsCancellationRequested)
            _ = RelayAsync(await _listener.AcceptTcpClientAsync(_ending.Token));
    }

    private async Task RelayAsync(TcpClient from)
    {
        using (from)
        using (var to = new TcpClient())
        {
            try
            {
                await _whole.Task.WaitAsync(_ending.Token);
                await to.ConnectAsync(IPAddress.Loopback, _to, _ending.Token);
                (from.NoDelay, to.NoDelay) = (true, true);
                await Task.WhenAny(CopyAsync(from.GetStream(), to.GetStream()), CopyAsync(to.GetStream(), from.GetStream()));
            }
            catch (Exception broken) when (broken is IOException or SocketException or OperationCanceledException)
            {
                // So does the other side.
            }
        }
    }

    private async Task CopyAsync(NetworkStream from, NetworkStream to)
    {
        var buffer = new byte[16 << 10];
        while (await from.ReadAsync(buffer, _ending.Token) is > 0 and var read)
        {
            await _whole.Task.WaitAsync(_ending.Token);
            if (IsDisturbed)
            {
                var (delay, breaks) = Draw();
                if (breaks)
                {
                    Broken++;
                    return;
                }

                await Task.Delay(delay, _ending.Token);
            }

            await to.WriteAsync(buffer.AsMemory(0, read), _ending.Token);
        }
    }

    private (int Delay, bool Breaks) Draw()
    {
        lock (_random)
        {
            return (10 + _random.Next(50), _random.Next(150) == 0);
        }
    }
}
