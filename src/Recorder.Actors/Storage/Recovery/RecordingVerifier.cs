using Recorder.Actors.Storage.Reading;
using Recorder.Contracts;

namespace Recorder.Actors.Storage.Recovery;

/// <summary>What verification found of one recording.</summary>
/// <param name="Layout">Where it is.</param>
/// <param name="Description">What <c>recording.json</c> says; null when it cannot be read.</param>
/// <param name="IsInUse">Whether it is being recorded to.</param>
/// <param name="Blobs">Blobs whose bytes were compared with their checksums.</param>
/// <param name="Bytes">Their bytes.</param>
/// <param name="Last">The last blob of the index.</param>
/// <param name="Problems">What is wrong, a sentence each.</param>
internal sealed record VerifiedRecording(
    RecordingLayout Layout, RecordingDescription? Description, bool IsInUse, long Blobs, long Bytes, Blob? Last, IReadOnlyList<string> Problems);

/// <summary>
/// Compares a recording's index with its files, each blob with its checksum. It changes nothing, and is right for a recording that is
/// under way too: what is announced after it began to look does not count, and what is being written is not yet to be whole.
/// </summary>
internal sealed class RecordingVerifier
{
    // One broken disk breaks everything: the first few say so.
    private const int MostProblems = 20;

    private readonly RecordingLayout _layout;
    private readonly RecordingDescription? _description;
    private readonly bool _isInUse;
    private readonly IReadOnlyList<(int FirstExtent, string Path)> _segments;
    private readonly HashSet<int> _indexed = [];
    private readonly List<string> _problems = [];
    private long _blobs;
    private long _bytes;
    private int _firstThere = int.MaxValue;
    private bool _someAreGone;

    // Other nodes of a cluster have the rest of the recording, which its description speaks of as a whole.
    private bool _isPart;

    private Blob? _last;

    private RecordingVerifier(RecordingLayout layout)
    {
        _layout = layout;
        _isInUse = RecordingRecovery.IsInUse(layout);
        _segments = layout.IndexSegments();
        _description = StorageJson.ReadDescription(layout.Description);
    }

    /// <summary>Verifies a recording.</summary>
    /// <param name="layout">Where it is.</param>
    /// <param name="progress">Hears of the bytes that were compared, blob by blob.</param>
    /// <param name="cancellationToken">Ends it in between.</param>
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
        {
            Add($"{Path.GetFileName(_layout.Description)} is missing or damaged");
        }

        var extents = _layout.Extents();
        _firstThere = extents.Count > 0 ? extents[0].Number : int.MaxValue;
        var identity = new RecordingIdentity(
            new RecorderId(_description?.Recorder ?? ""), new RecordingId(_description?.Recording ?? ""), "",
            number => extents.FirstOrDefault(extent => extent.Number == number).Path ?? _layout.Extent(number, ".mp4"));
        foreach (var (_, path) in _segments)
        {
            VerifySegment(path, identity, progress, cancellationToken);
        }

        VerifyRest(extents);
    }

    private void VerifySegment(string path, RecordingIdentity identity, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        var segment = new IndexSegment(path, identity);
        // In this order: lines that come while the files are looked at are not looked for.
        segment.Refresh();
        if (segment.Invalid > 0)
        {
            Add($"{Path.GetFileName(path)} has {segment.Invalid} damaged lines");
        }

        if (!_isInUse && segment.Position < new FileInfo(path).Length)
        {
            Add($"{Path.GetFileName(path)} ends in a torn line");
        }

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
        {
            Add($"the index is out of order at blob {blob.Number}");
        }

        if (_last is not null && blob.MediaTime < _last.MediaTime + _last.Duration - TimeSpan.FromMilliseconds(1))
        {
            Add($"the timeline steps back at blob {blob.Number}");
        }

        var actual = BlobBytes.Checksum(blob.Path, blob.Offset, blob.Length);
        if (actual == blob.Crc32C || (actual is not null && actual == segment.ChecksumBefore(blob.Number) && _isInUse))
        {
            (_blobs, _bytes) = (_blobs + 1, _bytes + blob.Length);
        }
        else if (!File.Exists(blob.Path) && blob.Extent < FirstThere())
        {
            // Retention took it, perhaps just now.
            _someAreGone = true;
        }
        else
        {
            Add(actual is null
                ? File.Exists(blob.Path)
                    ? $"{Path.GetFileName(blob.Path)} ends before blob {blob.Number} does"
                    : $"extent {blob.Extent}, which holds blob {blob.Number}, is missing"
                : $"blob {blob.Number} in {Path.GetFileName(blob.Path)} is damaged: its checksum is {actual:x8}, not {blob.Crc32C:x8}");
        }
    }

    private int FirstThere()
    {
        if (_layout.Extents() is [var first, ..])
        {
            _firstThere = Math.Max(_firstThere == int.MaxValue ? 0 : _firstThere, first.Number);
        }

        return _firstThere;
    }

    // What a recorder still writes at is nobody's business; anything else must be in the index.
    private void VerifyRest(IReadOnlyList<(int Number, string Path)> extents)
    {
        if (_isInUse)
        {
            return;
        }

        foreach (var (number, path) in extents.Where(extent => !_indexed.Contains(extent.Number)))
        {
            Add($"{Path.GetFileName(path)} is not in the index");
        }

        var last = _last is not null && File.Exists(_last.Path) ? new FileInfo(_last.Path).Length - _last.Offset - _last.Length : 0;
        if (last > 0)
        {
            Add($"{Path.GetFileName(_last!.Path)} has {last} bytes behind its last blob");
        }

        if (_description is { StopReason: not null, Bytes: { } bytes } && !_someAreGone && !_isPart && _problems.Count == 0 && bytes != _bytes)
        {
            Add($"{Path.GetFileName(_layout.Description)} says {bytes} bytes, and there are {_bytes}");
        }
    }

    private void Add(string problem)
    {
        if (_problems.Count < MostProblems)
        {
            _problems.Add(problem);
        }
        else if (_problems.Count == MostProblems)
        {
            _problems.Add("and more");
        }
    }
}
