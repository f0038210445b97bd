using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Recorder.Actors.Takes;
using Recorder.Node.Cli.Client;
using Recorder.Node.Cli.Terminal;
using Recorder.Node.Media;

namespace Recorder.Node.Cli.Takes;

/// <summary>
/// Fetches files of an export from its node. One that was interrupted goes on where it ended; a file is not there under its name before its hash was
/// checked.
/// </summary>
/// <param name="ledger">Which files of the folder are of this export, and may be replaced.</param>
internal sealed class TakeDownload(NodeClient client, CommandOutput console, string folder, bool force, ExportLedger ledger)
{
    private const int LongestName = 255;

    /// <param name="export">The path of the export.</param>
    /// <returns>Why there is no file; null when there is.</returns>
    /// <exception cref="NodeException">The node does not answer, or the folder cannot be written; what was fetched is kept.</exception>
    public async Task<string?> FetchAsync(string export, string? name, long bytes, string sha256, CancellationToken cancellationToken)
    {
        if (name is null || !IsFileName(name))
            return $"The node names a file '{name}', which is not the name of a file, so it was not fetched.";

        var path = $"{export}/files/{Uri.EscapeDataString(name)}";
        var target = Path.Combine(folder, name);
        var part = target + ".part";
        try
        {
            if (File.Exists(target))
            {
                if (await IsAsync(target, bytes, sha256, cancellationToken))
                    return null;

                if (!MayReplace(name))
                    return $"'{target}' already exists. Choose another folder, or replace it with --force.";
            }

            if (File.Exists(part) && !MayReplace(name))
                return $"'{part}' already exists, and is not of an earlier run of this export. Choose another folder, or replace it with --force.";

            ledger.Begin(name, sha256);
            var isWhole = await ContinueAsync(path, part, (name, bytes, sha256), cancellationToken) && await IsAsync(part, bytes, sha256, cancellationToken);
            if (!isWhole)
            {
                // What was there before was of another file.
                File.Delete(part);
                isWhole = await ContinueAsync(path, part, (name, bytes, sha256), cancellationToken) && await IsAsync(part, bytes, sha256, cancellationToken);
            }

            if (!isWhole)
            {
                File.Delete(part);
                return "The bytes that arrived are not those that the node wrote; export it again.";
            }

            File.Move(part, target, overwrite: true);
            return null;
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            throw new NodeException($"Cannot write '{target}': {failed.Message} What was fetched is kept: start the same command again to go on.", failed);
        }
        finally
        {
            console.SetLive([]);
        }
    }

    /// <summary>Whether a name that a node states is that of a file in the folder, and of one that an export can have.</summary>
    internal static bool IsFileName(string name) =>
        name.Length > 0 && Encoding.UTF8.GetByteCount(name) <= LongestName && name[0] != '.' && name.AsSpan().IndexOfAny(SlateCheck.Forbidden) < 0
        && !name.Any(char.IsControl);

    private bool MayReplace(string name) => force || ledger.Owns(name);

    // The bytes that are there are not fetched again.
    private async Task<bool> ContinueAsync(string path, string part, (string Name, long Bytes, string Sha256) file, CancellationToken cancellationToken)
    {
        await using var target = new FileStream(part, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read, bufferSize: 0, useAsync: true);
        if (target.Length > file.Bytes)
            target.SetLength(0);
        if (target.Length == file.Bytes)
            return true;

        using var response = await client.OpenAsync(() => RequestOf(path, target.Length, file.Sha256), cancellationToken);
        if (response.StatusCode != HttpStatusCode.PartialContent)
            target.SetLength(0);

        target.Position = target.Length;
        await using var source = await response.Content.ReadAsStreamAsync(cancellationToken);
        var bytes = await new Download(client, console).CopyAsync(source, target, target.Length, file.Bytes, file.Name, cancellationToken);
        target.Flush(flushToDisk: true);
        return bytes == file.Bytes
            ? true
            : throw new NodeException($"The node at {client.Address} closed the connection. What was fetched is kept: start the same command again to go on.");
    }

    private static HttpRequestMessage RequestOf(string path, long from, string sha256)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (from > 0)
        {
            request.Headers.Range = new RangeHeaderValue(from, null);
            request.Headers.IfRange = new RangeConditionHeaderValue(new EntityTagHeaderValue($"\"{sha256}\""));
        }

        return request;
    }

    private static async Task<bool> IsAsync(string path, long bytes, string sha256, CancellationToken cancellationToken)
    {
        await using var file = File.OpenRead(path);
        return file.Length == bytes && Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellationToken)) == sha256;
    }
}
