using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace Recorder.Media.Scanning;

/// <summary>Fragmented MP4 (ISO/IEC 14496-12): whole pairs of moof and mdat, and the times in them.</summary>
internal sealed class Mp4Scan(SafeFileHandle file)
{
    private const uint NonSync = 0x10000;
    private const uint MostSamples = 1 << 20;

    private readonly ScannedTracks _tracks = new();

    public static ExtentScan Run(SafeFileHandle file, long from) => new Mp4Scan(file).Run(from);

    private ExtentScan Run(long from)
    {
        var (hasHeader, end) = (false, 0L);
        byte[]? fragment = null;
        for (var at = 0L; BoxAt(at) is var (type, header, size) && (at >= from || end < from); at += size)
        {
            if (type == "moov" && !hasHeader)
            {
                hasHeader = ExtentScan.Bytes(file, at + header, size - header) is { } moov && TryRead(moov, ReadHeader);
            }
            else if (type == "moof")
            {
                fragment = hasHeader ? ExtentScan.Bytes(file, at + header, size - header) : null;
            }
            else if (type == "mdat")
            {
                if (fragment is null || ExtentScan.EndsInHole(file, at + size, size) || !TryRead(fragment, ReadFragment))
                {
                    break;
                }

                (fragment, end) = (null, at + size);
                if (end < from)
                {
                    // What lies between the first fragment and the tail is not looked at.
                    (at, size, end) = (from, 0, from);
                }

                if (end == from)
                {
                    _tracks.BeginTail();
                }
            }
        }

        return _tracks.Result(Math.Max(end, from));
    }

    // Null where no whole box is.
    private (string Type, int Header, long Size)? BoxAt(long at)
    {
        if (ExtentScan.Bytes(file, at, 8) is not { } head || head.AsSpan(4).ContainsAnyExceptInRange((byte)' ', (byte)'~'))
        {
            return null;
        }

        var (header, size) = (8, (long)BinaryPrimitives.ReadUInt32BigEndian(head));
        if (size == 1 && ExtentScan.Bytes(file, at + 8, 8) is { } large)
        {
            (header, size) = (16, BinaryPrimitives.ReadInt64BigEndian(large));
        }

        return size >= header && size <= RandomAccess.GetLength(file) - at ? (System.Text.Encoding.ASCII.GetString(head, 4, 4), header, size) : null;
    }

    private static bool TryRead(byte[] box, Action<ReadOnlyMemory<byte>> read)
    {
        try
        {
            read(box);
            return true;
        }
        catch (Exception exception) when (exception is ArgumentException or IndexOutOfRangeException or OverflowException)
        {
            return false;
        }
    }

    private static IEnumerable<(string Type, ReadOnlyMemory<byte> Content)> Boxes(ReadOnlyMemory<byte> content)
    {
        while (content.Length >= 8)
        {
            var size = (int)BinaryPrimitives.ReadUInt32BigEndian(content.Span);
            ArgumentOutOfRangeException.ThrowIfLessThan(size, 8);
            yield return (System.Text.Encoding.ASCII.GetString(content.Span.Slice(4, 4)), content[8..size]);
            content = content[size..];
        }
    }

    private static ReadOnlyMemory<byte> Box(ReadOnlyMemory<byte> content, string type) =>
        Boxes(content).FirstOrDefault(box => box.Type == type).Content;

    private static uint UInt32(ReadOnlyMemory<byte> content, int at) => BinaryPrimitives.ReadUInt32BigEndian(content.Span[at..]);

    private void ReadHeader(ReadOnlyMemory<byte> moov)
    {
        foreach (var (_, trak) in Boxes(moov).Where(box => box.Type == "trak"))
        {
            var (tkhd, mdia) = (Box(trak, "tkhd"), Box(trak, "mdia"));
            var (mdhd, hdlr) = (Box(mdia, "mdhd"), Box(mdia, "hdlr"));
            var track = _tracks.Add(UInt32(tkhd, tkhd.Span[0] == 1 ? 20 : 12), UInt32(hdlr, 8) == 0x76696465 /* vide */);
            track.Timescale = Math.Max(1, UInt32(mdhd, mdhd.Span[0] == 1 ? 20 : 12));
        }

        foreach (var (_, trex) in Boxes(Box(moov, "mvex")).Where(box => box.Type == "trex"))
        {
            if (_tracks.Find(UInt32(trex, 4)) is { } track)
            {
                (track.DefaultDuration, track.DefaultFlags) = (UInt32(trex, 12), UInt32(trex, 20));
            }
        }
    }

    private void ReadFragment(ReadOnlyMemory<byte> moof)
    {
        foreach (var (_, traf) in Boxes(moof).Where(box => box.Type == "traf"))
        {
            var tfhd = Box(traf, "tfhd");
            if (_tracks.Find(UInt32(tfhd, 4)) is not { } track)
            {
                continue;
            }

            var present = UInt32(tfhd, 0);
            var at = 8 + ((present & 1) != 0 ? 8 : 0) + ((present & 2) != 0 ? 4 : 0);
            var duration = (present & 8) != 0 ? UInt32(tfhd, at) : track.DefaultDuration;
            at += ((present & 8) != 0 ? 4 : 0) + ((present & 0x10) != 0 ? 4 : 0);
            var flags = (present & 0x20) != 0 ? UInt32(tfhd, at) : track.DefaultFlags;
            var tfdt = Box(traf, "tfdt");
            var time = tfdt.IsEmpty ? 0 : tfdt.Span[0] == 1 ? BinaryPrimitives.ReadInt64BigEndian(tfdt.Span[4..]) : UInt32(tfdt, 4);
            foreach (var (_, trun) in Boxes(traf).Where(box => box.Type == "trun"))
            {
                time = ReadRun(track, trun, time, duration, flags);
            }
        }
    }

    private static long ReadRun(ScannedTracks.Track track, ReadOnlyMemory<byte> trun, long time, long duration, uint flags)
    {
        var (present, count) = (UInt32(trun, 0), UInt32(trun, 4));
        var at = 8 + ((present & 1) != 0 ? 4 : 0);
        var first = (present & 4) != 0 ? UInt32(trun, at) : flags;
        at += (present & 4) != 0 ? 4 : 0;
        var width = 4 * System.Numerics.BitOperations.PopCount(present & 0xF00);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, MostSamples, nameof(trun));
        for (var sample = 0; sample < count; sample++, at += width)
        {
            var length = (present & 0x100) != 0 ? UInt32(trun, at) : duration;
            var its = (present & 0x400) == 0 ? sample == 0 ? first : flags
                : UInt32(trun, at + ((present & 0x100) != 0 ? 4 : 0) + ((present & 0x200) != 0 ? 4 : 0));
            track.Note(time, time + length, (its & NonSync) == 0);
            time += length;
        }

        return time;
    }
}
