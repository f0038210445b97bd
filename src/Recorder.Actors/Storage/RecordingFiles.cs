using Recorder.Contracts;
using Recorder.FFmpeg;

namespace Recorder.Actors.Storage;

/// <summary>What is known of a blob before its bytes are on disk.</summary>
internal sealed record BlobMark(
    RecordingId Recording, long Number, string Type, TimeSpan MediaTime, TimeSpan Duration, DateTimeOffset CapturedAt, bool Key)
{
    /// <summary>See <see cref="Blob.Epoch"/>.</summary>
    public int Epoch { get; init; }
}

/// <summary>
/// The open files of one recording. Every call may block on the disk: they run one after another on the volume's thread.
/// The order of a write is bytes, then index line. A write that fails is cut off again, so that the file ends with a whole fragment.
/// </summary>
/// <param name="layout">Where they are.</param>
/// <param name="disk">What they are on.</param>
/// <param name="continues">Whether the recording was begun before, by a node that ended: its extents and its index stay as they are.</param>
internal sealed class RecordingFiles(RecordingLayout layout, IDisk disk, bool continues = false) : IDisposable
{
    /// <summary>Lines after which an index goes on in a new segment, when an extent begins.</summary>
    internal const int LinesInSegment = 4096;

    // Headers stand at the front: only blobs that begin there can be touched when a container is completed.
    private const long RewritableBytes = 64 * 1024;

    private readonly List<(long Seq, long Offset, long Length)> _rewritable = [];
    private IDiskFile? _extent;
    private IDiskFile? _index;
    private string _extentPath = "";
    private int _extentNumber;
    private bool _hasMedia;
    private bool _hasIndex;
    private long _indexLength;
    private int _indexLines;
    private long _length;
    private long _blobStart;
    private uint _blobCrc = Crc32C.Empty;

    /// <summary>The extent that is being written.</summary>
    public IDiskFile? Extent => _extent;

    /// <summary>Whether an extent was begun and has no byte yet.</summary>
    public bool IsExtentEmpty => _extent is not null && _length == 0;

    /// <summary>The index.</summary>
    public IDiskFile? Index => _index;

    /// <summary>Takes a complete extent or segment of the index over, open as it is; null: it goes to the platter and is closed here.</summary>
    public Action<IDiskFile>? TakesComplete { get; set; }

    /// <summary>Whether these files were made here: until then what stands in their place belongs to another recording.</summary>
    public bool AreOurs => continues || _extentNumber > 0;

    /// <summary>Begins an extent; an earlier one is complete.</summary>
    /// <exception cref="IOException">A file exists that may not be replaced, or one cannot be created.</exception>
    public void BeginExtent(int number, string extension)
    {
        disk.CreateFolder(layout.Folder);
        Complete(ref _extent);
        var path = layout.Extent(number, extension);
        if (_extentNumber == 0)
        {
            CheckNothingIsThere(path);
        }

        _extent = Open(path);
        (_extentPath, _extentNumber) = (path, number);
        if (_index is null)
        {
            _index = Open(continues ? layout.IndexSegment(number) : layout.Index);
            _hasIndex = true;
        }
        else if (_indexLines >= LinesInSegment && layout.IndexSegment(number) != layout.Index)
        {
            BeginIndexSegment(number);
        }

        _hasMedia |= _length > 0;
        _length = _blobStart = 0;
        _blobCrc = Crc32C.Empty;
        _rewritable.Clear();
    }

    /// <summary>Appends whole fragments.</summary>
    public void Append(MediaBytes bytes)
    {
        var extent = _extent ?? throw new InvalidOperationException("No extent was begun.");
        try
        {
            extent.Write(bytes.Segments, _length);
        }
        catch (IOException)
        {
            extent.SetLength(_length);
            throw;
        }

        foreach (var segment in bytes.Segments)
        {
            _blobCrc = Crc32C.Append(_blobCrc, segment.Span);
        }

        _length += bytes.Length;
    }

    /// <summary>Cuts off what was appended since the last blob.</summary>
    public void Discard()
    {
        _extent?.SetLength(_blobStart);
        _length = _blobStart;
        _blobCrc = Crc32C.Empty;
    }

    /// <summary>Makes a blob of what was appended since the last one, and writes its index line unless it is empty.</summary>
    public Blob EndBlob(BlobMark mark, string extension)
    {
        var blob = BlobOf(mark, extension);
        if (blob.Length > 0)
        {
            AppendIndex(IndexLine.For(blob));
            if (blob.Offset < RewritableBytes)
            {
                _rewritable.Add((blob.Number, blob.Offset, blob.Length));
            }
        }

        _blobStart = _length;
        _blobCrc = Crc32C.Empty;
        return blob;
    }

    /// <summary>A blob of nothing: what stands for one whose index line could not be written.</summary>
    public Blob EmptyBlob(BlobMark mark, string extension) =>
        BlobOf(mark, extension) with { Length = 0, Duration = TimeSpan.Zero, Crc32C = Crc32C.Empty };

    /// <summary>States an interval that was not recorded.</summary>
    public void AddGap(RecorderProtocol.GapRecorded gap) =>
        AppendIndex(new IndexLine
        {
            Gap = new IndexLine.GapLine(
                gap.Cause.ToString(), gap.MediaTime.TotalMilliseconds, gap.Duration.TotalMilliseconds, gap.From, gap.To, gap.Packets,
                gap.Detail),
        });

    /// <summary>States the name of a moment.</summary>
    public void AddMark(RecorderProtocol.Marked mark) =>
        AppendIndex(new IndexLine { Mark = new IndexLine.MarkLine(mark.MediaTime.TotalMilliseconds, mark.At, mark.Label) });

