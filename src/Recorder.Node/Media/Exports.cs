using Recorder.Actors.Codecs;
using Recorder.Actors.Playback;
using Recorder.Actors.Retention;
using Recorder.FFmpeg;
using Recorder.Node.Http;

namespace Recorder.Node.Media;

/// <summary>
/// The files that are being exported. A finished file has its index in front or rewrites its header, so it is made beside the recordings
/// and sent when it is whole. What a crash left there goes at the next start. Exports have what is free beyond what recordings are to have
/// (<see cref="RetentionOptions.MinimumFree"/>), and give way when those need it: no recording goes for the sake of an export.
/// </summary>
internal sealed class Exports : IDisposable
{
    /// <summary>Most at a time.</summary>
    public const int Most = 2;

    /// <summary>Longest interval: the index of every packet is held in memory while a file is made.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromHours(24);

    /// <summary>Longest interval that is encoded anew.</summary>
    public static readonly TimeSpan LongestTranscoded = TimeSpan.FromHours(2);

    // What recordings may need while an export is made.
    private const long Spared = 64L << 20;

    /// <summary>How often is looked whether exports under way leave recordings their room.</summary>
    internal static readonly TimeSpan CheckInterval = TimeSpan.FromSeconds(1);

    private readonly string _folder;
    private readonly RetentionOptions _retention;
    private readonly CancellationToken _ending;
    private readonly ITimer _checks;
    private readonly Lock _gate = new();
    private readonly List<Export> _running = [];

    /// <param name="dataFolder">The node's; exports are made below it.</param>
    /// <param name="retention">What is to stay free there.</param>
    /// <param name="time">Ticks the checks.</param>
    /// <param name="cancellationToken">Ends whatever is being made.</param>
    public Exports(string dataFolder, RetentionOptions retention, TimeProvider time, CancellationToken cancellationToken)
    {
        (_folder, _retention, _ending) = (FolderIn(dataFolder), retention, cancellationToken);
        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }

        _checks = time.CreateTimer(static exports => ((Exports)exports!).Check(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>How many are made or sent at present.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _running.Count;
            }
        }
    }

    /// <summary>What is opened of a recording at most.</summary>
    public MediaLimits Limits { get; init; } = MediaLimits.Default;

    /// <summary>Gives what encodes; a node has it once it has begun.</summary>
    public Func<IMediaCodecs> Codecs { get; init; } = static () => InProcessCodecs.Default;

    /// <summary>What exports hold at present on the volume of the recordings, and give back: a function that looks.</summary>
    public static Func<long> BytesHeld(string dataFolder)
    {
        var folder = FolderIn(dataFolder);
        return Mount(folder) == Mount(Path.Combine(dataFolder, "recordings")) ? () => BytesIn(folder) : () => 0;
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
            if (transcode && _running.Exists(export => export.Transcodes))
            {
                throw new ProblemException(Problem.Exhausted("An export is being encoded, and this node encodes one at a time: try again later."));
            }

            if (_running.Count >= Most)
            {
                throw new ProblemException(Problem.Exhausted($"{Most} exports are being made, as many as this node makes: try again later."));
            }

            // Another container's frames may be longer by a few bytes each.
            var bytes = plan.Bytes + (plan.Bytes / 20) + Spared;
            var (free, total) = _retention.Space(_folder);
            var room = Math.Max(0, free - _retention.MinimumFreeOf(total) - _running.Sum(export => export.Unwritten));
            if (room < bytes)
            {
                throw new ProblemException(NoRoom($"The export needs {bytes >> 20} MiB below the data folder, where exports may take {room >> 20} MiB more: "
                    + "the rest is kept for recordings (minFree) or promised to other exports. Export a shorter interval, or make room."));
            }

            var export = new Export(Path.Combine(_folder, Guid.NewGuid().ToString("n")), bytes, End, _ending) { Transcodes = transcode };
            _running.Add(export);
            _checks.Change(CheckInterval, CheckInterval);
            return export;
        }
    }

    /// <inheritdoc />
    public void Dispose() => _checks.Dispose();

    /// <summary>507: an export has no room.</summary>
    internal static Problem NoRoom(string detail) => Problem.Exhausted(detail) with { Status = 507 };

    /// <summary>400: what was recorded has more tracks or larger pictures than the node opens.</summary>
    internal static Problem TooLarge(FFmpegException refused) =>
        Problem.NotSupported($"What was recorded is beyond this node's limits: {refused.Message.TrimEnd('.')} (maxTracks, maxPixels).");

    // Recordings go on growing while exports are made and sent: the newest export makes room, one at a time.
    private void Check()
    {
        Export? wanting = null;
        lock (_gate)
        {
            if (_running.Count > 0 && !_running.Exists(export => export.GivesWay))
            {
                var (free, total) = _retention.Space(_folder);
                wanting = _running.Find(export => export.Unwritten < 0)
                    ?? (free < _retention.MinimumFreeOf(total) ? _running[^1] : null);
            }
        }

        wanting?.GiveWay();
    }

    private static string FolderIn(string dataFolder) => Path.Combine(Path.GetFullPath(dataFolder), "exports");

    private static string Mount(string folder) => DriveInfo.GetDrives().Select(drive => drive.Name)
        .Where(name => $"{folder}/".StartsWith(name.EndsWith('/') ? name : name + '/', StringComparison.Ordinal)).MaxBy(name => name.Length) ?? "/";

    private static long BytesIn(string folder)
    {
        try
        {
            return new DirectoryInfo(folder).EnumerateFiles().Sum(file => Export.LengthOf(file));
        }
        catch (DirectoryNotFoundException)
        {
            return 0;
        }
    }

    private void End(Export export)
    {
        lock (_gate)
        {
            _running.Remove(export);
            if (_running.Count == 0)
            {
                _checks.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            }
        }
    }
}
