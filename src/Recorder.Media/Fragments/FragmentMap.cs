using System.Buffers;
using System.Buffers.Binary;
using Recorder.Media.Mp4;
using Microsoft.Win32.SafeHandles;

namespace Recorder.Media.Fragments;

/// <summary>
/// Where the fragments of an extent are and what is in them. Grows with its file: what is known is never read again. Reads only the
/// fragments' headers. Safe to use from any thread.
/// </summary>
internal sealed partial class FragmentMap
{
    // Holds the header of nearly every fragment, and that of the mdat behind it.
    private const int UsualHeader = 4096;
    private const int LongestHeader = 4 << 20;

    private readonly Lock _gate = new();
    private readonly List<Fragment> _fragments = [];
    private readonly List<FragmentRun> _runs = [];
    private readonly List<TimeSpan> _times = [];
    private bool _hasPictures;
    private long _end;

    private FragmentMap(Mp4Header header, long end) => (Header, _end) = (header, end);

    public Mp4Header Header { get; }

    /// <summary>Fragments known.</summary>
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

    /// <summary>Reads the header of an extent; null when there is no whole one (yet), or none of fragmented MP4.</summary>
    public static FragmentMap? Open(SafeFileHandle file)
    {
        for (var size = 16 * 1024; size <= 1 << 20; size *= 4)
        {
            var buffer = ArrayPool<byte>.Shared.Rent(size);
            try
            {
                var read = RandomAccess.Read(file, buffer.AsSpan(0, size), 0);
                if (Mp4Header.TryParse(buffer.AsSpan(0, read), out var header))
                {
                    return new FragmentMap(header!, header!.Bytes.Length);
                }

                if (read < size)
                {
                    return null;
                }
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }

        return null;
    }

    /// <summary>A fragment.</summary>
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

    /// <summary>Whether it is known where key frames begin; another version of this program may not have said it.</summary>
    public bool KnowsKeys { get; private set; } = true;

    /// <summary>
    /// When a fragment begins, counted from the extent's 0: what its reference track's first sample says, and where it has none of that track,
    /// another's. Rises from fragment to fragment.
    /// </summary>
    public TimeSpan TimeOf(int index)
    {
        lock (_gate)
        {
            return _times[index];
        }
    }

    /// <summary>What a fragment holds of a track.</summary>
    /// <param name="index">The fragment.</param>
    /// <param name="track">Index of the track in the header.</param>
    public FragmentRun Run(int index, int track)
    {
        lock (_gate)
        {
            return _runs[(index * Header.Tracks.Count) + track];
        }
    }

    private static Fragment WithKeys(Fragment fragment, IReadOnlyList<int> keys, int growth) => fragment with
    {
        Growth = growth,
        FirstKey = keys.Count > 0 ? keys[0] : 0,
        MoreKeys = keys.Count > 1 ? [.. keys.Skip(1)] : null,
    };

    private void Add(Fragment fragment, ReadOnlySpan<FragmentRun> runs)
    {
        _runs.AddRange(runs);
        _fragments.Add(fragment);
        var (track, run) = (Header.Reference, runs[Header.Reference]);
        for (var other = 0; !run.Exists && other < runs.Length; other++)
        {
            (track, run) = (other, runs[other]);
        }

        var before = _times.Count == 0 ? TimeSpan.MinValue : _times[^1];
        var shown = track == Header.Reference ? Math.Max(0, _runs[track].Shown) : 0;
        var time = run.Exists ? Mp4Time.ToTime(run.Start + shown - Header.Tracks[track].Delay, Header.Tracks[track].Timescale) : TimeSpan.Zero;
        _times.Add(time > before ? time : before);
    }

    /// <summary>Reads on to the last whole fragment that ends at or before a place in the file.</summary>
    public void ReadTo(SafeFileHandle file, long end)
    {
        lock (_gate)
        {
            end = Math.Min(end, RandomAccess.GetLength(file));
            if (_end >= end)
            {
                return;
            }

            var buffer = ArrayPool<byte>.Shared.Rent(UsualHeader);
            try
            {
                while (_end < end && ReadNext(file, end, ref buffer))
                {
                }
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
    }

    /// <summary>The first fragment for which something is true that is true of all behind it.</summary>
    public static int Search(int count, Func<int, bool> holds)
    {
        var (low, high) = (0, count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = holds(middle) ? (low, middle) : (middle + 1, high);
        }

        return low;
    }

    private bool ReadNext(SafeFileHandle file, long end, ref byte[] buffer)
    {
        var read = RandomAccess.Read(file, buffer, _end);
        if (Mp4Box.ReadHeader(buffer.AsSpan(0, read), out var type, out var size) == 0 || size < 8)
        {
            return false;
        }

        if (type != Mp4Box.Moof)
        {
            // What ends a file (mfra) or stands between fragments is not of any.
            if (size > end - _end)
            {
                return false;
            }

            _end += size;
            return true;
        }

        if (size > LongestHeader || _end + size > end)
        {
            return false;
        }

        if (size + 16 > read)
        {
            ArrayPool<byte>.Shared.Return(buffer);
            buffer = ArrayPool<byte>.Shared.Rent((int)size + 16);
            read = RandomAccess.Read(file, buffer.AsSpan(0, (int)size + 16), _end);
        }

        var header = (int)size;
        if (read < header + 8 || Mp4Box.ReadHeader(buffer.AsSpan(header, read - header), out type, out var data) == 0 ||
            type != Mp4Box.Mdat || data < 8 || data > int.MaxValue - header || _end + header + data > end)
        {
            return false;
        }

        // The length of what is inserted is added to the usual header of eight bytes.
        var runs = new FragmentRun[Header.Tracks.Count];
        var facts = MoofReader.Read(buffer.AsSpan(0, header), Header, runs);
        KnowsKeys &= facts.Keys is not null && (BinaryPrimitives.ReadUInt32BigEndian(buffer.AsSpan(header)) != 1 || facts.Keys.Count == 0);
        _hasPictures |= facts.HasPictures;
        // Sound can be decoded from anywhere, but what shows pictures begins with one.
        var key = facts.HasPictures ? facts.StartsWithKey : !_hasPictures;
        Add(WithKeys(new Fragment(_end, header, header + (int)data, key), facts.Keys ?? [], facts.Growth), runs);
        _end += header + data;
        return true;
    }
}
