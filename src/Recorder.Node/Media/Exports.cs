using Microsoft.Extensions.Hosting;
using Recorder.Actors.Playback;
using Recorder.Actors.Storage;
using Recorder.Contracts;
using Recorder.FFmpeg;
using Recorder.Node.Api;
using Recorder.Node.Serve;

namespace Recorder.Node.Media;

/// <summary>
/// The files that are being exported. A finished file has its index in front or rewrites its header, so it is made beside the recordings
/// and sent when it is whole. What a crash left there goes at the next start.
/// </summary>
internal sealed class Exports
{
    /// <summary>Most at a time.</summary>
    public const int Most = 2;

    /// <summary>Longest interval: the index of every packet is held in memory while a file is made.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromHours(24);

    /// <summary>Longest interval that is encoded anew.</summary>
    public static readonly TimeSpan LongestTranscoded = TimeSpan.FromHours(2);

    // What recordings may need while an export is made.
    private const long Spared = 64L << 20;

    private readonly string _folder;
    private readonly CancellationToken _ending;
    private readonly Lock _gate = new();
    private int _count;
    private int _transcoding;
    private long _promised;

    public Exports(ServeOptions options, IHostApplicationLifetime lifetime)
    {
        (_folder, _ending) = (Path.Combine(options.DataFolder, "exports"), lifetime.ApplicationStopping);
        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    /// <summary>Begins to make a file; dispose of what is given.</summary>
    /// <param name="plan">What it is made of.</param>
    /// <param name="transcode">Whether it is encoded anew: one at a time, of a bounded length, because it takes a processor.</param>
    /// <exception cref="ProblemException">400: it is too long to be encoded; 503: too many are made; 507: there is no room.</exception>
    public Export Begin(ExportPlan plan, bool transcode = false)
    {
        if (transcode && plan.Duration > LongestTranscoded)
        {
            throw new ProblemException(Problem.NotSupported(
                $"The interval has {plan.Duration.TotalHours:0.0} h, and at most {LongestTranscoded.TotalHours:0} are encoded anew at once: name 'from' and 'to', "
                + "and export parts."));
        }

        Directory.CreateDirectory(_folder);
        lock (_gate)
        {
            if (transcode && _transcoding > 0)
            {
                throw new ProblemException(Problem.Exhausted("An export is being encoded, and this node encodes one at a time: try again later."));
            }

            if (_count >= Most)
            {
                throw new ProblemException(Problem.Exhausted($"{Most} exports are being made, as many as this node makes: try again later."));
            }

            // Another container's frames may be longer by a few bytes each.
            var bytes = plan.Bytes + (plan.Bytes / 20) + Spared;
            var free = LocalDisk.Instance.FreeBytes(_folder);
            if (free - _promised < bytes)
            {
                throw new ProblemException(Problem.Exhausted(
                    $"The export needs {bytes >> 20} MiB below the data folder, where {Math.Max(0, free - _promised) >> 20} MiB are free: "
                    + "export a shorter interval, or make room.") with
                { Status = 507 });
            }

            _count++;
            _transcoding += transcode ? 1 : 0;
            _promised += bytes;
            return new Export(Path.Combine(_folder, Guid.NewGuid().ToString("n")), () => End(bytes, transcode), _ending);
        }
    }

    private void End(long bytes, bool transcode)
    {
        lock (_gate)
        {
            _count--;
            _transcoding -= transcode ? 1 : 0;
            _promised -= bytes;
        }
    }
}

/// <summary>One file that is made, and is gone with this.</summary>
internal sealed class Export(string path, Action end, CancellationToken stopping) : IDisposable
{
    public string Path => path;

    /// <summary>Makes the file.</summary>
    /// <exception cref="ProblemException">406: the container cannot hold it; 503: it failed.</exception>
    public async Task MakeAsync(ExportPlan plan, ExportFormat format, CancellationToken ending)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ending, stopping);
        var token = either.Token;
        try
        {
            await Task.Factory.StartNew(
                () => ExportWriter.Write(plan, format, path, token), token, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
        catch (ExportRefusedException refused)
        {
            throw new ProblemException(Problem.NotSupported(refused.Message) with { Status = 406 });
        }
        catch (Exception failed) when (failed is FFmpegException or IOException)
        {
            throw new ProblemException(Problem.Unavailable($"The export failed: {failed.Message}"));
        }
        catch (OperationCanceledException) when (!ending.IsCancellationRequested)
        {
            throw new ProblemException(Problem.Unavailable("The node is being shut down; ask it again when it is back."));
        }
    }

    public void Dispose()
    {
        try
        {
            File.Delete(path);
        }
        finally
        {
            end();
        }
    }
}
