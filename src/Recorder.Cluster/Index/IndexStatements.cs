namespace Recorder.Cluster.Index;

/// <summary>What a transaction writes, a row at a time: each statement is prepared once for all its rows.</summary>
internal static class IndexStatements
{
    public const string OneRecording = "recorder = @recorder AND recording = @recording";

    private const string HoldOf = "COALESCE((SELECT held FROM holds WHERE recorder = @recorder AND recording = @recording), 0)";

    public const string PutPosition =
        """
        INSERT INTO positions (node, start, last, change) VALUES (@node, @start, @last, @change)
        ON CONFLICT (node) DO UPDATE SET start = excluded.start, last = excluded.last, change = excluded.change
        """;

    // Journals arrive in any order: the first start and the furthest end are right in each.
    public const string PutRecording =
        $"""
        INSERT INTO recordings (
            recorder, recording, folder, mime_type, started_at, duration, bytes, blobs, durable_through, stored, held, sequence)
        VALUES (@recorder, @recording, @folder, @mimeType, @startedAt, @end, @bytes, @blobs, @durable, @bytes, {HoldOf}, 0)
        ON CONFLICT (recorder, recording) DO UPDATE SET
            mime_type = CASE WHEN excluded.mime_type <> '' AND @sequence >= recordings.sequence THEN excluded.mime_type ELSE recordings.mime_type END,
            started_at = MIN(excluded.started_at, recordings.started_at),
            duration = MAX(excluded.duration, recordings.duration),
            bytes = recordings.bytes + excluded.bytes, blobs = recordings.blobs + excluded.blobs, stored = recordings.stored + excluded.stored,
            durable_through = MAX(excluded.durable_through, recordings.durable_through)
        """;

    // Whether it runs or has ended is what the event with the highest number says, whenever that arrives.
    public const string ResumeRecording =
        $"UPDATE recordings SET ended_at = NULL, stop_reason = NULL, sequence = @sequence WHERE {OneRecording} AND sequence <= @sequence";

    // The totals count the extents of all nodes; a stop event knows those of one. A crashed recording ends where its media ends.
    public const string StopRecording =
        $"""
        UPDATE recordings SET stop_reason = @reason, duration = MAX(duration, @duration), sequence = @sequence,
            ended_at = CASE WHEN @crashed = 0 THEN @at ELSE COALESCE(
                (SELECT MAX(e.captured_at + e.duration) FROM extents e WHERE e.recorder = @recorder AND e.recording = @recording), @at) END
        WHERE {OneRecording} AND sequence <= @sequence
        """;

    public const string HasExtent =
        $"SELECT EXISTS (SELECT 1 FROM extents WHERE {OneRecording} AND number = @number AND epoch = @epoch AND node = @node)";

    public const string PutExtent =
        """
        INSERT INTO extents (
            recorder, recording, number, epoch, node, is_late, name, bytes, media_time, duration, captured_at, first_blob, last_blob)
        VALUES (
            @recorder, @recording, @number, @epoch, @node, 0, @name, @bytes, @mediaTime, @duration, @capturedAt, @firstBlob, @lastBlob)
        ON CONFLICT (recorder, recording, number, epoch, node) DO UPDATE SET
            bytes = MAX(excluded.bytes, extents.bytes), last_blob = MAX(excluded.last_blob, extents.last_blob),
            duration = MAX(excluded.media_time + excluded.duration, extents.media_time + extents.duration) - extents.media_time
        """;

    // What nodes have twice when a recorder is handed over: a group of pictures and the difference of their clocks, in ticks.
    private const string HandOverOverlap = "15000000";
    private const string Until = $"MAX(extents.captured_at, extents.captured_at + extents.duration - {HandOverOverlap})";

    // An extent is late when another node had begun one under a higher tenure (of one term, the node of the higher name) before it was begun, or before it
    // ended by more than a hand-over's overlap, whichever of them arrives first.
    public const string MarkLate =
        $"""
        UPDATE extents SET is_late = 1 WHERE {OneRecording} AND number = @number AND epoch = @epoch AND node = @node AND is_late = 0 AND (EXISTS (
            SELECT 1 FROM extents e INDEXED BY extents_by_epoch WHERE e.recorder = @recorder AND e.recording = @recording AND e.epoch > @epoch
                AND e.captured_at <= {Until} AND e.node <> @node)
            OR EXISTS (
            SELECT 1 FROM extents e INDEXED BY extents_by_tenure WHERE e.recorder = @recorder AND e.recording = @recording AND e.epoch = @epoch
                AND e.node > @node AND e.captured_at <= {Until}))
        """;

