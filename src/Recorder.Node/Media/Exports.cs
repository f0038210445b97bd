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

    // What recordings may need while an export is made.
    private const long Spared = 64L << 20;

    private readonly string _folder;
    private readonly CancellationToken _ending;
    private readonly Lock _gate = new();
    private int _count;
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
    /// <exception cref="ProblemException">503: too many are made; 507: there is no room.</exception>
    public Export Begin(ExportPlan plan)
    {
        Directory.CreateDirectory(_folder);
        lock (_gate)
        {
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
            _promised += bytes;
            return new Export(Path.Combine(_folder, Guid.NewGuid().ToString("n")), () => End(bytes), _ending);
        }
    }

    private void End(long bytes)
    {
        lock (_gate)
        {
            _count--;
            _promised -= bytes;
        }
    }
}

/// <summary>One file that is made, and is gone with this.</summary>
internal sealed class Export(string path, Action end, CancellationToken stopping) : IDisposable
{
    public string Path => path;

    /// <summary>Makes the file.</summary>
    /// <returns>Whether it ends before it should because what follows needs another decoder.</returns>
    /// <exception cref="ProblemException">406: the container cannot hold it; 503: it failed.</exception>
    public async Task<bool> MakeAsync(ExportPlan plan, MediaContainer container, CancellationToken ending)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ending, stopping);
        var token = either.Token;
        try
        {
            return await Task.Factory.StartNew(
                () => ExportWriter.Write(plan, container, path, token), token, TaskCreationOptions.LongRunning, TaskScheduler.Default);
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
