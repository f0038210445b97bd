using Recorder.Contracts;

namespace Recorder.Actors.Storage.Reading;

/// <summary>What one segment of an index says. It can be read on as often as lines were appended.</summary>
/// <param name="path">The file.</param>
/// <param name="recording">What its lines do not say of the blobs.</param>
internal sealed class IndexSegment(string path, RecordingIdentity recording)
{
    private readonly Dictionary<int, string> _paths = [];
    private readonly List<Blob> _blobs = [];
    private readonly List<RecorderProtocol.GapRecorded> _gaps = [];
    private readonly List<RecorderProtocol.Marked> _marks = [];
    // Gaps and marks in the order of their lines, each with the number of blobs of the segment before it.
    private readonly List<(int Blobs, RecordedLine Line)> _between = [];
    private readonly Dictionary<long, uint> _before = [];
    private long _position;

    public IReadOnlyList<Blob> Blobs => _blobs;

    public IReadOnlyList<RecorderProtocol.GapRecorded> Gaps => _gaps;

    public IReadOnlyList<RecorderProtocol.Marked> Marks => _marks;

    /// <summary>The first extent of the segment that follows; null while this is the last.</summary>
    public int? Next { get; private set; }

    /// <summary>Lines that are complete and no index lines: nothing of the recorder's writes such.</summary>
    public int Invalid { get; private set; }

    /// <summary>Where the lines that are complete end.</summary>
    public long Position => _position;

    /// <summary>The checksum of a blob before its container was completed in place; null when that did not touch it.</summary>
    public uint? ChecksumBefore(long number) => _before.TryGetValue(number, out var crc) ? crc : null;

    /// <summary>What the lines say from one blob of the segment on, in their order.</summary>
    /// <param name="start">The blob's place; 0 is the segment's beginning, before anything that stands before its first blob.</param>
    public IEnumerable<RecordedLine> LinesFrom(int start)
    {
        var blob = start;
        foreach (var (blobs, line) in _between)
        {
            if (blobs < start)
            {
                continue;
            }

            for (; blob < blobs; blob++)
            {
                yield return new RecordedLine(Blob: _blobs[blob]);
            }

            yield return line;
        }

        for (; blob < _blobs.Count; blob++)
        {
            yield return new RecordedLine(Blob: _blobs[blob]);
        }
    }

    /// <summary>Takes in what was appended.</summary>
    public void Refresh() => IndexLines.Read(path, ref _position, (line, _) =>
    {
        Take(line);
        return true;
    });

    private void Take(IndexLine? line)
    {
        switch (line)
        {
            case { Seq: not null }:
                _blobs.Add(recording.BlobOf(line, _paths));
                break;
            case { Gap: { } gap }:
                _gaps.Add(recording.GapOf(gap));
                _between.Add((_blobs.Count, new RecordedLine(Gap: _gaps[^1])));
                break;
            case { Mark: { } mark }:
                _marks.Add(recording.MarkOf(mark));
                _between.Add((_blobs.Count, new RecordedLine(Mark: _marks[^1])));
                break;
            case { Finalise: { } finalise }:
                Complete(finalise);
                break;
            case { Next: { } next }:
                Next = next;
                break;
            case null:
                Invalid++;
                break;
            default:
                break;
        }
    }

    // The blobs of an extent stand together, and near the end when it is completed.
    private void Complete(IndexLine.FinaliseLine finalise)
    {
        foreach (var completed in finalise.Blobs)
        {
            var place = _blobs.FindLastIndex(blob => blob.Number == completed.Seq);
            if (place >= 0)
            {
                _before[completed.Seq] = _blobs[place].Crc32C;
                _blobs[place] = _blobs[place] with { Crc32C = IndexLine.Checksum(completed.Crc32C) };
            }
        }
    }
}

/// <summary>What all lines of an index have in common, and none of them says.</summary>
internal sealed record RecordingIdentity(RecorderId Recorder, RecordingId Recording, string MimeType, Func<int, string> ExtentPath)
{
    public Blob BlobOf(IndexLine line, Dictionary<int, string> paths)
    {
        var extent = line.Extent ?? 1;
        if (!paths.TryGetValue(extent, out var path))
        {
            paths.Add(extent, path = ExtentPath(extent));
        }

        return new Blob
        {
            Recording = Recording,
            Number = line.Seq ?? 0,
            Extent = extent,
            Path = path,
            Offset = line.Offset ?? 0,
            Length = line.Length ?? 0,
            Type = MimeType,
            MediaTime = Time(line.MediaTime),
            Duration = Time(line.Duration),
            CapturedAt = line.WallTime ?? DateTimeOffset.UnixEpoch,
            StartsWithKeyFrame = line.Key ?? false,
            Crc32C = IndexLine.Checksum(line.Crc32C),
            Epoch = line.Epoch ?? 0,
        };
    }

    public RecorderProtocol.GapRecorded GapOf(IndexLine.GapLine gap) =>
        new(Recorder, 0, gap.To, Recording, Enum.TryParse<GapCause>(gap.Cause, out var cause) ? cause : GapCause.Unknown)
        {
            MediaTime = Time(gap.MediaTime),
            Duration = Time(gap.Duration),
            From = gap.From,
            To = gap.To,
            Packets = gap.Packets,
            Detail = gap.Detail,
        };

    public RecorderProtocol.Marked MarkOf(IndexLine.MarkLine mark) =>
        new(Recorder, 0, mark.At, Recording, Time(mark.MediaTime), mark.Label);

    // Ticks are exact in the index; TimeSpan's own conversion may lose the last.
    private static TimeSpan Time(double? milliseconds) =>
        TimeSpan.FromTicks((long)Math.Round((milliseconds ?? 0) * TimeSpan.TicksPerMillisecond));
}
