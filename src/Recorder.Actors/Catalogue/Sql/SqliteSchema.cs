namespace Recorder.Actors.Catalogue.Sql;

/// <summary>The schema: one script per version. Times are UTC ticks, durations are ticks, and enums are their numbers. There is
/// one row per extent and none per blob. Rows are found by key only, so there are no foreign keys to check.</summary>
internal static class SqliteSchema
{
    public static readonly IReadOnlyList<string> Versions =
    [
        $"""
        CREATE TABLE state (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE recorders (id TEXT PRIMARY KEY, definition TEXT NOT NULL) WITHOUT ROWID;
        CREATE TABLE sequences (recorder TEXT PRIMARY KEY, last INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE recordings (
            recorder TEXT NOT NULL, recording TEXT NOT NULL, folder TEXT NOT NULL, mime_type TEXT NOT NULL,
            started_at INTEGER NOT NULL, ended_at INTEGER, stop_reason INTEGER,
            duration INTEGER NOT NULL, bytes INTEGER NOT NULL, blobs INTEGER NOT NULL, durable_through INTEGER NOT NULL,
            stored INTEGER NOT NULL, held INTEGER NOT NULL DEFAULT 0,
            PRIMARY KEY (recorder, recording)) WITHOUT ROWID;
        CREATE INDEX recordings_by_age ON recordings (recording, recorder);
        CREATE TABLE extents (
            recorder TEXT NOT NULL, recording TEXT NOT NULL, number INTEGER NOT NULL, name TEXT NOT NULL, bytes INTEGER NOT NULL,
            media_time INTEGER NOT NULL, duration INTEGER NOT NULL, captured_at INTEGER NOT NULL,
            first_blob INTEGER NOT NULL, last_blob INTEGER NOT NULL, epoch INTEGER NOT NULL, deleted INTEGER NOT NULL DEFAULT 0,
            PRIMARY KEY (recorder, recording, number)) WITHOUT ROWID;
        CREATE INDEX extents_by_time ON extents (recorder, recording, media_time);
        CREATE INDEX extents_deleted ON extents (deleted) WHERE deleted = 1;
        {GapAndMarkRows.Schema}
        CREATE TABLE journal (
            id INTEGER PRIMARY KEY, recorder TEXT NOT NULL, sequence INTEGER NOT NULL, at INTEGER NOT NULL, kind TEXT NOT NULL,
            json TEXT NOT NULL);
        CREATE UNIQUE INDEX journal_by_sequence ON journal (recorder, sequence);
        CREATE INDEX journal_by_recorder ON journal (recorder, id);
        CREATE TABLE idempotency (key TEXT PRIMARY KEY, at INTEGER NOT NULL, request TEXT NOT NULL, status INTEGER NOT NULL, body TEXT NOT NULL);
        CREATE INDEX idempotency_by_age ON idempotency (at);
        """,
        // extents.recorded is the node's time where the system clock was wrong; null means captured_at. The clock is one row.
        """
        ALTER TABLE extents ADD COLUMN recorded INTEGER;
        CREATE INDEX extents_recorded ON extents (recorder) WHERE recorded IS NOT NULL;
        CREATE TABLE clock (id INTEGER PRIMARY KEY, json TEXT NOT NULL);
        """,
    ];
}
