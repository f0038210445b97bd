using System.Buffers;
using Microsoft.Win32.SafeHandles;

namespace Recorder.Actors.Playback;

/// <summary>One <c>moof</c> with its <c>mdat</c>.</summary>
/// <param name="Offset">Where it begins in its file.</param>
/// <param name="Header">Bytes of the <c>moof</c>.</param>
/// <param name="Length">Bytes of both.</param>
/// <param name="Key">Whether decoding of the reference track can begin at its first sample.</param>
internal readonly record struct Fragment(long Offset, int Header, int Length, bool Key);

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
        }
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="InvalidDataException">It is something else.</exception>
    public static FragmentMap Read(BinaryReader reader)
    {
        var length = reader.ReadInt32();
        if (length is <= 0 or > LongestHeader || !Mp4Header.TryParse(reader.ReadBytes(length), out var header))
        {
            throw new InvalidDataException("That is no map of fragments.");
        }

        var map = new FragmentMap(header!, reader.ReadInt64());
        var count = reader.ReadInt32();
        for (var i = 0; i < count; i++)
        {
            map._fragments.Add(new Fragment(reader.ReadInt64(), reader.ReadInt32(), reader.ReadInt32(), reader.ReadBoolean()));
        }

        for (var i = 0; i < count * header!.Tracks.Count; i++)
        {
            map._runs.Add(new FragmentRun(reader.ReadInt64(), reader.ReadInt64(), reader.ReadUInt32(), reader.ReadInt32()));
        }

        return map;
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

        var runs = new FragmentRun[Header.Tracks.Count];
        var key = MoofReader.Read(buffer.AsSpan(0, header), Header, runs);
        _runs.AddRange(runs);
        _fragments.Add(new Fragment(_end, header, header + (int)data, key));
        _end += header + data;
        return true;
    }
}
