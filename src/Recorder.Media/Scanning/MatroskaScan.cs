using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace Recorder.Media.Scanning;

/// <summary>Matroska and WebM (RFC 8794, RFC 9559): whole clusters, and the times in them.</summary>
internal sealed class MatroskaScan(SafeFileHandle file)
{
    private const uint Ebml = 0x1A45DFA3;
    private const uint Segment = 0x18538067;
    private const uint Info = 0x1549A966;
    private const uint Tracks = 0x1654AE6B;
    private const uint Cluster = 0x1F43B675;

    // What may stand in a segment beside clusters: SeekHead, Info, Tracks, Tags, Cues, Chapters, Attachments, Void, CRC-32.
    private static readonly uint[] Others = [0x114D9B74, Info, Tracks, 0x1254C367, 0x1C53BB6B, 0x1043A770, 0x1941A469, 0xEC, 0xBF];

    private readonly ScannedTracks _tracks = new();
    private double _scale = 1_000_000;

    public static ExtentScan Run(SafeFileHandle file, long from) => new MatroskaScan(file).Run(from);

    private ExtentScan Run(long from)
    {
        var (hasHeader, hasMedia, end) = (false, false, 0L);
        for (var at = 0L; ElementAt(at) is var (id, header, size); at += header + size)
        {
            if (id == Segment)
            {
                size = 0;
            }
            else if (size is < 0 || at + header + size > RandomAccess.GetLength(file) || (id != Ebml && id != Cluster && !Others.Contains(id)))
            {
                break;
            }
            else if (id is Info or Tracks)
            {
                hasHeader |= ExtentScan.Bytes(file, at + header, size) is { } content && TryRead(content, id == Info ? ReadInfo : ReadTracks);
            }
            else if (id == Cluster)
            {
                if (!hasHeader || ExtentScan.Bytes(file, at + header, size) is not { } cluster ||
                    ExtentScan.EndsInHole(file, at + header + size, size) || !TryRead(cluster, ReadCluster))
                {
                    break;
                }

                hasMedia = true;
            }

            if (hasMedia && id != Segment)
            {
                end = at + header + size;
                if (end < from)
                {
                    // What lies between the first cluster and the tail is not looked at.
                    (at, header, size, end) = (from, 0, 0, from);
                }

                if (end == from)
                {
                    _tracks.BeginTail();
                }
            }
        }

        return _tracks.Result(Math.Max(end, from));
    }

    // The size is -1 where it is unknown. Null where no element begins.
    private (uint Id, int Header, long Size)? ElementAt(long at)
    {
        var length = (int)Math.Min(12, RandomAccess.GetLength(file) - at);
        return length < 2 || ExtentScan.Bytes(file, at, length) is not { } head ? null : Head(head);
    }

    private static (uint Id, int Header, long Size)? Head(ReadOnlySpan<byte> bytes)
    {
        var idLength = bytes.IsEmpty ? 9 : System.Numerics.BitOperations.LeadingZeroCount((uint)bytes[0]) - 23;
        if (idLength > 4 || bytes.Length <= idLength)
        {
            return null;
        }

        var sizeLength = System.Numerics.BitOperations.LeadingZeroCount((uint)bytes[idLength]) - 23;
        if (sizeLength > 8 || bytes.Length < idLength + sizeLength)
        {
            return null;
        }

        var size = Number(bytes.Slice(idLength, sizeLength)) & ((1L << (7 * sizeLength)) - 1);
        return ((uint)Number(bytes[..idLength]), idLength + sizeLength, size == (1L << (7 * sizeLength)) - 1 ? -1 : size);
    }

    private static long Number(ReadOnlySpan<byte> bytes)
    {
        var number = 0L;
        foreach (var value in bytes)
        {
            number = (number << 8) | value;
        }

        return number;
    }

    private static bool TryRead(byte[] content, Action<ReadOnlyMemory<byte>> read)
    {
        try
        {
            read(content);
            return true;
        }
        catch (Exception exception) when (exception is ArgumentException or IndexOutOfRangeException or OverflowException)
        {
            return false;
        }
    }

    private static IEnumerable<(uint Id, ReadOnlyMemory<byte> Content)> Elements(ReadOnlyMemory<byte> content)
    {
        while (!content.IsEmpty)
        {
            var (id, header, size) = Head(content.Span) ?? throw new ArgumentOutOfRangeException(nameof(content));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(size, content.Length - header, nameof(content));
            ArgumentOutOfRangeException.ThrowIfNegative(size, nameof(content));
            yield return (id, content.Slice(header, (int)size));
            content = content[(header + (int)size)..];
        }
    }

    private void ReadInfo(ReadOnlyMemory<byte> info)
    {
        foreach (var (_, scale) in Elements(info).Where(element => element.Id == 0x2AD7B1))
        {
            _scale = Math.Max(1, Number(scale.Span));
        }
    }

    private void ReadTracks(ReadOnlyMemory<byte> tracks)
    {
        foreach (var (_, entry) in Elements(tracks).Where(element => element.Id == 0xAE))
        {
            var (id, kind, duration) = (0L, 0L, 0L);
            foreach (var (name, value) in Elements(entry))
            {
                (id, kind, duration) = name switch
                {
                    0xD7 => (Number(value.Span), kind, duration),
                    0x83 => (id, Number(value.Span), duration),
                    0x23E383 => (id, kind, Number(value.Span)),
                    _ => (id, kind, duration),
                };
            }

            var track = _tracks.Add(id, isVideo: kind == 1);
            (track.Timescale, track.DefaultDuration) = (1e9 / _scale, (long)Math.Round(duration / _scale));
        }
    }

    private void ReadCluster(ReadOnlyMemory<byte> cluster)
    {
        var time = 0L;
        foreach (var (id, content) in Elements(cluster))
        {
            switch (id)
            {
                case 0xE7:
                    time = Number(content.Span);
                    break;
                case 0xA3:
                    ReadBlock(content.Span, time, null, (content.Span[3] & 0x80) != 0);
                    break;
                case 0xA0:
                    var parts = Elements(content).ToList();
                    ReadBlock(
                        parts.Find(part => part.Id == 0xA1).Content.Span, time,
                        parts.Exists(part => part.Id == 0x9B) ? Number(parts.Find(part => part.Id == 0x9B).Content.Span) : null,
                        key: !parts.Exists(part => part.Id == 0xFB));
                    break;
                default:
                    break;
            }
        }
    }

    private void ReadBlock(ReadOnlySpan<byte> block, long time, long? duration, bool key)
    {
        // A block too short for its own head is damage.
        ArgumentOutOfRangeException.ThrowIfLessThan(block.Length, 4, nameof(block));
        var width = System.Numerics.BitOperations.LeadingZeroCount((uint)block[0]) - 23;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(width + 3, block.Length, nameof(block));
        var id = Number(block[..width]) & ((1L << (7 * width)) - 1);
        var begin = time + BinaryPrimitives.ReadInt16BigEndian(block[width..]);
        if (_tracks.Find(id) is { } track)
        {
            track.Note(begin, begin + (duration ?? track.DefaultDuration), key);
        }
    }
}
