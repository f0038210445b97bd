using Recorder.Contracts;
using Recorder.Media.Codecs;
using Recorder.Media.Scanning;

namespace Recorder.Actors.Storage.Recovery;

/// <summary>Repairs a recording after its process was killed or its machine lost power. Only the last index lines are checked,
/// back to the first that matches its extent, and the bytes after it. Recovery can be killed at any moment and run again; it
/// deletes nothing.</summary>
internal sealed class RecordingRecovery
{
    private readonly RecordingLayout _layout;
    private readonly IDisk _disk;
    private readonly IReadOnlyList<(int Number, string Path)> _extents;
    private readonly List<IndexTail> _tails = [];
    private readonly List<string> _repairs = [];
    private readonly RecordingDescription _description;
    private readonly bool _wasDescribed;
    private IndexLine? _last;

    private RecordingRecovery(RecordingLayout layout, IDisk disk, RecordingDescription? description)
    {
        (_layout, _disk, _extents) = (layout, disk, layout.Extents());
        _wasDescribed = description is not null;
        _description = description ?? RebuiltDescription.Of(layout, _extents);
    }

    /// <summary>Skips a complete recording unless <paramref name="again"/>. Throws <see cref="RecordingInUseException"/>; after
    /// an <see cref="IOException"/> the recording is no worse than before.</summary>
    public static RecoveredRecording Recover(RecordingLayout layout, bool toContinue = false, bool again = false, StopReason reason = StopReason.Crashed)
    {
        var description = StorageJson.ReadDescription(layout.Description);
        if (description?.StopReason is not null && !again)
            return new RecoveredRecording(description, null, []);

        if (FindInUse(layout) is { } path)
            throw new RecordingInUseException(path);

        return new RecordingRecovery(layout, LocalDisk.Instance, description).Run(toContinue, reason);
    }

    public static bool IsInUse(RecordingLayout layout) => FindInUse(layout) is not null;

    // The description gets its stop reason after the files are closed.
    private static string? FindInUse(RecordingLayout layout)
    {
        if (StorageJson.ReadDescription(layout.Description)?.StopReason is not null)
            return null;

        var open = layout.IndexSegments().TakeLast(1).Select(segment => segment.Path)
            .Concat(layout.Extents().TakeLast(1).Select(extent => extent.Path));
        return open.FirstOrDefault(FileUse.IsOpenForWriting);
    }

    private RecoveredRecording Run(bool toContinue, StopReason reason)
    {
        ReadIndex();
        if (_extents.Count > 0)
            RecoverExtents();

        foreach (var tail in _tails.Where(tail => tail.HasChanged))
        {
            _repairs.Add(tail.Explain()!);
            tail.Save(_disk);
        }

        return Describe(toContinue && _last is not null, reason);
    }

    // Drops lines from the last one backwards, until a blob matches its bytes in the extent.
    private void ReadIndex()
    {
        var segments = _layout.IndexSegments();
        for (var place = segments.Count - 1; place >= 0 && _last is null; place--)
        {
            var tail = new IndexTail(segments[place].FirstExtent, segments[place].Path);
            _tails.Insert(0, tail);
            var checksums = Redo(tail);
            foreach (var blob in tail.Blobs.Reverse().ToList())
            {
                var expected = checksums.GetValueOrDefault(blob.Seq!.Value, IndexLine.Checksum(blob.Crc32C));
                // Without any extents the end is not what is missing, so the lines stay.
                if (_extents.Count == 0 || BlobBytes.Checksum(PathOf(blob.Extent ?? 1), blob.Offset ?? 0, blob.Length ?? 0) == expected)
                {
                    _last = blob;
                    break;
                }

                tail.Drop(blob);
            }
        }

        if (_tails.Count == 0)
            _tails.Add(new IndexTail(1, _layout.Index));
    }

    private Dictionary<long, uint> Redo(IndexTail tail)
    {
        var checksums = new Dictionary<long, uint>();
        foreach (var completed in tail.Completed)
        {
            if (completed.Extent >= (_extents.Count > 1 ? _extents[^2].Number : 0) && BlobBytes.Redo(PathOf(completed.Extent), completed))
                _repairs.Add($"{Path.GetFileName(PathOf(completed.Extent))}: its header was completed.");

            foreach (var blob in completed.Blobs)
                checksums[blob.Seq] = IndexLine.Checksum(blob.Crc32C);
        }

        return checksums;
    }

    private void RecoverExtents()
    {
        var indexed = _last?.Extent ?? 0;
        foreach (var (number, path) in _extents.Where(extent => extent.Number >= indexed))
        {
            var from = number == indexed ? _last!.Offset!.Value + _last.Length!.Value : 0;
            var length = new FileInfo(path).Length;
            if (length == 0)
                SetAside(path);

            if (length <= from)
                continue;

            var scan = ExtentScan.Of(path, from);
            if (scan.End > from)
                AddLine(number, path, from, scan);

            Cut(path, scan.End, length);
        }
    }

