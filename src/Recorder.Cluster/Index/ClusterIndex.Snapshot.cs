using System.Data.Common;
using Dapper;
using Recorder.Actors.Catalogue;
using Recorder.Actors.Catalogue.Sql;
using Recorder.Contracts;
using static Recorder.Cluster.Index.IndexWriter;

namespace Recorder.Cluster.Index;

// What a node has, for a follower whose position is not known there.
internal sealed partial class ClusterIndex
{
    // What the log gets of a node's journal from before the index began.
    private const long MaxFilled = 200_000;

    /// <summary>Takes everything that a node has now, and continues behind it. Extents of it that it does not have any more are removed.</summary>
    public async Task<IndexPosition> CopyAsync(string node, IJournalSource source, CancellationToken cancellationToken)
    {
        var rows = new List<RecordingRow>();
        RecordingKey? after = null;
        var end = await source.CopyAsync(
            async copy =>
            {
                await CopyAsync(node, after, copy, cancellationToken).ConfigureAwait(false);
                rows.AddRange(copy.Recordings);
                after = copy.Recordings[^1].Key;
            },
            cancellationToken).ConfigureAwait(false);
        await _connections.WriteAsync(
            durable: true,
            writer =>
            {
                RemoveMissing(writer, node, after, null, []);
                RecorderSequences.Put(writer, end.Sequences);
                writer.Execute(IndexStatements.CopyEnd, rows.Where(row => row.StopReason != StopReason.Moved)
                    .Select(row => End(node, row, end.Sequences)).ToList());
                SupersededRecordings.EndThem(writer, rows.Select(row => row.Key.Recorder));
                foreach (var hold in rows.Where(row => row.IsHeld).Select(row => new Hold(row.Key, IsHeld: true, Version: 0, node)).Concat(end.Holds))
                    Put(writer, hold);

                Put(writer, node, end.Position);
                return BeginLog(writer, node, end.Position.Journal.Number);
            },
            cancellationToken,
            extent => Log.Begin(node, extent, end.Position.Journal.Number)).ConfigureAwait(false);
        return end.Position;
    }

    // A node whose folder was restored writes numbers again that the log has with other events.
    private LogExtent BeginLog(DbConnection writer, string node, long position)
    {
        var known = Log.ExtentOf(node);
        if (known?.Last > position)
            EventTable.Remove(writer, node);

        var begin = Math.Max(0, position - MaxFilled);
        var extent = known is { } log && log.Last <= position ? new LogExtent(Math.Max(log.Last, begin), log.Last < begin ? begin : log.Missing) : new LogExtent(begin, begin);
        EventTable.Put(writer, node, extent);
        return extent;
    }

    // Pages are ordered by recording: what lies between two of them and is not in the second is gone.
    private Task CopyAsync(string node, RecordingKey? after, CatalogueCopy copy, CancellationToken cancellationToken) => _connections.WriteAsync(
        durable: false,
        writer =>
        {
            RemoveMissing(writer, node, after, copy.Recordings[^1].Key, copy.Extents.Select(it => (it.Recording, it.Extent.Number)).ToHashSet());
            writer.Execute(IndexStatements.CopyRecording, copy.Recordings.Select(Row).ToList());
            PutExtents(writer, node, [.. copy.Extents]);
            PutGapsAndMarks(writer, node, copy.Gaps, copy.Marks);
            writer.Execute(IndexStatements.CountRecording, copy.Recordings.Select(Row).ToList());
        },
        cancellationToken);

    private static void RemoveMissing(
        DbConnection writer, string node, RecordingKey? after, RecordingKey? last, HashSet<(RecordingKey, int)> present)
    {
        var known = writer.Query<(string Recorder, string Recording, long Number)>(
            "SELECT recorder, recording, number FROM extents WHERE node = @node AND (recorder, recording) > (@recorder, @recording)" +
            (last is null ? "" : " AND (recorder, recording) <= (@lastRecorder, @lastRecording)"),
            new
            {
                node,
                recorder = after?.Recorder.Value ?? "",
                recording = after?.Recording.Value ?? "",
                lastRecorder = last?.Recorder.Value,
                lastRecording = last?.Recording.Value,
            });
        var gone = known.Select(row => (Recording: new RecordingKey(new RecorderId(row.Recorder), new RecordingId(row.Recording)), (int)row.Number))
            .Where(extent => !present.Contains(extent)).ToList();
        Put(writer, node, new ExtentsPurged(gone));
    }

    private static object Row(RecordingRow row) => new
    {
        recorder = row.Key.Recorder.Value,
        recording = row.Key.Recording.Value,
        folder = FolderOf(row.Key),
        mimeType = row.MimeType,
        startedAt = row.StartedAt.UtcTicks,
        duration = row.Duration.Ticks,
        bytes = row.Bytes,
        blobs = row.Blobs,
        durable = row.DurableThrough,
    };

    private static object End(string node, RecordingRow row, IReadOnlyDictionary<RecorderId, long> sequences) => new
    {
        recorder = row.Key.Recorder.Value,
        recording = row.Key.Recording.Value,
        node,
        endedAt = row.EndedAt?.UtcTicks,
        reason = (long?)row.StopReason,
        sequence = sequences.GetValueOrDefault(row.Key.Recorder),
    };
}
