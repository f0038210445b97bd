using Recorder.Actors.Playback;
using Recorder.Contracts;
using Recorder.FFmpeg;
using Recorder.Node.Cli.Client;
using Recorder.Node.Configuration;
using Recorder.Node.Http;
using Recorder.Node.Media;

namespace Recorder.Node.Cli.Library;

/// <summary>An export made in this process from a data folder, whether a node runs on it or not.</summary>
internal static class FolderExport
{
    /// <summary>Makes the file; it lies in <c>FILE.part</c> until it is whole. Blocks its thread.</summary>
    /// <returns>The bytes.</returns>
    /// <exception cref="NodeException">There is no such recording or interval, it cannot be read, or the file cannot be written.</exception>
    public static async Task<long> ToFileAsync(
        string data, string key, (string? From, string? To) interval, string file, (bool Force, bool Transcode) how, CancellationToken cancellationToken)
    {
        var part = file + ".part";
        try
        {
            var library = new MediaLibrary(new ServeOptions { DataFolder = data });
            var recording = library.Open(key);
            var from = await MediaQuery.ReadAsync(interval.From, MediaQuery.From, library, recording, cancellationToken);
            var to = await MediaQuery.ReadAsync(interval.To, MediaQuery.To, library, recording, cancellationToken);
            var plan = await ExportEndpoints.PlanOfAsync(recording, from, to, library, cancellationToken) ?? throw PlaybackEndpoints.NoMedia(recording);
            ExportWriter.Write(plan, new ExportFormat(ContainerOf(file), how.Transcode), part, cancellationToken);
            File.Move(part, file, how.Force);
            return new FileInfo(file).Length;
        }
        catch (Exception failed) when (failed is ProblemException or ExportRefusedException)
        {
            throw new NodeException(failed.Message, failed);
        }
        catch (FFmpegException unreadable)
        {
            throw new NodeException($"'{key}' cannot be exported: {unreadable.Message}", unreadable);
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            throw new NodeException($"'{file}' cannot be written: {failed.Message}", failed);
        }
        finally
        {
            File.Delete(part);
        }
    }

    private static MediaContainer ContainerOf(string file) => Path.GetExtension(file).ToLowerInvariant() switch
    {
        ".mp4" => MediaContainer.Mp4,
        ".webm" => MediaContainer.WebM,
        _ => MediaContainer.Matroska,
    };
}
