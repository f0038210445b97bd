using Recorder.Actors.Catalogue;
using Recorder.Contracts;
using Recorder.Media;
using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Actors.Cluster;

// Rows as the statements take them: an array a column.
internal sealed partial class SharedIndex
{
    private object Columns(IReadOnlyList<(RecordingKey Recording, Extent Extent)> extents, Func<(RecordingKey Recording, Extent Extent), bool> isLate) => new
    {
        node,
        late = extents.Select(isLate).ToArray(),
        recorders = extents.Select(it => it.Recording.Recorder.Value).ToArray(),
        recordings = extents.Select(it => it.Recording.Recording.Value).ToArray(),
        numbers = extents.Select(it => (long)it.Extent.Number).ToArray(),
        epochs = extents.Select(it => (long)it.Extent.Epoch).ToArray(),
        names = extents.Select(it => Path.GetFileName(it.Extent.Path)).ToArray(),
        bytes = extents.Select(it => it.Extent.Bytes).ToArray(),
        mediaTimes = extents.Select(it => it.Extent.MediaTime.Ticks).ToArray(),
        durations = extents.Select(it => it.Extent.Duration.Ticks).ToArray(),
        captured = extents.Select(it => it.Extent.CapturedAt.UtcTicks).ToArray(),
        firstBlobs = extents.Select(it => it.Extent.FirstBlob).ToArray(),
        lastBlobs = extents.Select(it => it.Extent.LastBlob).ToArray(),
    };

    private static object Columns(List<KeyValuePair<RecordingKey, CatalogueChanges.RecordingChange>> recordings) => new
    {
        recorders = recordings.Select(it => it.Key.Recorder.Value).ToArray(),
        recordings = recordings.Select(it => it.Key.Recording.Value).ToArray(),
        folders = recordings.Select(it => $"{it.Key.Recorder.Value}/{it.Key.Recording.Value}").ToArray(),
        types = recordings.Select(it => it.Value.MimeType ?? "").ToArray(),
        started = recordings.Select(it => (it.Value.StartedAt ?? it.Value.CapturedAt ?? it.Value.SeenAt).UtcTicks).ToArray(),
        ends = recordings.Select(it => it.Value.End.Ticks).ToArray(),
        bytes = recordings.Select(it => it.Value.Bytes).ToArray(),
        blobs = recordings.Select(it => it.Value.Blobs).ToArray(),
        durable = recordings.Select(it => it.Value.DurableThrough).ToArray(),
        running = recordings.Select(it => it.Value.IsRunning || (it.Value.Bytes > 0 && it.Value.Stopped is null)).ToArray(),
        reasons = recordings.Select(it => (long)(it.Value.Stopped?.Reason ?? 0)).ToArray(),
        stoppedAt = recordings.Select(it => it.Value.Stopped?.At.UtcTicks ?? 0).ToArray(),
        seen = recordings.Select(it => it.Value.SeenAt.UtcTicks).ToArray(),
        stopDurations = recordings.Select(it => it.Value.Stopped?.Duration.Ticks ?? 0).ToArray(),
    };

    private static object Columns(IReadOnlyDictionary<RecorderId, long> sequences) =>
        new { recorders = sequences.Keys.Select(id => id.Value).ToArray(), lasts = sequences.Values.ToArray() };

    private static object Columns(IReadOnlyList<GapRecorded> gaps) => new
    {
        recorders = gaps.Select(gap => gap.Recorder.Value).ToArray(),
        recordings = gaps.Select(gap => gap.Recording.Value).ToArray(),
        mediaTimes = gaps.Select(gap => gap.MediaTime.Ticks).ToArray(),
        from = gaps.Select(gap => gap.From.UtcTicks).ToArray(),
        causes = gaps.Select(gap => (long)gap.Cause).ToArray(),
        durations = gaps.Select(gap => gap.Duration.Ticks).ToArray(),
        to = gaps.Select(gap => gap.To.UtcTicks).ToArray(),
        packets = gaps.Select(gap => gap.Packets).ToArray(),
        details = gaps.Select(gap => gap.Detail).ToArray(),
        sequences = gaps.Select(gap => gap.Sequence).ToArray(),
        at = gaps.Select(gap => gap.At.UtcTicks).ToArray(),
    };

    private static object Columns(IReadOnlyList<Marked> marks) => new
    {
        recorders = marks.Select(mark => mark.Recorder.Value).ToArray(),
        recordings = marks.Select(mark => mark.Recording.Value).ToArray(),
        mediaTimes = marks.Select(mark => mark.MediaTime.Ticks).ToArray(),
        labels = marks.Select(mark => mark.Label).ToArray(),
        sequences = marks.Select(mark => mark.Sequence).ToArray(),
        at = marks.Select(mark => mark.At.UtcTicks).ToArray(),
    };

    private object Columns(IReadOnlyList<RecordingRow> rows) => new
    {
        node,
        recorders = rows.Select(row => row.Key.Recorder.Value).ToArray(),
        recordings = rows.Select(row => row.Key.Recording.Value).ToArray(),
        folders = rows.Select(row => $"{row.Key.Recorder.Value}/{row.Key.Recording.Value}").ToArray(),
        types = rows.Select(row => row.MimeType).ToArray(),
        started = rows.Select(row => row.StartedAt.UtcTicks).ToArray(),
        // Here it ended and went on elsewhere.
        ended = rows.Select(row => row.StopReason == StopReason.Moved ? null : row.EndedAt?.UtcTicks).ToArray(),
        reasons = rows.Select(row => (long?)row.StopReason).ToArray(),
        durations = rows.Select(row => row.Duration.Ticks).ToArray(),
        durable = rows.Select(row => row.DurableThrough).ToArray(),
    };
}
