using Recorder.Contracts;
using Recorder.FFmpeg;

namespace Recorder.Actors.Storage;

/// <summary>The open files of one recording, used on the volume's thread: every call may block on the disk. A blob's bytes are
/// written before its index line. A write that fails is cut off again, so that the file ends with a whole fragment. A recording
/// that <paramref name="continues"/> after its node's end keeps its extents and index.</summary>
internal sealed class RecordingFiles(RecordingLayout layout, IDisk disk, bool continues = false) : IDisposable
{
    /// <summary>After this many lines the next extent begins a new segment of the index file.</summary>
    internal const int LinesInSegment = 4096;

    // Completing a container rewrites only its header, so only blobs that begin near the front can change.
    private const long RewritableBytes = 64 * 1024;

    private readonly List<(long Seq, long Offset, long Length)> _rewritable = [];
    private IDiskFile? _extent;
    private IndexWriter? _index;
    private string _extentPath = "";
    private int _extentNumber;
    private bool _hasMedia;
    private bool _hasIndex;
    private long _length;
    private long _blobStart;
    private uint _blobCrc = Crc32C.Empty;

    public IDiskFile? Extent => _extent;
    public bool IsExtentEmpty => _extent is not null && _length == 0;
    public IDiskFile? Index => _index?.File;

    /// <summary>Takes over a complete file, which is still open; null makes it durable and closes it here.</summary>
    public Action<IDiskFile>? TakesComplete { get; set; }

    /// <summary>Whether files were created: before that, files at these paths belong to another recording.</summary>
    public bool AreOurs => continues || _extentNumber > 0;

    public void BeginExtent(int number, string extension)
    {
        disk.CreateFolder(layout.Folder);
        Complete(ref _extent);
        var path = layout.Extent(number, extension);
        if (_extentNumber == 0)
            CheckNoFileExists(path);

        _extent = Open(path);
        (_extentPath, _extentNumber) = (path, number);
        if (_index is null)
        {
            _index = new IndexWriter(Open(continues ? layout.IndexSegment(number) : layout.Index));
            _hasIndex = true;
        }
        else if (_index.Lines >= LinesInSegment && layout.IndexSegment(number) != layout.Index)
        {
            BeginIndexSegment(number);
        }

        _hasMedia |= _length > 0;
        _length = _blobStart = 0;
        _blobCrc = Crc32C.Empty;
        _rewritable.Clear();
    }

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
            _blobCrc = Crc32C.Append(_blobCrc, segment.Span);

        _length += bytes.Length;
    }

    public void Discard()
    {
        _extent?.SetLength(_blobStart);
        _length = _blobStart;
        _blobCrc = Crc32C.Empty;
    }

    public Blob EndBlob(BlobMark mark, string extension)
    {
        var blob = BlobOf(mark, extension);
        if (blob.Length > 0)
        {
            _index?.Append(IndexLine.For(blob));
            if (blob.Offset < RewritableBytes)
                _rewritable.Add((blob.Number, blob.Offset, blob.Length));
        }

        _blobStart = _length;
        _blobCrc = Crc32C.Empty;
        return blob;
    }

    public Blob EmptyBlob(BlobMark mark, string extension) =>
        BlobOf(mark, extension) with { Length = 0, Duration = TimeSpan.Zero, Crc32C = Crc32C.Empty };

    public void AddGap(RecorderProtocol.GapRecorded gap) => _index?.Append(IndexLine.For(gap));

    public void AddMark(RecorderProtocol.Marked mark) =>
        _index?.Append(new IndexLine { Mark = new IndexLine.MarkLine(mark.MediaTime.TotalMilliseconds, mark.At, mark.Label) });

    /// <summary>Its index line is written first, as a redo record with the new checksums.</summary>
    public void Finalise(IReadOnlyList<MediaPatch> patches)
    {
        if (patches.Count == 0 || _extent is not { } extent || _index is not { } index)
            return;

        var checksums = _rewritable
            .Where(blob => patches.Any(patch => MediaPatches.Overlaps(patch, blob.Offset, blob.Length)))
            .Select(blob => new IndexLine.ChecksumLine(
                blob.Seq, IndexLine.Hex(MediaPatches.Checksum(extent, patches, blob.Offset, blob.Length))))
            .ToList();
        index.Append(new IndexLine
        {
            Finalise = new IndexLine.FinaliseLine(
                _extentNumber, [.. patches.Select(patch => new IndexLine.PatchLine(patch.Offset, patch.Bytes))], checksums),
        });
        index.File.Flush();
        foreach (var patch in patches)
            extent.Write(patch.Bytes.Span, patch.Offset);
    }

    public void Describe(RecordingDescription description)
    {
        disk.CreateFolder(layout.Folder);
        disk.Replace(layout.Description, StorageJson.Document(description));
    }

    /// <summary>A recording without media does not count as one.</summary>
    public bool RemoveIfEmpty()
    {
        if (continues || _extentNumber == 0 || _hasMedia || _length > 0)
            return false;

        disk.Remove(
            [_extentPath, .. _hasIndex ? [layout.Index] : Array.Empty<string>(), layout.Description],
            layout.IsSingleFile ? null : layout.Folder);
        return true;
    }

    public void Dispose() => Close(flush: true);

    public void Close(bool flush)
    {
        try
        {
            Close(ref _extent, flush);
        }
        finally
        {
            var index = Index;
            _index = null;
            Close(ref index, flush);
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

    private IDiskFile Open(string path) => disk.Create(path, layout.Overwrite);

    // The new segment is created before the old one names it, so that readers always find it.
    private void BeginIndexSegment(int firstExtent)
    {
        var segment = Open(layout.IndexSegment(firstExtent));
        try
        {
            _index?.Append(new IndexLine { Next = firstExtent });
        }
        finally
        {
            var complete = Index;
            _index = new IndexWriter(segment);
            Complete(ref complete);
        }
    }

    // Checks all three before the first is created, so that an existing recording also keeps its description and index file.
    private void CheckNoFileExists(string extent)
    {
        string[] paths = continues ? [extent] : [extent, layout.Index, layout.Description];
        if (!layout.Overwrite && Array.Find(paths, disk.Exists) is { } existing)
            throw new IOException($"The file '{existing}' already exists.");
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
            return;

        file = null;
        using (open)
        {
            if (flush)
                open.Flush();
        }
    }
}
