using System.Data.Common;
using Dapper;
using Recorder.Actors.Timing;
using Recorder.Contracts;
using Recorder.Media;
using static Recorder.Actors.Catalogue.Sql.CatalogueRows;

namespace Recorder.Actors.Catalogue.Sql;

internal sealed class RecordingUpdates(
    CatalogueConnections connections, CatalogueRows rows, RecorderSequences sequences, NodeClock clock)
{
    private static readonly string[] Tables = ["recordings", "extents", "gaps", "marks"];

    private const string PutRecording =
        """
        INSERT INTO recordings (
            recorder, recording, folder, mime_type, started_at, ended_at, stop_reason, duration, bytes, blobs, durable_through, stored)
        VALUES (@recorder, @recording, @folder, @mimeType, @startedAt, NULL, NULL, @end, @bytes, @blobs, @durable, @bytes)
        ON CONFLICT (recorder, recording) DO UPDATE SET
            folder = CASE WHEN @hasFolder = 1 THEN excluded.folder ELSE recordings.folder END,
            mime_type = CASE WHEN excluded.mime_type <> '' THEN excluded.mime_type ELSE recordings.mime_type END,
            duration = CASE WHEN excluded.duration > recordings.duration THEN excluded.duration ELSE recordings.duration END,
            bytes = recordings.bytes + excluded.bytes, blobs = recordings.blobs + excluded.blobs,
            stored = recordings.stored + excluded.stored,
            durable_through = CASE WHEN excluded.durable_through > recordings.durable_through
                THEN excluded.durable_through ELSE recordings.durable_through END,
            ended_at = CASE WHEN @running = 1 THEN NULL ELSE recordings.ended_at END,
            stop_reason = CASE WHEN @running = 1 THEN NULL ELSE recordings.stop_reason END
        """;

    // A recording whose process died ends where its media ends, not when it was found.
    private const string StopRecording =
        """
        UPDATE recordings SET stop_reason = @reason, duration = @duration, bytes = @bytes, blobs = @blobs,
            ended_at = CASE WHEN @crashed = 0 THEN @at ELSE COALESCE(
                (SELECT MAX(e.captured_at + e.duration) FROM extents e WHERE e.recorder = @recorder AND e.recording = @recording), @at) END
        WHERE recorder = @recorder AND recording = @recording
        """;

    private const string PutExtent =
        """
        INSERT INTO extents (
            recorder, recording, number, name, bytes, media_time, duration, captured_at, recorded, first_blob, last_blob, epoch)
        VALUES (@recorder, @recording, @number, @name, @bytes, @mediaTime, @duration, @capturedAt, @recorded, @firstBlob, @lastBlob, @epoch)
        ON CONFLICT (recorder, recording, number) DO UPDATE SET
            bytes = CASE WHEN excluded.bytes > extents.bytes THEN excluded.bytes ELSE extents.bytes END,
            duration = CASE WHEN excluded.media_time + excluded.duration > extents.media_time + extents.duration
                THEN excluded.media_time + excluded.duration - extents.media_time ELSE extents.duration END,
            last_blob = CASE WHEN excluded.last_blob > extents.last_blob THEN excluded.last_blob ELSE extents.last_blob END
        """;

    public Task ApplyAsync(CatalogueChanges changes, CancellationToken cancellationToken) =>
        connections.WriteAsync(durable: true, writer => Apply(writer, changes), cancellationToken, sequences.Clear);

    /// <summary>Replaces a recording by what its folder says; without any changes it is removed. Its hold and the times at which
    /// its extents were recorded stay.</summary>
    public Task ReplaceAsync(RecordingKey recording, CatalogueChanges changes, CancellationToken cancellationToken) =>
        connections.WriteAsync(
            durable: true,
            writer =>
            {
                var key = Key(recording);
                var held = writer.ExecuteScalar<long?>($"SELECT held FROM recordings WHERE {OneRecording}", key) ?? 0;
                var recorded = writer.Query<(long Number, long Recorded)>(
                    $"SELECT number, recorded FROM extents WHERE {OneRecording} AND recorded IS NOT NULL", key).ToList();
                foreach (var table in Tables)
                    writer.Execute($"DELETE FROM {table} WHERE {OneRecording}", key);

                Apply(writer, changes);
                writer.Execute($"UPDATE recordings SET held = {held} WHERE {OneRecording}", key);
                writer.Execute($"UPDATE extents SET recorded = @at WHERE {OneRecording} AND number = @number", recorded.Select(extent => new
                {
                    at = extent.Recorded,
                    number = extent.Number,
                    recorder = recording.Recorder.Value,
                    recording = recording.Recording.Value,
                }).ToList());
            },
            cancellationToken,
            sequences.Clear);

    /// <summary>Removes everything after a blob (null: everything) of a recording to be continued, except what is kept.</summary>
    public Task TruncateAsync(RecordingKey recording, Blob? last, CatalogueChanges kept, CancellationToken cancellationToken) =>
        connections.WriteAsync(
            durable: true,
            writer =>
            {
                var end = last is null ? TimeSpan.Zero : last.MediaTime + last.Duration;
                var parameters = new
                {
                    recorder = recording.Recorder.Value,
                    recording = recording.Recording.Value,
                    number = last?.Extent ?? 0,
                    through = last?.Number ?? 0,
                    bytes = last is null ? 0 : last.Offset + last.Length,
                    end = end.Ticks,
                    rounding = TimeSpan.TicksPerMillisecond,
                };
                const string Counted =
                    $"COALESCE((SELECT SUM(bytes) FROM extents WHERE {OneRecording} AND number >= @number AND deleted = 0), 0) - @bytes";
                const string Last = $"COALESCE((SELECT MAX(last_blob) FROM extents WHERE {OneRecording}), @through) - @through";
                writer.Execute(
                    $"UPDATE recordings SET bytes = bytes - ({Counted}), stored = stored - ({Counted}), blobs = blobs - ({Last}), duration = @end, " +
                    $"durable_through = CASE WHEN durable_through > @through THEN @through ELSE durable_through END WHERE {OneRecording}",
                    parameters);
                writer.Execute($"DELETE FROM extents WHERE {OneRecording} AND number > @number", parameters);
                writer.Execute(
                    $"UPDATE extents SET bytes = @bytes, last_blob = @through, duration = @end - media_time WHERE {OneRecording} AND number = @number",
                    parameters);
                writer.Execute($"DELETE FROM gaps WHERE {OneRecording} AND media_time >= @end - @rounding", parameters);
                writer.Execute($"DELETE FROM marks WHERE {OneRecording} AND media_time >= @end - @rounding", parameters);
                Apply(writer, kept);
            },
            cancellationToken);

    /// <summary>In a transaction of the caller. Each statement is prepared once for all its rows.</summary>
    public void Apply(DbConnection writer, CatalogueChanges changes)
    {
        writer.Execute(PutExtent, changes.Extents.Select(entry => Columns(entry.Key.Recording, entry.Value)).ToList());
        writer.Execute(PutRecording, changes.Recordings.Where(entry => IsOfThisNode(writer, entry.Key, entry.Value))
            .Select(entry => Columns(entry.Key, entry.Value)).ToList());
        writer.Execute(StopRecording, changes.Recordings.Where(entry => entry.Value.Stopped is not null)
            .Select(entry => Columns(entry.Key, entry.Value.Stopped!)).ToList());
        GapAndMarkRows.Put(writer, changes.Gaps, changes.Marks);
        RecorderSequences.Put(writer, changes.Sequences);
        foreach (var (key, _) in changes.Recordings.Where(entry => entry.Value.Stopped is { Blobs: 0 }))
            RetentionStore.Forget(writer, RetentionStore.EndedEmpty, Key(key));
    }

    // In a cluster a node also says the end of recordings of which only other nodes have something.
    private bool IsOfThisNode(DbConnection writer, RecordingKey key, CatalogueChanges.RecordingChange change) =>
        change is not { Stopped: not null, StartedAt: null, CapturedAt: null, DurableThrough: 0 } || rows.Root is not { } root
            || writer.ExecuteScalar<long>($"SELECT COUNT(*) FROM recordings WHERE {OneRecording}", Key(key)) > 0
            || Directory.Exists(Path.Combine(root, key.Recorder.Value, key.Recording.Value));

    private object Columns(RecordingKey key, CatalogueChanges.RecordingChange change)
    {
        // The folder is known from the first blob on; until then it is the place where the node keeps recordings.
        var folder = change.Folder ?? Path.Combine(rows.Root ?? "", key.Recorder.Value, key.Recording.Value);
        return new
        {
            recorder = key.Recorder.Value,
            recording = key.Recording.Value,
            folder = rows.Stored(folder),
            hasFolder = change.Folder is null ? 0 : 1,
            mimeType = change.MimeType ?? "",
            startedAt = (change.StartedAt ?? change.CapturedAt ?? change.SeenAt).UtcTicks,
            end = change.End.Ticks,
            bytes = change.Bytes,
            blobs = change.Blobs,
            durable = change.DurableThrough,
            // A recording that gets more media has not ended, even if it was said to have.
            running = change.IsRunning || (change.Bytes > 0 && change.Stopped is null) ? 1 : 0,
        };
    }

    private static object Columns(RecordingKey key, RecorderProtocol.Stopped stopped) => new
    {
        recorder = key.Recorder.Value,
        recording = key.Recording.Value,
        reason = (int)stopped.Reason,
        crashed = stopped.Reason == StopReason.Crashed ? 1 : 0,
        at = stopped.At.UtcTicks,
        duration = stopped.Duration.Ticks,
        bytes = stopped.Bytes,
        blobs = stopped.Blobs,
    };

    private object Columns(RecordingKey key, Extent extent) => new
    {
        recorder = key.Recorder.Value,
        recording = key.Recording.Value,
        number = extent.Number,
        name = Path.GetFileName(extent.Path),
        bytes = extent.Bytes,
        mediaTime = extent.MediaTime.Ticks,
        duration = extent.Duration.Ticks,
        capturedAt = extent.CapturedAt.UtcTicks,
        recorded = clock.TimeOf(extent.CapturedAt)?.UtcTicks,
        firstBlob = extent.FirstBlob,
        lastBlob = extent.LastBlob,
        epoch = extent.Epoch,
    };
}
