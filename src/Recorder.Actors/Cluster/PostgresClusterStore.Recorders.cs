using System.Text.Json;
using Dapper;
using Npgsql;
using Recorder.Actors.Catalogue.Sql;
using Recorder.Actors.Secrets;
using Recorder.Contracts;
using Recorder.Contracts.Json;

namespace Recorder.Actors.Cluster;

// Who owns which recorder, and what its next owner goes on from.
internal sealed partial class PostgresClusterStore
{
    private const string OwnershipColumns =
        "r.definition, r.owner, r.token, COALESCE(n.epoch = r.owner_epoch AND n.state <> 3 AND n.lease_until > clock_timestamp(), FALSE) AS IsAlive";

    private const string Owners = "FROM recorders r LEFT JOIN nodes n ON n.id = r.owner";

    // An owner that gave a recorder up in order said what its last number was; after another it is not known.
    private const string Fence =
        """
        INSERT INTO sequences (recorder, last) SELECT id, CASE WHEN clean THEN GREATEST(last, known) ELSE (known / @numbers + 1) * @numbers END
        FROM (SELECT c.id, c.clean, c.last, COALESCE(s.last, 0) AS known FROM unnest(@ids, @clean, @lasts) AS c (id, clean, last)
            LEFT JOIN sequences s ON s.recorder = c.id) AS claimed
        ON CONFLICT (recorder) DO UPDATE SET last = excluded.last RETURNING recorder, last
        """;

    private const string OpenRecordings =
        """
        SELECT r.recorder, r.recording, r.mime_type AS MimeType, r.started_at AS StartedAt, r.bytes, COALESCE(x.number, 0) AS LastExtent,
            COALESCE(x.last_blob, 0) AS LastBlob, COALESCE(e.media_time + e.duration, 0) AS Duration,
            COALESCE(e.captured_at + e.duration, r.started_at) AS EndedAt
        FROM recordings r
        LEFT JOIN LATERAL (SELECT MAX(number) AS number, MAX(last_blob) AS last_blob FROM extents
            WHERE recorder = r.recorder AND recording = r.recording) x ON TRUE
        LEFT JOIN LATERAL (SELECT media_time, duration, captured_at FROM extents
            WHERE recorder = r.recorder AND recording = r.recording AND NOT is_late ORDER BY epoch DESC, number DESC LIMIT 1) e ON TRUE
        WHERE r.ended_at IS NULL AND r.recorder = ANY(@ids) ORDER BY r.recording
        """;

    public Task<IReadOnlyList<Claim>> ClaimAsync(string node, long epoch, int limit, CancellationToken ending) => database.AskAsync(
        async connection =>
        {
            const string Result = "RETURNING r.id, r.definition, r.token, r.history";
            var given = await connection.QueryAsync<ClaimRecord>(
                $"UPDATE recorders r SET given = FALSE WHERE owner = @node AND owner_epoch = @epoch AND given {Result}", new { node, epoch })
                .ConfigureAwait(false);
            var taken = await connection.QueryAsync<ClaimRecord>(
                $"""
                UPDATE recorders r SET owner = @node, owner_epoch = @epoch, token = r.token + 1, given = FALSE, next_owner = NULL, next_ready = FALSE
                WHERE r.id IN (
                    SELECT r.id {Owners} WHERE {IsFree} AND r.requires <@ (SELECT m.labels FROM nodes m WHERE m.id = @node)
                    ORDER BY r.id LIMIT @limit FOR UPDATE OF r SKIP LOCKED)
                AND EXISTS (SELECT 1 FROM nodes m WHERE m.id = @node AND m.epoch = @epoch AND m.state <> 3 AND m.lease_until > clock_timestamp())
                {Result}
                """,
                new { node, epoch, limit, lease }).ConfigureAwait(false);
            var claims = await ClaimsAsync(connection, [.. given, .. taken]).ConfigureAwait(false);
            if (claims.Count > 0)
            {
                await NotifyAsync(connection).ConfigureAwait(false);
            }

            return claims;
        },
        ending);

    public Task<bool> DefineAsync(RecorderDefinition definition, CancellationToken ending) => database.AskAsync(
        async connection =>
        {
            var added = await connection.ExecuteAsync(
                "INSERT INTO recorders (id, definition, requires) VALUES (@id, @json, @requires::jsonb) ON CONFLICT (id) DO NOTHING", Row(definition))
                .ConfigureAwait(false);
            await NotifyAsync(connection).ConfigureAwait(false);
            return added == 1;
        },
        ending);

    public Task<bool> ChangeAsync(RecorderDefinition definition, long token, CancellationToken ending) => database.AskAsync(
        async connection => await connection.ExecuteAsync(
            "UPDATE recorders SET definition = @json, requires = @requires::jsonb WHERE id = @id AND token = @token",
            Row(definition, token)).ConfigureAwait(false) == 1,
        ending);

    public Task<bool> RemoveAsync(Held recorder, CancellationToken ending) => database.AskAsync(
        async connection => await connection.ExecuteAsync(
            "DELETE FROM recorders WHERE id = @id AND token = @Token", new { id = recorder.Recorder.Value, recorder.Token }).ConfigureAwait(false) == 1,
        ending);

