using Recorder.Contracts;

namespace Recorder.Actors.Storage.Reading;

/// <summary>What is recorded, of a whole recording or an interval of it, as the index tells it.</summary>
/// <param name="Blobs">In order.</param>
/// <param name="Gaps">The loss ledger, in order; without event numbers, which are the journal's.</param>
/// <param name="Marks">The named moments, in order; without event numbers too.</param>
internal sealed record RecordingContent(
    IReadOnlyList<Blob> Blobs, IReadOnlyList<RecorderProtocol.GapRecorded> Gaps, IReadOnlyList<RecorderProtocol.Marked> Marks)
{
    /// <summary>The files that the blobs are in, in order.</summary>
    public IReadOnlyList<ExtentContent> Extents => field ??= ExtentContent.Of(Blobs);
}

/// <summary>What one line of an index says that an event tells of, too: one of the three.</summary>
internal readonly record struct RecordedLine(
    Blob? Blob = null, RecorderProtocol.GapRecorded? Gap = null, RecorderProtocol.Marked? Mark = null);

/// <summary>The blobs of one extent, as far as they were asked for: at least one.</summary>
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

    /// <summary>Where the last blob ends in the file: what is behind it was not announced.</summary>
    public long Bytes => Blobs[^1].Offset + Blobs[^1].Length;

    public static IReadOnlyList<ExtentContent> Of(IReadOnlyList<Blob> blobs)
    {
        var extents = new List<ExtentContent>();
        for (var start = 0; start < blobs.Count;)
        {
            var end = start + 1;
            while (end < blobs.Count && blobs[end].Extent == blobs[start].Extent)
            {
                end++;
            }

            extents.Add(new ExtentContent([.. blobs.Take(start..end)]));
            start = end;
        }

        return extents;
    }
}
