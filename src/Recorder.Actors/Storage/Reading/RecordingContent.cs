using Recorder.Contracts;

namespace Recorder.Actors.Storage.Reading;

/// <summary>A recording or an interval of it. Only the journal has the event numbers of gaps and marks.</summary>
internal sealed record RecordingContent(
    IReadOnlyList<Blob> Blobs, IReadOnlyList<RecorderProtocol.GapRecorded> Gaps, IReadOnlyList<RecorderProtocol.Marked> Marks)
{
    public IReadOnlyList<ExtentContent> Extents => field ??= ExtentContent.Of(Blobs);
}

internal readonly record struct RecordedLine(
    Blob? Blob = null, RecorderProtocol.GapRecorded? Gap = null, RecorderProtocol.Marked? Mark = null);

/// <summary>The requested blobs of one extent; at least one.</summary>
internal sealed record ExtentContent(IReadOnlyList<Blob> Blobs)
{
    public int Number => Blobs[0].Extent;
    public string Path => Blobs[0].Path;
    public TimeSpan MediaTime => Blobs[0].MediaTime;
    public TimeSpan Duration => Blobs[^1].MediaTime + Blobs[^1].Duration - MediaTime;
    public DateTimeOffset CapturedAt => Blobs[0].CapturedAt;

    /// <summary>The end of the last blob in the file; bytes after it were not announced.</summary>
    public long Bytes => Blobs[^1].Offset + Blobs[^1].Length;

    public static IReadOnlyList<ExtentContent> Of(IReadOnlyList<Blob> blobs) =>
        [.. blobs.GroupBy(blob => blob.Extent).Select(extent => new ExtentContent([.. extent]))];
}