    public Task<IReadOnlyList<Ownership>> ListAsync(CancellationToken ending) => database.AskAsync(
        async connection => (IReadOnlyList<Ownership>)
        [
            .. (await connection.QueryAsync<OwnershipRecord>($"SELECT {OwnershipColumns} {Owners} ORDER BY r.id").ConfigureAwait(false)).Select(OwnershipOf),
        ],
        ending);

    public Task<Ownership?> FindAsync(RecorderId recorder, CancellationToken ending) => database.AskAsync(
        async connection => await connection.QuerySingleOrDefaultAsync<OwnershipRecord>(
            $"SELECT {OwnershipColumns} {Owners} WHERE r.id = @id", new { id = recorder.Value }).ConfigureAwait(false) is { } found
            ? OwnershipOf(found)
            : null,
        ending);

    public Task<IReadOnlyList<Held>> HeldByAsync(string node, long epoch, CancellationToken ending) => database.AskAsync(
        async connection => (IReadOnlyList<Held>)
        [
            .. (await connection.QueryAsync<(string Id, long Token)>(
                "SELECT id, token FROM recorders WHERE owner = @node AND owner_epoch = @epoch AND NOT given", new { node, epoch }).ConfigureAwait(false))
                .Select(row => new Held(new RecorderId(row.Id), row.Token)),
        ],
        ending);

    private async Task<IReadOnlyList<Claim>> ClaimsAsync(NpgsqlConnection connection, IReadOnlyList<ClaimRecord> rows)
    {
        if (rows.Count == 0)
        {
            return [];
        }

        var histories = rows.ToDictionary(row => row.Id, HistoryOf);
        var ids = rows.Select(row => row.Id).ToArray();
        var lasts = (await connection.QueryAsync<(string Recorder, long Last)>(
            Fence,
            new
            {
                ids,
                // The first owner has nobody before it.
                clean = rows.Select(row => histories[row.Id] is not null || row.Token == 1).ToArray(),
                lasts = rows.Select(row => histories[row.Id]?.LastSequence ?? 0).ToArray(),
                // More than a node can give while nobody hears of it: what comes after is above all that it gave.
                numbers = Journal.NumbersOfATenure,
            }).ConfigureAwait(false)).ToDictionary(row => row.Recorder, row => row.Last);
        var open = (await connection.QueryAsync<OpenRecord>(OpenRecordings, new { ids }).ConfigureAwait(false)).ToLookup(row => row.Recorder);
        var begun = (await connection.QueryAsync<(string Recorder, long Count)>(
            "SELECT recorder, COUNT(*) FROM recordings WHERE recorder = ANY(@ids) GROUP BY recorder", new { ids }).ConfigureAwait(false))
            .ToDictionary(row => row.Recorder, row => row.Count);
        await connection.ExecuteAsync("UPDATE recorders SET history = NULL WHERE id = ANY(@ids)", new { ids }).ConfigureAwait(false);
        return
        [
            .. rows.Select(row =>
            {
                var definition = EncryptedDefinition.Read(row.Definition, seal);
                var unended = open[row.Id].Select(InterruptedOf).ToList();
                var history = histories[row.Id];
                var goesOn = definition.Desired == RecorderState.Inactive ? null : history?.Continue ?? unended.LastOrDefault();
                return new Claim(
                    definition, row.Token,
                    new RecorderHistory(lasts[row.Id], Math.Max(history?.Recordings ?? 0, begun.GetValueOrDefault(row.Id)), goesOn) { Epoch = (int)row.Token },
                    unended);
            }),
        ];
    }

    private static RecorderHistory? HistoryOf(ClaimRecord row) =>
        row.History is { } json ? ProtocolJson.Read<RecorderHistory>(json) : null;

    private static InterruptedRecording InterruptedOf(OpenRecord row) =>
        new(
            new RecordingId(row.Recording), row.MimeType, (int)row.LastExtent, row.LastBlob, row.Bytes, TimeSpan.FromTicks(row.Duration),
            new DateTimeOffset(row.EndedAt, TimeSpan.Zero));

    private object Row(RecorderDefinition definition, long token = 0) => new
    {
        id = definition.Id.Value,
        json = EncryptedDefinition.Write(definition, seal),
        requires = JsonSerializer.Serialize(Placement.Required(definition)),
        token,
    };

    private sealed record ClaimRecord
    {
        public string Id { get; init; } = "";

        public string Definition { get; init; } = "";

        public long Token { get; init; }

        public string? History { get; init; }
    }

    private sealed record OpenRecord
    {
        public string Recorder { get; init; } = "";

        public string Recording { get; init; } = "";

        public string MimeType { get; init; } = "";

        public long StartedAt { get; init; }

        public long Bytes { get; init; }

        public long LastExtent { get; init; }

        public long LastBlob { get; init; }

        public long Duration { get; init; }

        public long EndedAt { get; init; }
    }
}
