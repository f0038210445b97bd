using System.Net.Sockets;

namespace Recorder.Actors.Capture;

internal static class StreamCarrier
{
    private const int BlockSize = 64 << 10;

    public static async Task CarryAsync(Stream one, Stream other, CancellationToken cancellationToken)
    {
        using var carrying = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAll(CopyAsync(one, other, carrying), CopyAsync(other, one, carrying)).ConfigureAwait(false);
    }

    // The end of one direction cancels the other; bytes already copied are still sent.
    private static async Task CopyAsync(Stream from, Stream to, CancellationTokenSource carrying)
    {
        try
        {
            await from.CopyToAsync(to, BlockSize, carrying.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // One side disconnected, or the other direction ended first.
        }
        finally
        {
            await carrying.CancelAsync().ConfigureAwait(false);
        }
    }
}