    public const string MarkOthersLate =
        $"""
        UPDATE extents SET is_late = 1 WHERE {OneRecording} AND {Until} >= @capturedAt AND epoch < @epoch AND node <> @node AND is_late = 0;
        UPDATE extents INDEXED BY extents_by_tenure SET is_late = 1
            WHERE {OneRecording} AND epoch = @epoch AND node < @node AND {Until} >= @capturedAt AND is_late = 0;
        """;

    public const string PutNodeOfGap =
        $"""
        UPDATE gaps SET node = @node WHERE {OneRecording} AND media_time = @mediaTime AND from_at = @from AND cause = @cause AND sequence = @sequence
        """;

    public const string PutHold =
        """
        INSERT INTO holds (recorder, recording, held, version, node) VALUES (@recorder, @recording, @held, @version, @node)
        ON CONFLICT (recorder, recording) DO UPDATE SET held = excluded.held, version = excluded.version, node = excluded.node
        WHERE excluded.version > holds.version OR (excluded.version = holds.version AND excluded.held > holds.held)
        """;

    public const string ApplyHold = $"UPDATE recordings SET held = {HoldOf} WHERE {OneRecording}";

    public const string PurgeExtent = $"DELETE FROM extents WHERE {OneRecording} AND number = @number AND node = @node";

    public const string CountStored =
        $"UPDATE recordings SET stored = COALESCE((SELECT SUM(bytes) FROM extents e WHERE e.recorder = @recorder AND e.recording = @recording), 0) " +
        $"WHERE {OneRecording}";

    private const string WithoutExtents = "NOT EXISTS (SELECT 1 FROM extents e WHERE e.recorder = @recorder AND e.recording = @recording)";

    // One that is open and without media, while its recorder has gone on for long, is told of again by a journal that came late.
    public const string RemovePurged =
        $"""
        DELETE FROM recordings WHERE {OneRecording} AND {WithoutExtents} AND (ended_at IS NOT NULL OR sequence / @numbers <
            COALESCE((SELECT last FROM sequences WHERE recorder = @recorder), 0) / @numbers)
        """;

    public const string RemoveEmpty = $"DELETE FROM recordings WHERE {OneRecording} AND ended_at IS NOT NULL AND blobs = 0 AND {WithoutExtents}";
    public const string RemoveWithoutExtents = $"DELETE FROM recordings WHERE {OneRecording} AND {WithoutExtents}";

    // Gaps and marks of a time of which no node has media any more.
    private const string FirstMedia = "(SELECT MIN(e.media_time) FROM extents e WHERE e.recorder = @recorder AND e.recording = @recording)";
    public const string RemoveGapsBefore = $"DELETE FROM gaps WHERE {OneRecording} AND media_time < {FirstMedia} AND media_time + duration <= {FirstMedia}";
    public const string RemoveMarksBefore = $"DELETE FROM marks WHERE {OneRecording} AND media_time < {FirstMedia}";

    public const string RemoveGaps = $"DELETE FROM gaps WHERE {OneRecording}";
    public const string RemoveMarks = $"DELETE FROM marks WHERE {OneRecording}";

    public const string CopyRecording =
        $"""
        INSERT INTO recordings (
            recorder, recording, folder, mime_type, started_at, duration, bytes, blobs, durable_through, stored, held, sequence)
        VALUES (@recorder, @recording, @folder, @mimeType, @startedAt, @duration, 0, 0, @durable, 0, {HoldOf}, 0)
        ON CONFLICT (recorder, recording) DO UPDATE SET
            mime_type = CASE WHEN recordings.mime_type = '' THEN excluded.mime_type ELSE recordings.mime_type END,
            started_at = MIN(excluded.started_at, recordings.started_at),
            duration = MAX(excluded.duration, recordings.duration), durable_through = MAX(excluded.durable_through, recordings.durable_through)
        """;

    // Totals follow from the extents of all nodes, except for those that retention has removed.
    public const string CountRecording =
        $"""
        UPDATE recordings SET stored = e.stored, bytes = MAX(recordings.bytes, e.stored, @bytes), blobs = MAX(recordings.blobs, e.blobs, @blobs)
        FROM (SELECT COALESCE(SUM(bytes), 0) AS stored, COALESCE(SUM(last_blob - first_blob + 1), 0) AS blobs
            FROM extents WHERE {OneRecording}) e
        WHERE {OneRecording}
        """;

    // A snapshot knows no events. It says how a recording ended if its node recorded the recording last.
    public const string CopyEnd =
        $"""
        UPDATE recordings SET ended_at = @endedAt, stop_reason = @reason, sequence = @sequence
        WHERE {OneRecording} AND sequence <= @sequence AND NOT EXISTS (
            SELECT 1 FROM extents e WHERE e.recorder = @recorder AND e.recording = @recording AND e.node <> @node AND e.epoch > COALESCE(
                (SELECT MAX(o.epoch) FROM extents o WHERE o.recorder = @recorder AND o.recording = @recording AND o.node = @node), 0))
        """;
}
