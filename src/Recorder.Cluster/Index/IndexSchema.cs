using Recorder.Actors.Catalogue.Sql;

namespace Recorder.Cluster.Index;

/// <summary>The schema of <c>cluster.db</c>: one script per version. Recordings, gaps and marks have the columns that a node's catalogue gives
/// them, so that the same queries read both. Times are UTC ticks, durations are ticks, and enums are their numbers.</summary>
internal static class IndexSchema
{
    public static readonly IReadOnlyList<string> Versions =
    [
        $"""
        CREATE TABLE state (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE positions (node TEXT PRIMARY KEY, start TEXT NOT NULL, last INTEGER NOT NULL, change INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE runs (id INTEGER PRIMARY KEY, start TEXT NOT NULL UNIQUE, first INTEGER NOT NULL);
        CREATE TABLE changes (number INTEGER PRIMARY KEY AUTOINCREMENT, journal INTEGER NOT NULL, json TEXT NOT NULL);
        CREATE TABLE sequences (recorder TEXT PRIMARY KEY, last INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE recordings (
            recorder TEXT NOT NULL, recording TEXT NOT NULL, folder TEXT NOT NULL, mime_type TEXT NOT NULL,
            started_at INTEGER NOT NULL, ended_at INTEGER, stop_reason INTEGER,
            duration INTEGER NOT NULL, bytes INTEGER NOT NULL, blobs INTEGER NOT NULL, durable_through INTEGER NOT NULL,
            stored INTEGER NOT NULL, held INTEGER NOT NULL DEFAULT 0, sequence INTEGER NOT NULL,
            PRIMARY KEY (recorder, recording)) WITHOUT ROWID;
        CREATE INDEX recordings_by_age ON recordings (recording, recorder);
        CREATE INDEX recordings_open ON recordings (recorder) WHERE ended_at IS NULL;
        CREATE TABLE extents (
            recorder TEXT NOT NULL, recording TEXT NOT NULL, number INTEGER NOT NULL, epoch INTEGER NOT NULL, node TEXT NOT NULL,
            is_late INTEGER NOT NULL, name TEXT NOT NULL, bytes INTEGER NOT NULL,
            media_time INTEGER NOT NULL, duration INTEGER NOT NULL, captured_at INTEGER NOT NULL,
            first_blob INTEGER NOT NULL, last_blob INTEGER NOT NULL, deleted INTEGER NOT NULL DEFAULT 0,
            PRIMARY KEY (recorder, recording, number, epoch, node)) WITHOUT ROWID;
        CREATE INDEX extents_by_time ON extents (recorder, recording, media_time);
        CREATE INDEX extents_by_capture ON extents (recorder, recording, captured_at);
        CREATE INDEX extents_by_epoch ON extents (recorder, recording, epoch, captured_at);
        CREATE INDEX extents_by_node ON extents (node, recorder, recording);
        {GapAndMarkRows.Schema}
        CREATE TABLE holds (
            recorder TEXT NOT NULL, recording TEXT NOT NULL, held INTEGER NOT NULL, version INTEGER NOT NULL, node TEXT NOT NULL,
            PRIMARY KEY (recorder, recording)) WITHOUT ROWID;
        CREATE TABLE idempotency (key TEXT PRIMARY KEY, at INTEGER NOT NULL, request TEXT NOT NULL, status INTEGER NOT NULL, body TEXT NOT NULL);
        CREATE INDEX idempotency_by_age ON idempotency (at);
        """,
        // The events themselves. An event's number is (term, holder, start, sequence); node and number say in whose journal it is, and id when this node
        // learned of it. Of each node's journal, logs has the last entry that is here, and the last one that is not here any more or never was.
        """
        CREATE TABLE events (
            id INTEGER PRIMARY KEY AUTOINCREMENT, node TEXT NOT NULL, number INTEGER NOT NULL, recorder TEXT NOT NULL,
            term INTEGER NOT NULL, holder TEXT NOT NULL, start TEXT NOT NULL, sequence INTEGER NOT NULL,
            at INTEGER NOT NULL, kind TEXT NOT NULL, json BLOB NOT NULL);
        CREATE INDEX events_by_journal ON events (node, number);
        CREATE INDEX events_by_number ON events (recorder, term, holder, start, sequence);
        CREATE TABLE tenures (
            recorder TEXT NOT NULL, term INTEGER NOT NULL, holder TEXT NOT NULL, start TEXT NOT NULL,
            first INTEGER NOT NULL, last INTEGER NOT NULL, first_number INTEGER NOT NULL, last_number INTEGER NOT NULL,
            after_term INTEGER, after_holder TEXT, after_start TEXT, after_sequence INTEGER, told_late INTEGER NOT NULL DEFAULT 0,
            PRIMARY KEY (recorder, term, holder, start)) WITHOUT ROWID;
        CREATE TABLE logs (node TEXT PRIMARY KEY, last INTEGER NOT NULL, missing INTEGER NOT NULL) WITHOUT ROWID;
        INSERT INTO logs (node, last, missing) SELECT node, last, last FROM positions;
        """,
        // The node that told of a gap; empty for what was written before.
        "ALTER TABLE gaps ADD COLUMN node TEXT NOT NULL DEFAULT '';",
    ];

    /// <summary>What a file of the latest version may lack. An earlier program still opens a file that has it, as it must where versions are mixed.</summary>
    public const string Additions = "CREATE INDEX IF NOT EXISTS extents_by_tenure ON extents (recorder, recording, epoch, node, captured_at)";
}
