using Microsoft.Win32.SafeHandles;

namespace Recorder.Media.Scanning;

/// <summary>What of the end of an extent is whole.</summary>
/// <param name="End">Where the last whole fragment ends; where the scan began when there is none.</param>
/// <param name="Starts">Time of the first sample there, counted from the extent's first; null without media.</param>
/// <param name="Ends">Time where the last one ends.</param>
/// <param name="Key">Whether the first sample can be decoded without an earlier one.</param>
internal sealed record ExtentScan(long End, TimeSpan? Starts, TimeSpan? Ends, bool Key)
{
    // Longer than any element that a recorder writes: a length beyond it is damage, not to be believed.
    private const long LongestElement = 1L << 30;
    private const int ZerosThatNobodyWrites = 512;

    /// <summary>Looks at an extent from a boundary between fragments on; of what is before, only the header and the first fragment.</summary>
    public static ExtentScan Of(string path, long from)
    {
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        return path.EndsWith(".mp4", StringComparison.Ordinal) ? Mp4Scan.Run(file, from) : MatroskaScan.Run(file, from);
    }

    public static byte[]? Bytes(SafeFileHandle file, long offset, long length)
    {
        if (length is < 0 or > LongestElement || offset + length > RandomAccess.GetLength(file))
        {
            return null;
        }

        var bytes = new byte[length];
        for (var read = 0; read < length;)
        {
            var count = RandomAccess.Read(file, bytes.AsSpan(read), offset + read);
            if (count == 0)
            {
                return null;
            }

            read += count;
        }

        return bytes;
    }

    /// <summary>Whether a range ends with bytes that a file system never got to write.</summary>
    public static bool EndsInHole(SafeFileHandle file, long end, long length)
    {
        var tail = length < ZerosThatNobodyWrites ? null : Bytes(file, end - ZerosThatNobodyWrites, ZerosThatNobodyWrites);
        return tail is not null && !tail.AsSpan().ContainsAnyExcept((byte)0);
    }
}

/// <summary>The samples of each track that a scan came by, in the extent's own time.</summary>
internal sealed class ScannedTracks
{
    private readonly Dictionary<long, Track> _tracks = [];

    /// <summary>A track of the header.</summary>
    /// <param name="id">As the fragments name it.</param>
    /// <param name="isVideo">Whether it has pictures.</param>
    public Track Add(long id, bool isVideo) => _tracks[id] = new Track(isVideo);

    public Track? Find(long id) => _tracks.GetValueOrDefault(id);

    /// <summary>What came so far was before the part that is asked about.</summary>
    public void BeginTail()
    {
        foreach (var track in _tracks.Values)
        {
            track.BeginTail();
        }
    }

    public ExtentScan Result(long end)
    {
        // As recorded: the first track with pictures tells the time, where it has samples; else whichever does.
        var track = _tracks.Values.Where(track => track.Begins is not null)
            .OrderByDescending(track => track.IsVideo).ThenByDescending(track => track.Ends).FirstOrDefault();
        return track is null
            ? new ExtentScan(end, null, null, Key: false)
            : new ExtentScan(end, track.Begins - track.First, track.Ends - track.First, track.Key || !_tracks.Values.Any(other => other.IsVideo));
    }

    internal sealed class Track(bool isVideo)
    {
        public bool IsVideo => isVideo;

        /// <summary>Ticks a second of the times that are noted.</summary>
        public double Timescale { get; set; } = 1;

        public long DefaultDuration { get; set; }

        public uint DefaultFlags { get; set; }

        public TimeSpan? First { get; private set; }

        public TimeSpan? Begins { get; private set; }

        public TimeSpan Ends { get; private set; }

        public bool Key { get; private set; }

        public void Note(long begin, long end, bool key)
        {
            var time = TimeSpan.FromSeconds(begin / Timescale);
            First ??= time;
            if (Begins is null)
            {
                (Begins, Key) = (time, key);
            }

            var ends = TimeSpan.FromSeconds(end / Timescale);
            Ends = ends > Ends ? ends : Ends;
        }

        public void BeginTail() => Begins = null;
    }
}
