using System.Buffers.Binary;
using System.Numerics;
using Microsoft.Win32.SafeHandles;

namespace Recorder.Media.Scanning;

/// <summary>Scans Matroska and WebM (RFC 8794, RFC 9559) for whole clusters and their times.</summary>
internal sealed class MatroskaScan(SafeFileHandle file)
{
    private const uint Ebml = 0x1A45DFA3;
    private const uint Segment = 0x18538067;
    private const uint Info = 0x1549A966;
    private const uint Tracks = 0x1654AE6B;
    private const uint Cluster = 0x1F43B675;
    private const uint TimestampScale = 0x2AD7B1;
    private const uint TrackEntry = 0xAE, TrackNumber = 0xD7, TrackType = 0x83, DefaultDuration = 0x23E383;
    private const uint ClusterTimestamp = 0xE7, SimpleBlock = 0xA3;
    private const uint BlockGroup = 0xA0, Block = 0xA1, BlockDuration = 0x9B, ReferenceBlock = 0xFB;
    private const long VideoType = 1;

    // Other elements of a segment: SeekHead, Info, Tracks, Tags, Cues, Chapters, Attachments, Void, CRC-32.
    private static readonly uint[] Others = [0x114D9B74, Info, Tracks, 0x1254C367, 0x1C53BB6B, 0x1043A770, 0x1941A469, 0xEC, 0xBF];

    private readonly ScannedTracks _tracks = new();
    private readonly Dictionary<long, long> _defaultDurations = [];
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
            else if (size is < 0 || at + header + size > RandomAccess.GetLength(file) ||
                (id != Ebml && id != Cluster && !Others.Contains(id)))
            {
                break;
            }
            else if (id is Info or Tracks)
            {
                var content = ExtentScan.Bytes(file, at + header, size);
                hasHeader |= content is not null && TryRead(content, id == Info ? ReadInfo : ReadTracks);
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
                    // Clusters between the first one and the tail were whole when they were announced.
                    (at, header, size, end) = (from, 0, 0, from);
                }

                if (end == from)
                    _tracks.BeginTail();
            }
        }

        return _tracks.Result(Math.Max(end, from));
    }

    // Null where no element begins; the size is -1 where it is not stated.
    private (uint Id, int Header, long Size)? ElementAt(long at)
    {
        var length = (int)Math.Min(12, RandomAccess.GetLength(file) - at);
        return length < 2 || ExtentScan.Bytes(file, at, length) is not { } head ? null : Head(head);
    }

    private static (uint Id, int Header, long Size)? Head(ReadOnlySpan<byte> bytes)
    {
        var idLength = bytes.IsEmpty ? 9 : VintLength(bytes[0]);
        if (idLength > 4 || bytes.Length <= idLength)
            return null;

        var sizeLength = VintLength(bytes[idLength]);
        if (sizeLength > 8 || bytes.Length < idLength + sizeLength)
            return null;

        var unstated = (1L << (7 * sizeLength)) - 1;
        var size = Number(bytes.Slice(idLength, sizeLength)) & unstated;
        return ((uint)Number(bytes[..idLength]), idLength + sizeLength, size == unstated ? -1 : size);
    }

    // Bytes of a number whose length is its first byte's leading zeros (RFC 8794, 4); 9 for none.
    private static int VintLength(byte first) => BitOperations.LeadingZeroCount((uint)first) - 23;

    private static long Number(ReadOnlySpan<byte> bytes)
    {
        var number = 0L;
        foreach (var value in bytes)
            number = (number << 8) | value;

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
        foreach (var (_, scale) in Elements(info).Where(element => element.Id == TimestampScale))
            _scale = Math.Max(1, Number(scale.Span));
    }

    private void ReadTracks(ReadOnlyMemory<byte> tracks)
    {
        foreach (var (_, entry) in Elements(tracks).Where(element => element.Id == TrackEntry))
        {
            var fields = Elements(entry).ToList();
            var id = Field(fields, TrackNumber) ?? 0;
            _tracks.Add(id, isVideo: Field(fields, TrackType) == VideoType, timescale: 1e9 / _scale);
            _defaultDurations[id] = (long)Math.Round((Field(fields, DefaultDuration) ?? 0) / _scale);
        }
    }

    private void ReadCluster(ReadOnlyMemory<byte> cluster)
    {
        var time = 0L;
        foreach (var (id, content) in Elements(cluster))
        {
            switch (id)
            {
                case ClusterTimestamp:
                    time = Number(content.Span);
                    break;
                case SimpleBlock:
                    ReadBlock(content.Span, time, null, (content.Span[3] & 0x80) != 0);
                    break;
                case BlockGroup:
                    var fields = Elements(content).ToList();
                    var block = fields.Find(field => field.Id == Block).Content.Span;
                    var isKey = !fields.Exists(field => field.Id == ReferenceBlock);
                    ReadBlock(block, time, Field(fields, BlockDuration), isKey);
                    break;
                default:
                    break;
            }
        }
    }

    private static long? Field(List<(uint Id, ReadOnlyMemory<byte> Content)> fields, uint id) =>
        fields.FindLast(field => field.Id == id) is { Id: > 0 } found ? Number(found.Content.Span) : null;

    private void ReadBlock(ReadOnlySpan<byte> block, long time, long? duration, bool key)
    {
        // Throws for a block that is shorter than its own header: that is damage.
        ArgumentOutOfRangeException.ThrowIfLessThan(block.Length, 4, nameof(block));
        var width = VintLength(block[0]);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(width + 3, block.Length, nameof(block));
        var id = Number(block[..width]) & ((1L << (7 * width)) - 1);
        var begin = time + BinaryPrimitives.ReadInt16BigEndian(block[width..]);
        if (_tracks.Find(id) is { } track)
            track.Add(begin, begin + (duration ?? _defaultDurations.GetValueOrDefault(id)), key);
    }
}
