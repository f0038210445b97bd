using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Recorder.Rtsp.Tests.Sessions;

/// <summary>A camera on loopback that answers as its script says and remembers what it was sent.</summary>
internal sealed class ScriptedCamera : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentBag<CameraClient> _clients = [];

    public ScriptedCamera(params string[] media)
    {
        if (media.Length > 0)
            Script.Sdp = CameraScript.Describe(media);

        _listener.Start(1000);
        new Thread(Accept) { IsBackground = true, Name = "camera" }.Start();
    }

    public CameraScript Script { get; } = new();

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public string Url => $"rtsp://127.0.0.1:{Port}/cam";

    public ConcurrentQueue<CameraRequest> Requests { get; } = new();

    public IEnumerable<string> Methods => Requests.Select(it => it.Method);

    /// <summary>Sends the bytes of an answer; all at once unless a spec says otherwise.</summary>
    public Action<Socket, byte[]> Sends { get; set; } = (socket, bytes) => socket.Send(bytes);

    /// <summary>Whether the connection stays open after TEARDOWN.</summary>
    public bool StaysOpen { get; set; }

    public int Connections => _clients.Count;

    /// <summary>The only connection, or one of them.</summary>
    public CameraClient Client => _clients.First();

    /// <summary>Waits for something that happens on another thread.</summary>
    public static void WaitFor(Func<bool> condition, string what) =>
        SpinWait.SpinUntil(condition, TimeSpan.FromSeconds(10)).ShouldBeTrue(what);

    public CameraRequest Await(string method)
    {
        WaitFor(() => Methods.Contains(method), $"no {method} arrived");
        return Requests.First(it => it.Method == method);
    }

    public void Dispose()
    {
        _listener.Dispose();
        foreach (var client in _clients)
            client.Dispose();
    }

    private void Accept()
    {
        try
        {
            while (true)
            {
                var client = new CameraClient(this, _listener.AcceptSocket());
                _clients.Add(client);
                new Thread(client.Run, maxStackSize: 256 << 10) { IsBackground = true, Name = "camera client" }.Start();
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // The spec is over.
        }
    }
}
