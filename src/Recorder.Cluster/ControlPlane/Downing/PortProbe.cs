using System.Net.Sockets;

namespace Recorder.Cluster.ControlPlane;

/// <summary>Finds out whether a process is gone: its machine answers, and refuses a connection to its ports.</summary>
internal static class PortProbe
{
    // A process that ends closes its ports one after the other.
    private const int Times = 8;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Timeout = TimeSpan.FromMilliseconds(500);

    /// <summary>Whether all of the ports refuse a connection twice in a row, within a second. Silence, and whatever else goes wrong, says nothing.</summary>
    public static async Task<bool> AreClosedAsync(params (string Host, int Port)[] ports)
    {
        var (refused, silent) = (0, false);
        for (var time = 0; time < Times && refused < 2 && !silent; time++)
        {
            if (time > 0)
                await Task.Delay(Pause).ConfigureAwait(false);

            (refused, silent) = await ProbeAsync(ports).ConfigureAwait(false) switch
            {
                true => (refused + 1, false),
                false => (0, false),
                null => (0, true),
            };
        }

        return refused == 2;
    }

    // One after the other: a port that is open is reason enough to leave the next one alone.
    private static async Task<bool?> ProbeAsync((string Host, int Port)[] ports)
    {
        foreach (var (host, port) in ports)
        {
            if (await RefusesAsync(host, port).ConfigureAwait(false) is var refuses and not true)
                return refuses;
        }

        return true;
    }

    /// <returns>Null when nobody answers.</returns>
    private static async Task<bool?> RefusesAsync(string host, int port)
    {
        using var timeout = new CancellationTokenSource(Timeout);
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(host, port, timeout.Token).ConfigureAwait(false);
            return false;
        }
        catch (SocketException refused)
        {
            return refused.SocketErrorCode == SocketError.ConnectionRefused ? true : null;
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }
}
