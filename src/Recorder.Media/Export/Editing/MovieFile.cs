using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;
using Recorder.Media.Mp4;

namespace Recorder.Media.Export.Editing;

/// <summary>The layout of a finished MOV or MP4: where its boxes are, and what its index says.</summary>
internal sealed class MovieFile
{
    private const int LargestIndex = 1 << 30;

    private readonly List<(uint Type, long Offset, long Length)> _boxes = [];
    private byte[] _moov = [];

    private MovieFile()
    {
    }

    /// <summary>Whether all of the index is before all of the media, and the file has no fragments.</summary>
    public bool IsIndexFirst =>
        _boxes.FindIndex(box => box.Type == Mp4Box.Moov) is >= 0 and var moov && moov < _boxes.FindIndex(box => box.Type == Mp4Box.Mdat) &&
        !_boxes.Exists(box => box.Type is Mp4Box.Moof or Mp4Box.Mfra) && !Movie.TryFind(_moov, out _, Mp4Box.Mvex);

    /// <summary>The number of the first frame in the time code track; null without one.</summary>
    public uint? FirstFrame { get; private set; }

    /// <summary>The durations of the video's frames in units of its timescale, each with the number of frames in a row that have it.</summary>
    public IReadOnlyList<(uint Count, uint Duration)> Durations { get; private set; } = [];

    /// <summary>Whether a track has an edit list.</summary>
    public bool HasEdits { get; private set; }

    private Mp4Box Movie => new(Mp4Box.Moov, 0, 8, _moov.Length);

    /// <exception cref="EditExportException">It is no such file.</exception>
    public static MovieFile Read(SafeFileHandle file)
    {
        var movie = new MovieFile();
        movie.ReadBoxes(file);
        movie.ReadIndex(file);
        return movie;
    }

    /// <summary>Adds boxes to the end of the index and behind it, in the free space that follows it: no media moves.</summary>
    /// <exception cref="EditExportException">The free space is missing or too small.</exception>
    public static void AddToIndex(SafeFileHandle file, ReadOnlySpan<byte> inside, ReadOnlySpan<byte> behind)
    {
        var movie = new MovieFile();
        movie.ReadBoxes(file);
        var index = movie._boxes.FindIndex(box => box.Type == Mp4Box.Moov);
        var moov = movie._boxes[index];
        var free = index + 1 < movie._boxes.Count ? movie._boxes[index + 1] : default;
        var left = free.Length - inside.Length - behind.Length;
        if (free.Type != Mp4Box.Free || left < 8)
            throw new EditExportException(EditError.NotWritten, "The space kept for the index is too small for the metadata.");

        byte[] boxes = [.. inside, .. behind, 0, 0, 0, 0, 0, 0, 0, 0];
        BinaryPrimitives.WriteUInt32BigEndian(boxes.AsSpan(boxes.Length - 8), (uint)left);
        BinaryPrimitives.WriteUInt32BigEndian(boxes.AsSpan(boxes.Length - 4), Mp4Box.Free);
        RandomAccess.Write(file, boxes, free.Offset);
        var length = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(length, (uint)(moov.Length + inside.Length));
        RandomAccess.Write(file, length, moov.Offset);
    }

    private static byte[] ReadAll(SafeFileHandle file, long offset, int length)
    {
        var bytes = new byte[length];
        for (var done = 0; done < length;)
        {
            var read = RandomAccess.Read(file, bytes.AsSpan(done), offset + done);
            done += read > 0 ? read : throw Damaged();
        }

        return bytes;
    }

    private static EditExportException Damaged() => new(EditError.NotWritten, "The written file has no index that can be read.");

    private void ReadBoxes(SafeFileHandle file)
    {
        var end = RandomAccess.GetLength(file);
        var head = new byte[16];
        for (var at = 0L; at < end;)
        {
            var read = RandomAccess.Read(file, head, at);
            var header = Mp4Box.ReadHeader(head.AsSpan(0, read), out var type, out var size);
            size = size == 0 ? end - at : size;
            if (header == 0 || size < header || size > end - at)
                throw Damaged();

            _boxes.Add((type, at, size));
            at += size;
        }

        if (!_boxes.Exists(box => box.Type == Mp4Box.Moov && box.Length < LargestIndex))
            throw Damaged();
    }

    private void ReadIndex(SafeFileHandle file)
    {
        var (_, offset, length) = _boxes.Find(box => box.Type == Mp4Box.Moov);
        _moov = ReadAll(file, offset, (int)length);
        foreach (var trak in Movie.Children(_moov))
        {
            if (trak.Type != Mp4Box.Trak)
                continue;

            HasEdits |= trak.TryFind(_moov, out _, Mp4Box.Edts);
            if (HandlerOf(trak) == Mp4Box.Tmcd)
                FirstFrame = ReadFirstFrame(file, trak);
            else if (HandlerOf(trak) == Mp4Box.Vide)
                Durations = ReadDurations(trak);
        }
    }

    private uint HandlerOf(Mp4Box trak)
    {
        if (!trak.TryFind(_moov, out var handler, Mp4Box.Mdia, Mp4Box.Hdlr))
            return 0;

        var fields = new Mp4Fields(_moov, handler);
        fields.Skip(8);
        return fields.UInt32();
    }

    private uint? ReadFirstFrame(SafeFileHandle file, Mp4Box trak)
    {
        if (!trak.TryFind(_moov, out var table, Mp4Box.Mdia, Mp4Box.Minf, Mp4Box.Stbl))
            return null;

        var isLong = table.TryFind(_moov, out var offsets, Mp4Box.Co64);
        if (!isLong && !table.TryFind(_moov, out offsets, Mp4Box.Stco))
            return null;

        var fields = new Mp4Fields(_moov, offsets);
        fields.Skip(8);
        var at = isLong ? fields.Int64() : fields.UInt32();
        return fields.IsCut ? null : BinaryPrimitives.ReadUInt32BigEndian(ReadAll(file, at, 4));
    }

    private List<(uint Count, uint Duration)> ReadDurations(Mp4Box trak)
    {
        var durations = new List<(uint, uint)>();
        if (trak.TryFind(_moov, out var times, Mp4Box.Mdia, Mp4Box.Minf, Mp4Box.Stbl, Mp4Box.Stts))
        {
            var fields = new Mp4Fields(_moov, times);
            fields.Skip(4);
            for (var left = fields.UInt32(); left > 0 && !fields.IsCut; left--)
                durations.Add((fields.UInt32(), fields.UInt32()));
        }

        return durations;
    }
}
