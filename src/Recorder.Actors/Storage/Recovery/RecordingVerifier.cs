using Recorder.Actors.Storage.Reading;
using Recorder.Contracts;

namespace Recorder.Actors.Storage.Recovery;

/// <summary>Compares the index file of a recording with its extents, and each blob with its checksum; changes nothing. In a
/// running recording later blobs are ignored, and the blob being written need not be complete.</summary>
internal sealed class RecordingVerifier
{
    // A broken disk causes problems everywhere, so the first few are enough.
    private const int MaxProblems = 20;

    private readonly RecordingLayout _layout;
    private readonly bool _isInUse;
    private readonly IReadOnlyList<(int FirstExtent, string Path)> _segments;
    private readonly RecordingDescription? _description;
    private readonly HashSet<int> _indexed = [];
    private readonly List<string> _problems = [];
    private long _blobs;
    private long _bytes;
    private int _firstExtent = int.MaxValue;
    private bool _hasDeletedExtents;

    // Other nodes of a cluster have the rest of the recording, but its description counts the bytes of all nodes.
    private bool _isPart;

    private Blob? _last;

    private RecordingVerifier(RecordingLayout layout)
    {
        // In this order, because a recorder may end the recording meanwhile.
        _layout = layout;
        _isInUse = RecordingRecovery.IsInUse(layout);
        _segments = layout.IndexSegments();
        _description = StorageJson.ReadDescription(layout.Description);
    }

    /// <summary>The progress gets the number of compared bytes after each blob; cancelled between two blobs.</summary>
    public static VerifiedRecording Verify(RecordingLayout layout, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        var verifier = new RecordingVerifier(layout);
        verifier.Run(progress, cancellationToken);
        return new VerifiedRecording(
            layout, verifier._description, verifier._isInUse, verifier._blobs, verifier._bytes, verifier._last, verifier._problems);
    }

    private void Run(IProgress<long>? progress, CancellationToken cancellationToken)
    {
        if (_description is null)
            Add($"{Path.GetFileName(_layout.Description)} is missing or damaged");

        var extents = _layout.Extents();
        _firstExtent = extents.Count > 0 ? extents[0].Number : int.MaxValue;
        var identity = new RecordingIdentity(
            new RecorderId(_description?.Recorder ?? ""), new RecordingId(_description?.Recording ?? ""), "",
            number => extents.FirstOrDefault(extent => extent.Number == number).Path ?? _layout.Extent(number, ".mp4"));
        foreach (var (_, path) in _segments)
            VerifySegment(path, identity, progress, cancellationToken);

        // A recording that another node continued here may have ended before this node stored anything of it.
        _isPart |= _segments.Count == 0 && extents.Count == 0;
        VerifyExtents(extents);
    }

    private void VerifySegment(string path, RecordingIdentity identity, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        var segment = new IndexSegment(path, identity);
        // Read once, before the extents: lines that are added meanwhile are not checked.
        segment.Refresh();
        if (segment.Invalid > 0)
            Add($"{Path.GetFileName(path)} has {segment.Invalid} damaged lines");

        if (!_isInUse && segment.Position < new FileInfo(path).Length)
            Add($"{Path.GetFileName(path)} ends with an incomplete line");

        foreach (var blob in segment.Blobs)
        {
            cancellationToken.ThrowIfCancellationRequested();
            _isPart |= blob.Number != (_last?.Number ?? 0) + 1 || (_last is not null && blob.Epoch != _last.Epoch);
            Verify(blob, segment);
            progress?.Report(blob.Length);
            _last = blob;
        }
    }

    private void Verify(Blob blob, IndexSegment segment)
    {
        _indexed.Add(blob.Extent);
        var expected = _last?.Extent == blob.Extent ? _last.Offset + _last.Length : 0;
        if (blob.Offset != expected || (_last is not null && (blob.Number <= _last.Number || blob.Extent < _last.Extent)))
            Add($"the index is out of order at blob {blob.Number}");

        if (_last is not null && blob.MediaTime < _last.MediaTime + _last.Duration - TimeSpan.FromMilliseconds(1))
            Add($"the timeline steps back at blob {blob.Number}");

        var actual = BlobBytes.Checksum(blob.Path, blob.Offset, blob.Length);
        if (actual == blob.Crc32C || (actual is not null && actual == segment.ChecksumBefore(blob.Number) && _isInUse))
        {
            (_blobs, _bytes) = (_blobs + 1, _bytes + blob.Length);
        }
        else if (!File.Exists(blob.Path) && blob.Extent < FirstExtent())
        {
            // Retention deleted the extent, perhaps just now.
            _hasDeletedExtents = true;
        }
        else
        {
            Add(actual is null
                ? File.Exists(blob.Path)
                    ? $"{Path.GetFileName(blob.Path)} ends before blob {blob.Number} does"
                    : $"extent {blob.Extent} with blob {blob.Number} is missing"
                : $"blob {blob.Number} in {Path.GetFileName(blob.Path)} is damaged: its checksum is {actual:x8}, not {blob.Crc32C:x8}");
        }
    }

    private int FirstExtent()
    {
        if (_layout.Extents() is [var first, ..])
            _firstExtent = Math.Max(_firstExtent == int.MaxValue ? 0 : _firstExtent, first.Number);

        return _firstExtent;
    }

    // Checks that everything in the extents is in the index file, unless a recorder is still writing.
    private void VerifyExtents(IReadOnlyList<(int Number, string Path)> extents)
    {
        if (_isInUse)
            return;

        foreach (var (number, path) in extents.Where(extent => !_indexed.Contains(extent.Number)))
            Add($"{Path.GetFileName(path)} is not in the index file");

        var last = _last is not null && File.Exists(_last.Path) ? new FileInfo(_last.Path).Length - _last.Offset - _last.Length : 0;
        if (last > 0)
            Add($"{Path.GetFileName(_last!.Path)} has {last} bytes after its last blob");

        if (_description is { StopReason: not null, Bytes: { } bytes } && !_hasDeletedExtents && !_isPart && _problems.Count == 0 && bytes != _bytes)
            Add($"{Path.GetFileName(_layout.Description)} says {bytes} bytes, but the blobs have {_bytes}");
    }

    private void Add(string problem)
    {
        if (_problems.Count < MaxProblems)
            _problems.Add(problem);
        else if (_problems.Count == MaxProblems)
            _problems.Add("and more");
    }
}

/// <summary>Counts the blobs that match their checksums, and their bytes. The problems are sentences.</summary>
internal sealed record VerifiedRecording(RecordingLayout Layout, RecordingDescription? Description, bool IsInUse,
    long Blobs, long Bytes, Blob? Last, IReadOnlyList<string> Problems);
