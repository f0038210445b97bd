namespace Recorder.Actors.Cluster;

// One statement for all rows of a kind, however many recorders a node has.
internal sealed partial class SharedIndex
{
    private const string ListExtents =
        """
        SELECT number, epoch, node, is_late AS IsLate, name, bytes, media_time AS MediaTime, duration, captured_at AS CapturedAt,
            first_blob AS FirstBlob, last_blob AS LastBlob
        FROM extents WHERE recorder = @recorder AND recording = @recording AND deleted = 0
            AND ((media_time + duration > @from AND media_time < @to) OR (@elsewhere AND number = 1)) AND NOT (@elsewhere AND node = @node)
        ORDER BY media_time, number
        """;

    private const string PutRecordings =
        """
        INSERT INTO recordings (recorder, recording, folder, mime_type, started_at, duration, bytes, blobs, durable_through, stored)
        SELECT recorder, recording, folder, type, started, ends, bytes, blobs, durable, bytes
        FROM unnest(@recorders, @recordings, @folders, @types, @started, @ends, @bytes, @blobs, @durable)
            AS c (recorder, recording, folder, type, started, ends, bytes, blobs, durable)
        ON CONFLICT (recorder, recording) DO UPDATE SET
            mime_type = CASE WHEN excluded.mime_type <> '' THEN excluded.mime_type ELSE recordings.mime_type END,
            duration = GREATEST(excluded.duration, recordings.duration),
            bytes = recordings.bytes + excluded.bytes, blobs = recordings.blobs + excluded.blobs, stored = recordings.stored + excluded.stored,
            durable_through = GREATEST(excluded.durable_through, recordings.durable_through);
        UPDATE recordings r SET ended_at = NULL, stop_reason = NULL FROM unnest(@recorders, @recordings, @running) AS c (recorder, recording, running)
        WHERE c.running AND r.recorder = c.recorder AND r.recording = c.recording;
        """;

    // What was begun by a node that lost its recorder before it could say so has nobody who would end it.
    private const string PutLateRecordings =
        """
        INSERT INTO recordings (recorder, recording, folder, mime_type, started_at, ended_at, stop_reason, duration, bytes, blobs, durable_through, stored)
        SELECT recorder, recording, folder, type, started, seen, CASE WHEN reason = 0 THEN 6 ELSE reason END, ends, bytes, blobs, durable, bytes
        FROM unnest(@recorders, @recordings, @folders, @types, @started, @ends, @bytes, @blobs, @durable, @seen, @reasons)
            AS c (recorder, recording, folder, type, started, ends, bytes, blobs, durable, seen, reason)
        ON CONFLICT (recorder, recording) DO UPDATE SET
            duration = GREATEST(excluded.duration, recordings.duration),
            bytes = recordings.bytes + excluded.bytes, blobs = recordings.blobs + excluded.blobs, stored = recordings.stored + excluded.stored
        """;

    // The recording's own totals count the extents of all nodes; a stop event knows those of one.
    private const string StopRecordings =
        """
        UPDATE recordings r SET stop_reason = c.reason, duration = GREATEST(r.duration, c.duration),
            ended_at = CASE WHEN c.reason <> 6 THEN c.at ELSE COALESCE(
                (SELECT MAX(e.captured_at + e.duration) FROM extents e WHERE e.recorder = r.recorder AND e.recording = r.recording), c.at) END
        FROM unnest(@recorders, @recordings, @reasons, @stoppedAt, @stopDurations) AS c (recorder, recording, reason, at, duration)
        WHERE r.recorder = c.recorder AND r.recording = c.recording
        """;

    private const string CopyExtents =
        """
        INSERT INTO extents (
            recorder, recording, number, epoch, node, is_late, name, bytes, media_time, duration, captured_at, first_blob, last_blob)
        SELECT recorder, recording, number, epoch, @node, late, name, bytes, media_time, duration, captured, first_blob, last_blob
        FROM unnest(@recorders, @recordings, @numbers, @epochs, @late, @names, @bytes, @mediaTimes, @durations, @captured, @firstBlobs, @lastBlobs)
            AS c (recorder, recording, number, epoch, late, name, bytes, media_time, duration, captured, first_blob, last_blob)
        ON CONFLICT (recorder, recording, number, epoch, node) DO UPDATE SET
            bytes = GREATEST(excluded.bytes, extents.bytes), last_blob = GREATEST(excluded.last_blob, extents.last_blob),
            duration = GREATEST(excluded.media_time + excluded.duration, extents.media_time + extents.duration) - extents.media_time
        """;

    private const string PutExtents = CopyExtents + ", is_late = extents.is_late OR excluded.is_late";

    // Whoever claims one of these waits until what is written under its token is in the index, and sees it.
    private const string LockTokens = "SELECT id, token FROM recorders WHERE id = ANY(@ids) ORDER BY id FOR SHARE";