    private void AddLine(int extent, string path, long from, ExtentScan scan)
    {
        var (begin, beganAt) = extent == _last?.Extent ? EndOfLast() : End();
        var zero = FirstOf(extent)?.MediaTime ?? begin;
        var line = new IndexLine
        {
            Seq = (_last?.Seq ?? 0) + 1,
            Extent = extent,
            Offset = from,
            Length = scan.End - from,
            MediaTime = begin,
            Duration = Math.Max(0, zero + (scan.Ends?.TotalMilliseconds ?? 0) - begin),
            WallTime = beganAt,
            Key = scan.Key,
            Crc32C = IndexLine.Hex(BlobBytes.Checksum(path, from, scan.End - from)!.Value),
            Epoch = _last?.Epoch ?? 0,
            Recovered = true,
        };
        (_tails.FindLast(tail => tail.FirstExtent <= extent) ?? _tails[0]).Add(line);
        _last = line;
    }

    private (double Media, DateTimeOffset At) EndOfLast() => _last is null
        ? (0, _description.StartedAt)
        : (_last.MediaTime!.Value + _last.Duration!.Value, _last.WallTime!.Value.AddMilliseconds(_last.Duration!.Value));

    // A node that continued the recording wrote a gap for its downtime, and may have been killed before it stored any media.
    private (double Media, DateTimeOffset At) End()
    {
        var last = EndOfLast();
        var down = _tails.SelectMany(tail => tail.Gaps).LastOrDefault(gap => gap.Cause == nameof(GapCause.NodeDown));
        return down is not null && down.MediaTime + down.Duration > last.Media ? (down.MediaTime + down.Duration, down.To) : last;
    }

    private IndexLine? FirstOf(int extent) => _tails.SelectMany(tail => tail.Blobs).FirstOrDefault(blob => blob.Extent == extent);

    private void Cut(string path, long end, long length)
    {
        var name = Path.GetFileName(path);
        if (end == length)
            return;

        if (length - end > TornBytes.MaxBytes)
        {
            _repairs.Add($"{name}: {length - end} bytes from {end} on are not fragments; they stay in the file.");
        }
        else if (end > 0)
        {
            TornBytes.Cut(path, end);
            _repairs.Add($"{name}: {length - end} bytes of an incomplete fragment were moved to {name}.torn.");
        }
        else
        {
            SetAside(path);
        }
    }

    private void SetAside(string path)
    {
        var name = Path.GetFileName(path);
        TornBytes.SetAside(path);
        _repairs.Add($"{name}: contains no complete fragment and was renamed to {name}.torn.");
    }

    private RecoveredRecording Describe(bool toContinue, StopReason reason)
    {
        var (duration, ended) = EndOfLast();
        var bytes = _layout.Extents().Sum(extent => new FileInfo(extent.Path).Length);
        var description = _description with
        {
            StopReason = toContinue ? null : _description.StopReason ?? reason.ToString(),
            EndedAt = toContinue ? null : _description.EndedAt ?? ended,
            DurationMs = toContinue ? null : duration,
            Bytes = toContinue ? null : bytes,
            Blobs = toContinue ? null : _last?.Seq ?? 0,
        };
        if (!_wasDescribed || description != _description)
        {
            _disk.Replace(_layout.Description, StorageJson.Document(description));
            _repairs.Add(_wasDescribed ? "recording.json: the end of the recording was added." : "recording.json: it was missing or damaged and was rebuilt.");
        }

        return new RecoveredRecording(description, toContinue ? Interrupted(bytes) : null, _repairs);
    }

    // The numbers of extents that were set aside, and of a segment that was just begun, are not used again.
    private InterruptedRecording Interrupted(long bytes)
    {
        var (duration, ended) = End();
        return new InterruptedRecording(
            new RecordingId(_description.Recording), _description.MimeType,
            Math.Max(_layout.LastExtentEver(), _layout.IndexSegments() is [.., var segment] ? segment.FirstExtent : 1),
            _last!.Seq!.Value, bytes, TimeSpan.FromMilliseconds(duration), ended);
    }

    private string PathOf(int extent) => _extents.FirstOrDefault(known => known.Number == extent).Path ?? _layout.Extent(
        extent, MediaMimeType.TryParse(_description.MimeType, out var type) ? CodecTable.Extension(type.Container) : ".mp4");
}

/// <summary>Every blob of the index file is in its extents. An interrupted recording can be continued.</summary>
internal sealed record RecoveredRecording(
    RecordingDescription Description, InterruptedRecording? Interrupted, IReadOnlyList<string> Repairs);

internal sealed class RecordingInUseException(string path)
    : IOException($"'{path}' is being recorded to; stop its recorder first.");
