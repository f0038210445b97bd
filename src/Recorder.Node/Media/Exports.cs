using Recorder.Actors.Retention;
using Recorder.Media.Codecs;
using Recorder.Media.Export;

namespace Recorder.Node.Media;

/// <summary>The exports under way. A finished file has its index in front or a rewritten header, so it is made beside the
/// recordings and sent when it is whole. Files that a crash left are deleted at the next start. Exports use only the space above
/// <see cref="RetentionOptions.MinimumFree"/> and are cancelled when recordings need it: no recording is removed for an
/// export.</summary>
internal sealed class Exports : IDisposable
{
    public const int Most = 2;

    /// <summary>The longest interval. The index of all packets is in memory while the file is made.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromHours(24);

    public static readonly TimeSpan LongestTranscoded = TimeSpan.FromHours(2);

    // Space that recordings may need while an export is made.
    private const long Spared = 64L << 20;

    internal static readonly TimeSpan CheckInterval = TimeSpan.FromSeconds(1);

    private readonly string _folder;
    private readonly RetentionOptions _retention;
    private readonly CancellationToken _ending;
    private readonly ITimer _checks;
    private readonly Lock _gate = new();
    private readonly List<Export> _running = [];

    public Exports(string dataFolder, RetentionOptions retention, TimeProvider time, CancellationToken cancellationToken)
    {
        (_folder, _retention, _ending) = (FolderIn(dataFolder), retention, cancellationToken);
        if (Directory.Exists(_folder))
            Directory.Delete(_folder, recursive: true);

        _checks = time.CreateTimer(static exports => ((Exports)exports!).Check(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _running.Count(export => !export.IsMade);
            }
        }
    }

    public MediaLimits Limits { get; init; } = MediaLimits.Default;

    /// <summary>A node has its codecs once it has started.</summary>
    public Func<IMediaCodecs> Codecs { get; init; } = static () => InProcessCodecs.Default;

    /// <summary>Measures the bytes that exports occupy on the recordings' volume for a time.</summary>
    public static Func<long> BytesHeld(string dataFolder)
    {
        var folder = FolderIn(dataFolder);
        return Mount(folder) == Mount(Path.Combine(dataFolder, "recordings")) ? () => BytesIn(folder) : () => 0;
    }

    /// <summary>The caller disposes the export. One at a time may transcode, because it occupies a processor.</summary>
    public Export Begin(ExportPlan plan, bool transcode = false) => Begin(plan.Bytes, plan.Duration, transcode);

    /// <param name="bytes">What is to be copied; a little more is promised.</param>
    /// <param name="duration">The longest of what is to be encoded.</param>
    public Export Begin(long bytes, TimeSpan duration, bool transcode)
    {
        if (transcode && duration > LongestTranscoded)
        {
            throw new ProblemException(Problem.NotSupported(
                $"The interval has {duration.TotalHours:0.0} h, but at most {LongestTranscoded.TotalHours:0} h can be transcoded; set 'from' and 'to', "
                + "and export parts."));
        }

        Directory.CreateDirectory(_folder);
        lock (_gate)
        {
            if (transcode && _running.Exists(export => export is { Transcodes: true, IsMade: false }))
                throw new ProblemException(Problem.Exhausted("An export is being encoded, and this node encodes one at a time: try again later."));

            if (_running.Count(export => !export.IsMade) >= Most)
                throw new ProblemException(Problem.Exhausted($"{Most} exports are running, the most that this node allows; try again later."));

            // In another container each frame may need a few bytes more.
            bytes += (bytes / 20) + Spared;
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

    public void Dispose() => _checks.Dispose();

    internal static Problem NoRoom(string detail) => Problem.Exhausted(detail) with { Status = 507 };

    internal static Problem TooLarge(FFmpegException refused) =>
        Problem.NotSupported($"The recording exceeds this node's limits: {refused.Message.TrimEnd('.')} (maxTracks, maxPixels).");

    // Recordings grow while exports are made and sent. If space is short, the newest export is cancelled, one at a time; before them those
    // that only wait to be fetched.
    private void Check()
    {
        Export? wanting = null;
        var hasOutgrown = false;
        lock (_gate)
        {
            if (_running.Count > 0 && !_running.Exists(export => export.GivesWay))
            {
                var (free, total) = _retention.Space(_folder);
                wanting = _running.Find(export => export.Unwritten < 0);
                hasOutgrown = wanting is not null;
                wanting ??= free >= _retention.MinimumFreeOf(total) ? null : _running.FindLast(export => export.IsMade) ?? _running[^1];
            }
        }

        wanting?.GiveWay(hasOutgrown);
    }

    private static string FolderIn(string dataFolder) => Path.Combine(Path.GetFullPath(dataFolder), "exports");

    private static string Mount(string folder) => DriveInfo.GetDrives().Select(drive => drive.Name)
        .Where(name => $"{folder}/".StartsWith(name.EndsWith('/') ? name : name + '/', StringComparison.Ordinal)).MaxBy(name => name.Length) ?? "/";

    internal static long BytesIn(string folder)
    {
        try
        {
            return new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => Export.LengthOf(file));
        }
        catch (DirectoryNotFoundException)
        {
            // It was deleted meanwhile.
            return 0;
        }
    }

    private void End(Export export)
    {
        lock (_gate)
        {
            _running.Remove(export);
            if (_running.Count == 0)
                _checks.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }
}