    private const string PutPosition =
        """
        INSERT INTO positions (node, journal, last) VALUES (@node, @journal, @last)
        ON CONFLICT (node) DO UPDATE SET journal = excluded.journal, last = excluded.last
        """;

    private const string CopyRecordings =
        """
        INSERT INTO recordings (recorder, recording, folder, mime_type, started_at, ended_at, stop_reason, duration, bytes, blobs, durable_through, stored)
        SELECT recorder, recording, folder, type, started, NULL, NULL, duration, 0, 0, durable, 0
        FROM unnest(@recorders, @recordings, @folders, @types, @started, @durations, @durable)
            AS c (recorder, recording, folder, type, started, duration, durable)
        ON CONFLICT (recorder, recording) DO UPDATE SET
            duration = GREATEST(excluded.duration, recordings.duration), durable_through = GREATEST(excluded.durable_through, recordings.durable_through)
        """;

    // Totals follow from the extents of all nodes, but for those that retention has removed; an end is that of whoever recorded last.
    private const string CountRecordings =
        """
        UPDATE recordings r SET stored = e.bytes, bytes = GREATEST(r.bytes, e.bytes), blobs = GREATEST(r.blobs, e.blobs)
        FROM (SELECT x.recorder, x.recording, SUM(x.bytes)::bigint AS bytes, SUM(x.last_blob - x.first_blob + 1)::bigint AS blobs
            FROM extents x JOIN unnest(@recorders, @recordings) AS c (recorder, recording) ON x.recorder = c.recorder AND x.recording = c.recording
            GROUP BY x.recorder, x.recording) e
        WHERE r.recorder = e.recorder AND r.recording = e.recording;
        UPDATE recordings r SET ended_at = c.ended, stop_reason = c.reason
        FROM unnest(@recorders, @recordings, @ended, @reasons) AS c (recorder, recording, ended, reason)
        WHERE r.recorder = c.recorder AND r.recording = c.recording AND r.ended_at IS NULL AND c.ended IS NOT NULL
            AND NOT EXISTS (SELECT 1 FROM recorders o WHERE o.id = r.recorder AND o.owner IS DISTINCT FROM @node AND o.owner IS NOT NULL);
        """;

    // What ended without media on any node was no recording.
    private const string RemoveEmpty =
        """
        WITH gone AS (
            DELETE FROM recordings r USING unnest(@recorders, @recordings) AS c (recorder, recording)
            WHERE r.recorder = c.recorder AND r.recording = c.recording AND r.ended_at IS NOT NULL AND r.blobs = 0
                AND NOT EXISTS (SELECT 1 FROM extents e WHERE e.recorder = r.recorder AND e.recording = r.recording)
            RETURNING r.recorder, r.recording),
        gaps_gone AS (DELETE FROM gaps g USING gone WHERE g.recorder = gone.recorder AND g.recording = gone.recording)
        DELETE FROM marks m USING gone WHERE m.recorder = gone.recorder AND m.recording = gone.recording
        """;

    private const string PutGaps =
        """
        INSERT INTO gaps (recorder, recording, media_time, from_at, cause, duration, to_at, packets, detail, sequence, at)
        SELECT * FROM unnest(@recorders, @recordings, @mediaTimes, @from, @causes, @durations, @to, @packets, @details, @sequences, @at)
        ON CONFLICT (recorder, recording, media_time, from_at, cause) DO NOTHING
        """;

    private const string PutMarks =
        """
        INSERT INTO marks (recorder, recording, media_time, label, sequence, at)
        SELECT * FROM unnest(@recorders, @recordings, @mediaTimes, @labels, @sequences, @at)
        ON CONFLICT (recorder, recording, media_time, label) DO NOTHING
        """;

    private const string PutSequences =
        """
        INSERT INTO sequences (recorder, last) SELECT * FROM unnest(@recorders, @lasts) AS c (recorder, last) ORDER BY recorder
        ON CONFLICT (recorder) DO UPDATE SET last = GREATEST(excluded.last, sequences.last)
        """;

    private const string RemoveExtents =
        """
        WITH gone AS (
            DELETE FROM extents e USING unnest(@recorders, @recordings, @numbers) AS c (recorder, recording, number)
            WHERE e.node = @node AND e.recorder = c.recorder AND e.recording = c.recording AND e.number = c.number
            RETURNING e.recorder, e.recording, e.bytes)
        UPDATE recordings r SET stored = r.stored - g.bytes
        FROM (SELECT recorder, recording, SUM(bytes)::bigint AS bytes FROM gone GROUP BY recorder, recording) g
        WHERE r.recorder = g.recorder AND r.recording = g.recording;
        DELETE FROM recordings r USING (SELECT DISTINCT * FROM unnest(@recorders, @recordings)) AS c (recorder, recording)
        WHERE r.recorder = c.recorder AND r.recording = c.recording AND r.ended_at IS NOT NULL
            AND NOT EXISTS (SELECT 1 FROM extents e WHERE e.recorder = r.recorder AND e.recording = r.recording);
        """;
}
