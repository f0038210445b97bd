using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Hosting;
using Recorder.Actors.Catalogue;
using Recorder.Media;
using Recorder.Media.Export.Editing;
using Recorder.Node.Api;

namespace Recorder.Node.Media;

/// <summary>
/// The exports of takes that this node makes, and those that wait to be fetched. They share room and limits with the other exports; one is removed after
/// a day, when recordings need its room, and when the node ends.
/// </summary>
internal sealed class TakeExports(Exports exports, MediaLibrary library, TimeProvider time, IHostApplicationLifetime lifetime) : IDisposable
{
    private const int MostKept = 32;

    // By how much rates of the same camera may differ: 29.97 and 30 are a thousandth apart.
    private const double SameRate = 0.0005;

    private static readonly TimeSpan Kept = TimeSpan.FromDays(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, (TakeExportJob Job, ITimer Expiry)> _jobs = new(StringComparer.Ordinal);

    /// <summary>Begins an export, or returns the one that was begun with the same options and of the same state of the take.</summary>
    /// <exception cref="ProblemException">There is nothing to export, or no room for it.</exception>
    public async Task<TakeExportJob> BeginAsync(Take take, TakeExportOptions options, CancellationToken cancellationToken)
    {
        var (bytes, longest, recordings) = await MeasureAsync(take, options.Rate, cancellationToken);
        var key = KeyOf(take, options, recordings);
        lock (_gate)
        {
            // A take that records has grown since it was exported: only what is being made of it is what is asked for.
            var same = _jobs.Values.Select(job => job.Job).FirstOrDefault(
                job => job.Key == key && (job.State == TakeExportState.Making || (job.State == TakeExportState.Done && !take.IsOpen)));
            return same ?? Begin(take, options, key, bytes, longest);
        }
    }

    /// <exception cref="ProblemException">There is no such export, or not any more.</exception>
    public TakeExportJob Find(TakeId take, string id)
    {
        lock (_gate)
        {
            return _jobs.TryGetValue(id, out var found) && found.Job.Take.Id == take
                ? found.Job
                : throw new ProblemException(Problem.NotFound(
                    $"There is no export '{id[..Math.Min(id.Length, 60)]}' of take {take}: it was removed, or the node has been restarted. Export the take again."));
        }
    }

    /// <summary>Ends an export if it is being made, and deletes its files.</summary>
    public void Remove(TakeExportJob job)
    {
        lock (_gate)
        {
            if (!_jobs.Remove(job.Id, out var found))
                return;

            found.Expiry.Dispose();
        }

        job.Cancel();
    }

    public void Dispose()
    {
        lock (_gate)
        {
            foreach (var (_, expiry) in _jobs.Values)
                expiry.Dispose();
        }
    }

    private TakeExportJob Begin(Take take, TakeExportOptions options, string key, long bytes, TimeSpan longest)
    {
        if (_jobs.Count >= MostKept && _jobs.Values.Select(job => job.Job).FirstOrDefault(job => job.State != TakeExportState.Making) is { } oldest)
            Remove(oldest);

        var export = exports.Begin(options.Encode is { } encode ? (long)(bytes * GrowthOf(encode)) : bytes, longest, transcode: options.Encode is not null);
        var job = new TakeExportJob(Guid.NewGuid().ToString("n"), take, key, export);
        _jobs[job.Id] = (job, time.CreateTimer(_ => Remove(job), null, Kept, Timeout.InfiniteTimeSpan));
        var files = new TakeExport(take, library, export.Path, options with { Codecs = exports.Codecs(), Limits = exports.Limits });
        _ = Task.Run(() => MakeAndKeepAsync(job, files, options), CancellationToken.None);
        return job;
    }

    private async Task MakeAndKeepAsync(TakeExportJob job, TakeExport files, TakeExportOptions options)
    {
        try
        {
            await job.MakeAsync(files.WriteAsync, TakeExport.FilesOf(job.Take, options.Container).Select(file => file.Name), lifetime.ApplicationStopping);
            if (!job.Export.GivesWay && job.State == TakeExportState.Done)
                await job.WaitForRemovalAsync(lifetime.ApplicationStopping);
        }
        finally
        {
            job.Export.Dispose();
        }
    }

    /// <summary>
    /// How many times the bytes of the recordings are promised to encoded video. How large it becomes depends on its content; x264 makes about half of it
    /// for each 6 of its constant rate factor. Angles of the wanted rate are copied, so it is never less than once.
    /// </summary>
    internal static double GrowthOf(EditEncoding encode) => Math.Max(1, 4 * Math.Pow(2, (EditEncoding.Usual - encode.Quality) / 6.0));

    /// <summary>Whether the video is of another rate than the files, or may be: only that is encoded.</summary>
    internal static bool MayNeedEncoding(double frameRate, TimeCodeRate rate) =>
        frameRate <= 0 || Math.Abs((frameRate * rate.Denominator / rate.Numerator) - 1) > SameRate;

    private async Task<(long Bytes, TimeSpan LongestEncoded, string Recordings)> MeasureAsync(Take take, TimeCodeRate? rate, CancellationToken cancellationToken)
    {
        var wanted = new TakeTimeCode(take, rate).Rate;
        var (bytes, longest, recordings) = (0L, TimeSpan.Zero, new StringBuilder());
        foreach (var angle in take.Angles)
        {
            for (var number = 0; number < angle.Recordings.Count; number++)
            {
                try
                {
                    var (recording, plan) = await TakeExport.PlanAsync(angle, number, library, cancellationToken);
                    bytes += plan?.Bytes ?? 0;
                    var video = recording.Description.Tracks.FirstOrDefault(track => track.Kind == TrackKind.Video);
                    longest = plan?.Duration > longest && MayNeedEncoding(video?.FrameRate ?? 0, wanted) ? plan.Duration : longest;
                    recordings.Append(CultureInfo.InvariantCulture, $"{recording.Key} {(take.IsOpen ? 0 : plan?.Bytes)}\n");
                }
                catch (Exception failed) when (failed is ProblemException or IOException or UnauthorizedAccessException or CatalogueUnavailableException)
                {
                    // The export says of its file what is wrong with it.
                }
            }
        }

        return (bytes, longest, recordings.ToString());
    }

    // The figures of a take that records change each second.
    private static string KeyOf(Take take, TakeExportOptions options, string recordings)
    {
        var state = take with { Angles = [.. take.Angles.Select(angle => angle with { Times = null, Offset = null, OffsetFrames = null, TimeLeft = null, Detail = "" })] };
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{JsonSerializer.Serialize(state, ApiJsonContext.Default.Take)}\n{options.Key}\n{recordings}")));
    }
}
