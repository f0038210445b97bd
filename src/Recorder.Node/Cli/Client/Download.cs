using Recorder.Node.Cli.Terminal;

namespace Recorder.Node.Cli.Client;

internal sealed class Download(NodeClient client, CommandOutput console)
{
    private const int BufferSize = 1 << 17;

    private static readonly TimeSpan RedrawInterval = TimeSpan.FromMilliseconds(100);

    // Applies once the response has begun: preparing the file can take the node longer.
    private static readonly TimeSpan ReadTimeout = TimeSpan.FromSeconds(60);

    /// <summary>Downloads to <c>FILE.part</c>, and renames it when it is complete. It can end before the interval.</summary>
    public async Task<(long Bytes, bool EndsEarly)> ToFileAsync(
        string path, string file, bool force, CancellationToken cancellationToken)
    {
        var part = file + ".part";
        try
        {
            if (console.IsTerminal)
                console.SetLive([$"{Path.GetFileName(file)}: the node is preparing the file"]);

            using var response = await client.OpenAsync(() => new HttpRequestMessage(HttpMethod.Get, path), cancellationToken);
            var total = response.Content.Headers.ContentLength;
            await using var source = await response.Content.ReadAsStreamAsync(cancellationToken);
            long bytes;
            await using (var target =
                new FileStream(part, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0, useAsync: true))
            {
                bytes = await CopyAsync(source, target, 0, total, file, cancellationToken);
                target.Flush(flushToDisk: true);
            }

            if (bytes != (total ?? bytes))
            {
                throw new NodeException(
                    $"The node at {client.Address} closed the connection after {Quantity.Size(bytes)} of {Quantity.Size(total!.Value)}.");
            }

            File.Move(part, file, force);
            return (bytes, response.Headers.Contains("Media-Ends"));
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            throw new NodeException($"Cannot write '{file}': {failed.Message}", failed);
        }
        finally
        {
            console.SetLive([]);
            Remove(part);
        }
    }

    private static void Remove(string part)
    {
        try
        {
            File.Delete(part);
        }
        catch (Exception stays) when (stays is IOException or UnauthorizedAccessException)
        {
            // The user is told the first error only.
        }
    }

    /// <param name="bytes">How much is in the file already.</param>
    /// <returns>How much is in the file then.</returns>
    public async Task<long> CopyAsync(
        Stream source, FileStream target, long bytes, long? total, string file, CancellationToken cancellationToken)
    {
        var buffer = new byte[BufferSize];
        var drawn = 0L;
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        while (true)
        {
            timeout.CancelAfter(ReadTimeout);
            int read;
            try
            {
                read = await source.ReadAsync(buffer, timeout.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw new NodeException($"The node at {client.Address} sent no data for {Quantity.Spoken(ReadTimeout)}.");
            }
            catch (Exception broken) when (broken is IOException or HttpRequestException)
            {
                throw new NodeException($"The connection to the node at {client.Address} was lost: {broken.Message}", broken);
            }

            if (read == 0)
                return bytes;

            if (read > total - bytes)
                throw new NodeException($"The node at {client.Address} sends more of '{TextTable.Clean(Path.GetFileName(file))}' than the {total} bytes that it announced.");

            await target.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            bytes += read;
            if (console.IsTerminal && total is { } all && Environment.TickCount64 - drawn > RedrawInterval.TotalMilliseconds)
            {
                drawn = Environment.TickCount64;
                console.SetLive([Bar(Path.GetFileName(file), bytes, all, console.Size.Width)]);
            }
        }
    }

    internal static string Bar(string name, long bytes, long total, int width)
    {
        var share = total == 0 ? 1 : (double)bytes / total;
        return Bar(name, share, $"{share * 100,3:0} %  {Quantity.Size(bytes)} of {Quantity.Size(total)}", width);
    }

    internal static string Bar(string name, double share, string figures, int width)
    {
        var room = Math.Min(40, width - name.Length - figures.Length - 6);
        var text = room < 5
            ? $"{name}  {figures}"
            : $"{name}  {new string('━', (int)(share * room))}{new string('─', room - (int)(share * room))}  {figures}";
        return text.Length < width ? text : text[..Math.Max(0, width - 1)];
    }
}
