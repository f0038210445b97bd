using Recorder.Contracts;

namespace Recorder.Actors.Storage.Reading;

/// <summary>A recording or an interval of it, in order. Gaps and marks have no event numbers, which only the journal
/// has.</summary>
internal sealed record RecordingContent(
    IReadOnlyList<Blob> Blobs, IReadOnlyList<RecorderProtocol.GapRecorded> Gaps, IReadOnlyList<RecorderProtocol.Marked> Marks)
{
    public IReadOnlyList<ExtentContent> Extents => field ??= ExtentContent.Of(Blobs);
}

/// <summary>A line of an index file that corresponds to an event.</summary>
internal readonly record struct RecordedLine(
    Blob? Blob = null, RecorderProtocol.GapRecorded? Gap = null, RecorderProtocol.Marked? Mark = null);

/// <summary>The requested blobs of one extent; at least one.</summary>
internal sealed record ExtentContent
{
    private ExtentContent(IReadOnlyList<Blob> blobs) => Blobs = blobs;

    public IReadOnlyList<Blob> Blobs { get; }
    public int Number => Blobs[0].Extent;
    public string Path => Blobs[0].Path;
    public TimeSpan MediaTime => Blobs[0].MediaTime;
    public TimeSpan Duration => Blobs[^1].MediaTime + Blobs[^1].Duration - MediaTime;
    public DateTimeOffset CapturedAt => Blobs[0].CapturedAt;

    /// <summary>The end of the last blob in the file; bytes after it were not announced.</summary>
    public long Bytes => Blobs[^1].Offset + Blobs[^1].Length;

    public static IReadOnlyList<ExtentContent> Of(IReadOnlyList<Blob> blobs)
    {
        var extents = new List<ExtentContent>();
        for (var start = 0; start < blobs.Count;)
        {
            var end = start + 1;
            while (end < blobs.Count && blobs[end].Extent == blobs[start].Extent)
                end++;

            extents.Add(new ExtentContent([.. blobs.Take(start..end)]));
            start = end;
        }

        return extents;
    }
}
