using System.Net.Sockets;

namespace Recorder.Actors.Capture;

/// <summary>Carries bytes both ways between two connections until either side ends.</summary>
internal static class StreamCarrier
{
    private const int BlockSize = 64 << 10;

    /// <summary>Returns when both ways have ended.</summary>
    public static async Task CarryAsync(Stream one, Stream other, CancellationToken cancellationToken)
    {
        using var carrying = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAll(CopyAsync(one, other, carrying), CopyAsync(other, one, carrying)).ConfigureAwait(false);
    }

    // The end of one way ends the other: what was copied so far is on its way.
    private static async Task CopyAsync(Stream from, Stream to, CancellationTokenSource carrying)
    {
        try
        {
            await from.CopyToAsync(to, BlockSize, carrying.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // A side went away, or the other way ended first.
        }
        finally
        {
            await carrying.CancelAsync().ConfigureAwait(false);
        }
    }
}