    /// <summary>
    /// Completes a container's header in place. The index line comes first, as a redo record with the checksums that follow from it.
    /// </summary>
    public void Finalise(IReadOnlyList<MediaPatch> patches)
    {
        if (patches.Count == 0 || _extent is null)
        {
            return;
        }

        var checksums = _rewritable
            .Where(blob => patches.Any(patch => patch.Offset < blob.Offset + blob.Length && patch.Offset + patch.Bytes.Length > blob.Offset))
            .Select(blob => new IndexLine.ChecksumLine(blob.Seq, IndexLine.Hex(ChecksumWith(patches, blob.Offset, blob.Length))))
            .ToList();
        AppendIndex(new IndexLine
        {
            Finalise = new IndexLine.FinaliseLine(
                _extentNumber, [.. patches.Select(patch => new IndexLine.PatchLine(patch.Offset, patch.Bytes))], checksums),
        });
        _index!.Flush();
        foreach (var patch in patches)
        {
            _extent.Write(patch.Bytes.Span, patch.Offset);
        }
    }

    /// <summary>Writes <c>recording.json</c> as a whole: a reader sees the old or the new one.</summary>
    public void Describe(RecordingDescription description)
    {
        disk.CreateFolder(layout.Folder);
        disk.Replace(layout.Description, StorageJson.Document(description));
    }

    /// <summary>
    /// Removes what was made, once it is closed, if no byte of media is in it: a recording without media is none, and a file of no bytes would
    /// only puzzle whoever finds it.
    /// </summary>
    /// <returns>Whether it was removed.</returns>
    public bool RemoveIfEmpty()
    {
        if (continues || _extentNumber == 0 || _hasMedia || _length > 0)
        {
            return false;
        }

        disk.Remove(
            [_extentPath, .. _hasIndex ? [layout.Index] : Array.Empty<string>(), layout.Description],
            layout.IsSingleFile ? null : layout.Folder);
        return true;
    }

    /// <summary>Takes everything to the disk's platter and closes the files, whatever fails on the way.</summary>
    public void Dispose() => Close(flush: true);

    /// <summary>Closes the files, whatever fails on the way.</summary>
    /// <param name="flush">Whether everything goes to the disk's platter first.</param>
    public void Close(bool flush)
    {
        try
        {
            Close(ref _extent, flush);
        }
        finally
        {
            Close(ref _index, flush);
        }
    }

    private Blob BlobOf(BlobMark mark, string extension) => new()
    {
        Recording = mark.Recording,
        Number = mark.Number,
        Extent = Math.Max(1, _extentNumber),
        Path = _extentPath.Length > 0 ? _extentPath : layout.Extent(1, extension),
        Offset = _blobStart,
        Length = _length - _blobStart,
        Type = mark.Type,
        MediaTime = mark.MediaTime,
        Duration = mark.Duration,
        CapturedAt = mark.CapturedAt,
        StartsWithKeyFrame = mark.Key,
        Crc32C = _blobCrc,
        Epoch = mark.Epoch,
    };

    private IDiskFile Open(string path) =>
        disk.Create(path, layout.Overwrite);

    // The old segment says what follows it only when that is there: a reader that looks on finds it.
    private void BeginIndexSegment(int firstExtent)
    {
        var segment = Open(layout.IndexSegment(firstExtent));
        try
        {
            AppendIndex(new IndexLine { Next = firstExtent });
        }
        finally
        {
            Complete(ref _index);
            (_index, _indexLength, _indexLines) = (segment, 0, 0);
        }
    }

    // All three before the first is made: a recording that is there keeps its description and its index too.
    private void CheckNothingIsThere(string extent)
    {
        string[] ours = continues ? [extent] : [extent, layout.Index, layout.Description];
        if (!layout.Overwrite && Array.Find(ours, disk.Exists) is { } taken)
        {
            throw new IOException($"The file '{taken}' already exists.");
        }
    }

    private void Complete(ref IDiskFile? file)
    {
        if (TakesComplete is { } take && file is { } complete)
        {
            file = null;
            take(complete);
        }
        else
        {
            Close(ref file, flush: true);
        }
    }

    private static void Close(ref IDiskFile? file, bool flush)
    {
        if (file is not { } open)
        {
            return;
        }

        file = null;
        using (open)
        {
            if (flush)
            {
                open.Flush();
            }
        }
    }

    private void AppendIndex(IndexLine line)
    {
        if (_index is null)
        {
            return;
        }

        var bytes = StorageJson.Line(line);
        try
        {
            _index.Write(bytes, _indexLength);
        }
        catch (IOException)
        {
            _index.SetLength(_indexLength);
            throw;
        }

        _indexLength += bytes.Length;
        _indexLines++;
    }

    private uint ChecksumWith(IReadOnlyList<MediaPatch> patches, long offset, long length)
    {
        var crc = Crc32C.Empty;
        var buffer = new byte[64 * 1024];
        for (var position = offset; position < offset + length;)
        {
            var part = buffer.AsSpan(0, (int)Math.Min(buffer.Length, offset + length - position));
            part = part[.._extent!.Read(part, position)];
            if (part.IsEmpty)
            {
                break;
            }

            foreach (var patch in patches)
            {
                Overlay(part, position, patch);
            }

            crc = Crc32C.Append(crc, part);
            position += part.Length;
        }

        return crc;
    }

    private static void Overlay(Span<byte> part, long position, MediaPatch patch)
    {
        var from = Math.Max(position, patch.Offset);
        var to = Math.Min(position + part.Length, patch.Offset + patch.Bytes.Length);
        if (from < to)
        {
            patch.Bytes.Span[(int)(from - patch.Offset)..(int)(to - patch.Offset)].CopyTo(part[(int)(from - position)..]);
        }
    }
}
