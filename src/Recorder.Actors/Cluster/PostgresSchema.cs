using Recorder.Actors.Catalogue.Sql;

namespace Recorder.Actors.Cluster;

/// <summary>
/// The schema of a cluster's database, one text a version. The index of recordings has the columns that it has on one node
/// (<see cref="SqliteSchema"/>), and who holds each extent; the rest is what nodes agree on.
/// </summary>
internal static class PostgresSchema
{
    public const string Name = "recorder";

    public static readonly IReadOnlyList<string> Versions =
    [
        """
        CREATE TABLE nodes (
            id TEXT PRIMARY KEY, instance TEXT NOT NULL, url TEXT NOT NULL, capacity INTEGER NOT NULL, labels JSONB NOT NULL,
            epoch BIGINT NOT NULL, life BIGINT NOT NULL, state SMALLINT NOT NULL, lease_until TIMESTAMPTZ NOT NULL, alive_since TIMESTAMPTZ NOT NULL,
            bytes_per_second BIGINT NOT NULL DEFAULT 0, write_latency BIGINT NOT NULL DEFAULT 0);
        CREATE TABLE recorders (
            id TEXT COLLATE "C" PRIMARY KEY, definition TEXT NOT NULL, requires JSONB NOT NULL, owner TEXT, owner_epoch BIGINT,
            token BIGINT NOT NULL DEFAULT 0, given BOOLEAN NOT NULL DEFAULT FALSE, next_owner TEXT, next_ready BOOLEAN NOT NULL DEFAULT FALSE,
            history TEXT);
        CREATE INDEX recorders_by_owner ON recorders (owner);
        CREATE TABLE secrets (name TEXT PRIMARY KEY, value BYTEA NOT NULL);
        CREATE TABLE positions (node TEXT PRIMARY KEY, journal TEXT NOT NULL, last BIGINT NOT NULL);
        CREATE TABLE sequences (recorder TEXT PRIMARY KEY, last BIGINT NOT NULL);
        CREATE TABLE recordings (
            recorder TEXT COLLATE "C" NOT NULL, recording TEXT COLLATE "C" NOT NULL, folder TEXT NOT NULL, mime_type TEXT NOT NULL,
            started_at BIGINT NOT NULL, ended_at BIGINT, stop_reason BIGINT,
            duration BIGINT NOT NULL, bytes BIGINT NOT NULL, blobs BIGINT NOT NULL, durable_through BIGINT NOT NULL,
            stored BIGINT NOT NULL, held BIGINT NOT NULL DEFAULT 0,
            PRIMARY KEY (recorder, recording));
        CREATE INDEX recordings_by_age ON recordings (recording, recorder);
        CREATE INDEX recordings_open ON recordings (recorder) WHERE ended_at IS NULL;
        CREATE TABLE extents (
            recorder TEXT COLLATE "C" NOT NULL, recording TEXT COLLATE "C" NOT NULL, number BIGINT NOT NULL, epoch BIGINT NOT NULL,
            node TEXT NOT NULL, is_late BOOLEAN NOT NULL, name TEXT NOT NULL, bytes BIGINT NOT NULL,
            media_time BIGINT NOT NULL, duration BIGINT NOT NULL, captured_at BIGINT NOT NULL,
            first_blob BIGINT NOT NULL, last_blob BIGINT NOT NULL, deleted BIGINT NOT NULL DEFAULT 0,
            PRIMARY KEY (recorder, recording, number, epoch, node));
        CREATE INDEX extents_by_time ON extents (recorder, recording, media_time);
        CREATE TABLE gaps (
            recorder TEXT COLLATE "C" NOT NULL, recording TEXT COLLATE "C" NOT NULL, media_time BIGINT NOT NULL, from_at BIGINT NOT NULL,
            cause BIGINT NOT NULL, duration BIGINT NOT NULL, to_at BIGINT NOT NULL, packets BIGINT NOT NULL, detail TEXT NOT NULL,
            sequence BIGINT NOT NULL, at BIGINT NOT NULL,
            PRIMARY KEY (recorder, recording, media_time, from_at, cause));
        CREATE TABLE marks (
            recorder TEXT COLLATE "C" NOT NULL, recording TEXT COLLATE "C" NOT NULL, media_time BIGINT NOT NULL, label TEXT NOT NULL,
            sequence BIGINT NOT NULL, at BIGINT NOT NULL,
            PRIMARY KEY (recorder, recording, media_time, label));
        CREATE TABLE idempotency (key TEXT PRIMARY KEY, at BIGINT NOT NULL, request TEXT NOT NULL, status BIGINT NOT NULL, body TEXT NOT NULL);
        CREATE INDEX idempotency_by_age ON idempotency (at);
        """,
    ];
}
