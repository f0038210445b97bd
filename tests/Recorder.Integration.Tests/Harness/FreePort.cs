using System.Net;
using System.Net.Sockets;

namespace Recorder.Integration.Tests.Harness;

/// <summary>
/// Ports of loopback for programs that listen a moment later, or again after they were killed. Below those that the system gives to
/// connections: else one takes the port meanwhile, now and then.
/// </summary>
internal static class FreePort
{
    private const int First = 16_000;
    private const int Count = 16_000;

    private static int _next = Random.Shared.Next(Count);

    /// <summary>A port that nothing listens on, another one each time.</summary>
    public static int Take()
    {
        while (true)
        {
            var port = First + (int)((uint)Interlocked.Increment(ref _next) % Count);
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Somebody has it: the next.
            }
        }
    }
}
