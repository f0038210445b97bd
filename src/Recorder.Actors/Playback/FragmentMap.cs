using System.Buffers;
using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace Recorder.Actors.Playback;

/// <summary>One <c>moof</c> with its <c>mdat</c>.</summary>
/// <param name="Offset">Where it begins in its file.</param>
/// <param name="Header">Bytes of the <c>moof</c>.</param>
/// <param name="Length">Bytes of both.</param>
/// <param name="Key">Whether decoding of the reference track can begin at its first sample.</param>
internal readonly record struct Fragment(long Offset, int Header, int Length, bool Key)
{
    /// <summary>By how many bytes its header grows when it states the size of each picture.</summary>
    public int Growth { get; init; }

    /// <summary>Where its first key frame begins, counted from its beginning; 0 when it has none.</summary>
    public int FirstKey { get; init; }

    /// <summary>Where further ones begin; null for none, which is usual.</summary>
    public IReadOnlyList<int>? MoreKeys { get; init; }

    /// <summary>Key frames in it.</summary>
    public int KeyCount => (FirstKey > 0 ? 1 : 0) + (MoreKeys?.Count ?? 0);

    /// <summary>Where a key frame of it begins.</summary>
    public int KeyAt(int index) => index == 0 ? FirstKey : MoreKeys![index - 1];

    /// <summary>Key frames that begin before a place in it.</summary>
    public int KeysBefore(int place)
    {
        var count = 0;
        for (var key = 0; key < KeyCount; key++)
        {
            count += KeyAt(key) < place ? 1 : 0;
        }

        return count;
    }
}

/// <summary>What a fragment holds of one track, in the track's timescale as its extent counts it.</summary>
/// <param name="Start">Decode time of the first sample; below 0 when there is none.</param>
/// <param name="Duration">Of all samples.</param>
/// <param name="LastDuration">Of the last one.</param>
/// <param name="Shown">By how much the first one is shown after it is decoded.</param>
internal readonly record struct FragmentRun(long Start, long Duration, uint LastDuration, int Shown)
{
    public static readonly FragmentRun None = new(-1, 0, 0, 0);

    public bool Exists => Start >= 0;

    public long End => Start + Duration;

    /// <summary>The same on another timescale.</summary>
    public FragmentRun Scale(uint from, uint to) => from == to || !Exists ? this : new(
        Mp4Timeline.Rescale(Start, from, to),
        Mp4Timeline.Rescale(End, from, to) - Mp4Timeline.Rescale(Start, from, to),
        (uint)Mp4Timeline.Rescale(LastDuration, from, to),
        (int)Mp4Timeline.Rescale(Shown, from, to));
}

/// <summary>
/// Where the fragments of an extent are and what is in them. Grows with its file: what is known is never read again. Reads only the
/// fragments' headers. Safe to use from any thread.
/// </summary>
internal sealed class FragmentMap
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

    /// <summary>Writes what is known, for another node: its header and where its fragments are, in the order of <see cref="Read"/>.</summary>
    public void Write(BinaryWriter writer)
    {
        lock (_gate)
        {
            writer.Write(Header.Bytes.Length);
            writer.Write(Header.Bytes.Span);
            writer.Write(_end);
            writer.Write(_fragments.Count);
            foreach (var fragment in _fragments)
            {
                writer.Write(fragment.Offset);
                writer.Write(fragment.Header);
                writer.Write(fragment.Length);
                writer.Write(fragment.Key);
            }

            foreach (var run in _runs)
            {
                writer.Write(run.Start);
                writer.Write(run.Duration);
                writer.Write(run.LastDuration);
                writer.Write(run.Shown);
            }

            // Behind the rest: nodes of earlier versions read no further.
            writer.Write(KnowsKeys);
            foreach (var fragment in _fragments)
            {
                writer.Write(fragment.Growth);
                writer.Write(fragment.KeyCount);
                for (var key = 0; key < fragment.KeyCount; key++)
                {
                    writer.Write(fragment.KeyAt(key));
                }
            }
        }
    }

    /// <summary>Reads what <see cref="Write"/> wrote, here or in an earlier version.</summary>
    /// <exception cref="InvalidDataException">It is something else.</exception>
    public static FragmentMap Read(BinaryReader reader)
    {
        var length = reader.ReadInt32();
        if (length is <= 0 or > LongestHeader || !Mp4Header.TryParse(reader.ReadBytes(length), out var header))
        {
            throw new InvalidDataException("That is no map of fragments.");
        }

        var map = new FragmentMap(header!, reader.ReadInt64());
        var fragments = new Fragment[reader.ReadInt32()];
        for (var i = 0; i < fragments.Length; i++)
        {
            fragments[i] = new Fragment(reader.ReadInt64(), reader.ReadInt32(), reader.ReadInt32(), reader.ReadBoolean());
        }

        var runs = new FragmentRun[fragments.Length * header!.Tracks.Count];
        for (var i = 0; i < runs.Length; i++)
        {
            runs[i] = new FragmentRun(reader.ReadInt64(), reader.ReadInt64(), reader.ReadUInt32(), reader.ReadInt32());
        }

        map.KnowsKeys = reader.BaseStream.Position < reader.BaseStream.Length && reader.ReadBoolean();
        for (var i = 0; i < fragments.Length; i++)
        {
            map.Add(map.KnowsKeys ? ReadKeys(reader, fragments[i]) : fragments[i], runs.AsSpan(i * header.Tracks.Count, header.Tracks.Count));
        }

        return map;
    }

    private static Fragment ReadKeys(BinaryReader reader, Fragment fragment)
    {
        var growth = reader.ReadInt32();
        var keys = new int[reader.ReadInt32()];
        for (var key = 0; key < keys.Length; key++)
        {
            keys[key] = reader.ReadInt32();
        }

        return WithKeys(fragment, keys, growth);
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
        var time = run.Exists ? Mp4Timeline.ToTime(run.Start + shown - Header.Tracks[track].Delay, Header.Tracks[track].Timescale) : TimeSpan.Zero;
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
