namespace Recorder.Media.Scanning;

/// <summary>The tracks of an extent and the times of their samples that a scan has read, in the extent's own time.</summary>
internal sealed class ScannedTracks
{
    private readonly Dictionary<long, Track> _tracks = [];

    public Track Add(long id, bool isVideo, double timescale) => _tracks[id] = new Track(isVideo, timescale);

    public Track? Find(long id) => _tracks.GetValueOrDefault(id);

    /// <summary>Begins the tail, the part that was asked for: all samples so far lie before it.</summary>
    public void BeginTail()
    {
        foreach (var track in _tracks.Values)
            track.BeginTail();
    }

    public ExtentScan Result(long end)
    {
        // As while recording, video states the times; the track that ends last does when there is no video.
        var track = _tracks.Values.Where(track => track.Begins is not null)
            .OrderByDescending(track => track.IsVideo).ThenByDescending(track => track.Ends).FirstOrDefault();
        var isAnyKey = !_tracks.Values.Any(other => other.IsVideo);
        return track is null
            ? new ExtentScan(end, null, null, Key: false)
            : new ExtentScan(end, track.Begins - track.First, track.Ends - track.First, track.Key || isAnyKey);
    }

    internal sealed class Track(bool isVideo, double timescale)
    {
        public bool IsVideo => isVideo;

        public TimeSpan? First { get; private set; }

        public TimeSpan? Begins { get; private set; }

        public TimeSpan Ends { get; private set; }

        public bool Key { get; private set; }

        /// <summary>Whether a time in units of the track is too late to be anything but damage.</summary>
        public bool IsImpossible(long time) => time / timescale > TimeSpan.MaxValue.TotalSeconds / 2;

        /// <param name="begin">When they begin, in units of the track.</param>
        public void Add(long begin, long end, bool key)
        {
            var time = TimeSpan.FromSeconds(begin / timescale);
            First ??= time;
            if (Begins is null)
                (Begins, Key) = (time, key);

            var ends = TimeSpan.FromSeconds(end / timescale);
            Ends = ends > Ends ? ends : Ends;
        }

        public void BeginTail() => Begins = null;
    }
}
