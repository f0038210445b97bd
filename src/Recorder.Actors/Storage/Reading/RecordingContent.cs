using Recorder.Contracts;

namespace Recorder.Actors.Storage.Reading;

/// <summary>The content of a recording or of an interval of it, from its index file.</summary>
/// <param name="Blobs">The blobs, in order.</param>
/// <param name="Gaps">The gap ledger, in order, without event numbers, which only the journal has.</param>
/// <param name="Marks">The marks, in order, also without event numbers.</param>
internal sealed record RecordingContent(
    IReadOnlyList<Blob> Blobs, IReadOnlyList<RecorderProtocol.GapRecorded> Gaps, IReadOnlyList<RecorderProtocol.Marked> Marks)
{
    /// <summary>The extents of the blobs, in order.</summary>
    public IReadOnlyList<ExtentContent> Extents => field ??= ExtentContent.Of(Blobs);
}

/// <summary>A line of an index file that corresponds to an event: a blob, a gap or a mark.</summary>
internal readonly record struct RecordedLine(
    Blob? Blob = null, RecorderProtocol.GapRecorded? Gap = null, RecorderProtocol.Marked? Mark = null);

/// <summary>The requested blobs of one extent; at least one.</summary>
internal sealed record ExtentContent
{
    private ExtentContent(IReadOnlyList<Blob> blobs) => Blobs = blobs;

    public IReadOnlyList<Blob> Blobs { get; }

    /// <summary>From 1.</summary>
    public int Number => Blobs[0].Extent;

    public string Path => Blobs[0].Path;

    public TimeSpan MediaTime => Blobs[0].MediaTime;

    public TimeSpan Duration => Blobs[^1].MediaTime + Blobs[^1].Duration - MediaTime;

    /// <summary>Wall-clock capture time of the first packet.</summary>
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
