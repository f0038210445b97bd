using Recorder.Media.Export;
using Recorder.Node.Cli.Client;
using Recorder.Node.Media;

namespace Recorder.Node.Cli.Library;

/// <summary>Exports from a data folder in this process. A node may be running on the folder.</summary>
internal static class FolderExport
{
    /// <summary>Writes to <c>FILE.part</c>, and renames it when it is complete. Blocks the calling thread.</summary>
    public static async Task<long> ToFileAsync(
        string data, string key, (string? From, string? To) interval, string file, (bool Force, bool Transcode) options,
        CancellationToken cancellationToken)
    {
        var part = file + ".part";
        try
        {
            var library = new MediaLibrary(new ServeOptions { DataFolder = data });
            var recording = library.Open(key);
            var from = await MediaQuery.ReadAsync(interval.From, MediaQuery.From, library, recording, cancellationToken);
            var to = await MediaQuery.ReadAsync(interval.To, MediaQuery.To, library, recording, cancellationToken);
            var plan = await ExportEndpoints.PlanOfAsync(recording, from, to, library, cancellationToken)
                ?? throw PlaybackEndpoints.NoMedia(recording);
            var extension = Path.GetExtension(file).TrimStart('.').ToLowerInvariant();
            var container = ExportEndpoints.Files.First(known => known.Extension == extension).Container;
            ExportWriter.Write(plan, new ExportFormat(container, options.Transcode), part, cancellationToken);
            File.Move(part, file, options.Force);
            return new FileInfo(file).Length;
        }
        catch (Exception failed) when (failed is ProblemException or ExportRefusedException)
        {
            throw new NodeException(failed.Message, failed);
        }
        catch (FFmpegException unreadable)
        {
            throw new NodeException($"Cannot export '{key}': {unreadable.Message}", unreadable);
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            throw new NodeException($"Cannot write '{file}': {failed.Message}", failed);
        }
        finally
        {
            File.Delete(part);
        }
    }
}
