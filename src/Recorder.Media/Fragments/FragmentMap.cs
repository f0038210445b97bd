using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Recorder.Media.Mp4;

namespace Recorder.Media.Fragments;

/// <summary>
/// Where the fragments of an extent lie and what they hold. Grows with its file and reads only headers of fragments, each once.
/// Safe to use from any thread.
/// </summary>
internal sealed partial class FragmentMap
{
    private readonly Lock _gate = new();
    private readonly List<Fragment> _fragments = [];
    private readonly List<FragmentRun> _runs = [];
    private readonly List<TimeSpan> _times = [];
    private bool _hasVideo;
    private long _end;

    private FragmentMap(Mp4Header header, long end) => (Header, _end) = (header, end);

    public Mp4Header Header { get; }

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _fragments.Count;
            }
        }
    }

    /// <summary>Whether it is known where key frames begin; a map from an earlier version of this program does not say.</summary>
    public bool KnowsKeys { get; private set; } = true;

    public Fragment this[int index]
    {
        get
        {
            lock (_gate)
            {
                return _fragments[index];
            }
        }
    }

    public static FragmentMap? Open(SafeFileHandle file) =>
        Mp4Header.Read(file) is { } header ? new FragmentMap(header, header.Bytes.Length) : null;

    /// <summary>Binary search for the first index that meets a condition, which all later ones meet too; the count when none does.</summary>
    public static int Search(int count, Func<int, bool> condition)
    {
        var (low, high) = (0, count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = condition(middle) ? (low, middle) : (middle + 1, high);
        }

        return low;
    }

    /// <summary>
    /// Returns when a fragment begins, counted from the extent's 0: when the first sample of its reference track is shown, or the
    /// first of another track when it has none of that. Never decreases from one fragment to the next.
    /// </summary>
    public TimeSpan TimeOf(int index)
    {
        lock (_gate)
        {
            return _times[index];
        }
    }

    /// <summary>Returns the duration of the reference track in a fragment, or of another track in its absence.</summary>
    public TimeSpan DurationOf(int index)
    {
        lock (_gate)
        {
            var runs = CollectionsMarshal.AsSpan(_runs).Slice(index * Header.Tracks.Count, Header.Tracks.Count);
            var track = TimingTrack(runs);
            return runs[track].Exists ? Mp4Time.ToTime(runs[track].Duration, Header.Tracks[track].Timescale) : TimeSpan.Zero;
        }
    }

    public FragmentRun Run(int index, int track)
    {
        lock (_gate)
        {
            return _runs[(index * Header.Tracks.Count) + track];
        }
    }

    /// <summary>Reads on to the last whole fragment that ends at or before an offset in the file.</summary>
    public void ReadTo(SafeFileHandle file, long end)
    {
        lock (_gate)
        {
            end = Math.Min(end, RandomAccess.GetLength(file));
            if (_end >= end)
                return;

            using var reader = new FragmentReader(file, Header, _end);
            while (reader.TryRead(end, out var fragment))
            {
                KnowsKeys &= reader.Facts.Keys is not null;
                _hasVideo |= reader.Facts.HasVideo;
                // Decoding of audio can begin anywhere, but what plays video must begin with a key frame.
                Add(fragment with { Key = fragment.Key || !_hasVideo }, reader.Runs);
            }

            _end = reader.Position;
        }
    }

    private void Add(Fragment fragment, ReadOnlySpan<FragmentRun> runs)
    {
        _runs.AddRange(runs);
        _fragments.Add(fragment);
        var track = TimingTrack(runs);
        var run = runs[track];
        var before = _times.Count == 0 ? TimeSpan.MinValue : _times[^1];
        // The first frame's composition offset is used for the whole fragment, because the reordering delay is constant.
        var compositionOffset = track == Header.Reference ? Math.Max(0, _runs[track].CompositionOffset) : 0;
        var (timescale, delay) = (Header.Tracks[track].Timescale, Header.Tracks[track].Delay);
        var time = run.Exists ? Mp4Time.ToTime(run.Start + compositionOffset - delay, timescale) : TimeSpan.Zero;
        _times.Add(time > before ? time : before);
    }

    // The reference track where it has samples, else the first track that has some.
    private int TimingTrack(ReadOnlySpan<FragmentRun> runs)
    {
        var track = Header.Reference;
        for (var other = 0; !runs[track].Exists && other < runs.Length; other++)
            track = runs[other].Exists ? other : track;

        return track;
    }
}
