using Recorder.Contracts;

namespace Recorder.Actors.Storage.Reading;

internal sealed class IndexSegment(string path, RecordingIdentity recording)
{
    private readonly List<Blob> _blobs = [];
    private readonly List<RecorderProtocol.GapRecorded> _gaps = [];
    private readonly List<RecorderProtocol.Marked> _marks = [];
    private readonly Dictionary<int, string> _paths = [];

    // Gaps and marks in the order of their lines, each with the number of blobs before it in the segment.
    private readonly List<(int Blobs, RecordedLine Line)> _between = [];
    private readonly Dictionary<long, uint> _before = [];
    private long _position;

    public IReadOnlyList<Blob> Blobs => _blobs;
    public IReadOnlyList<RecorderProtocol.GapRecorded> Gaps => _gaps;
    public IReadOnlyList<RecorderProtocol.Marked> Marks => _marks;
    public int? Next { get; private set; }
    public int Invalid { get; private set; }
    public long Position => _position;

    /// <summary>The blob's checksum before its file was completed in place; null if completing it did not change the blob.</summary>
    public uint? ChecksumBefore(long number) => _before.TryGetValue(number, out var crc) ? crc : null;

    /// <summary>The lines in the order of the file, from a blob on; with 0 also the gaps and marks before the first blob.</summary>
    public IEnumerable<RecordedLine> LinesFrom(int start)
    {
        var blob = start;
        foreach (var (blobs, line) in _between)
        {
            if (blobs < start)
                continue;

            for (; blob < blobs; blob++)
                yield return new RecordedLine(Blob: _blobs[blob]);

            yield return line;
        }

        for (; blob < _blobs.Count; blob++)
            yield return new RecordedLine(Blob: _blobs[blob]);
    }

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

    // Searched from the end, since an extent is completed soon after its last blobs.
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
