using System.Text.Json;
using Dapper;
using Npgsql;
using Recorder.Actors.Secrets;
using Recorder.Contracts;
using Recorder.Contracts.Json;

namespace Recorder.Actors.Cluster;

/// <summary>
/// Membership and ownership as rows. What claims a recorder locks its row; what would wait for another's lock passes over it
/// (<c>FOR UPDATE SKIP LOCKED</c>). Rows that change wake the others (<c>NOTIFY</c>).
/// </summary>
internal sealed partial class PostgresClusterStore(PostgresDatabase database, TimeSpan lease, ISecretCipher seal) : IClusterStore
{
    private const string Channel = "recorder_cluster";

    private static readonly TimeSpan Alive = TimeSpan.FromSeconds(10);

    // Whose owner is gone. A lease that ran out while the database was away says nothing: who was away with it renews it first.
    private const string IsFree =
        """
        (r.owner IS NULL OR n.id IS NULL OR n.epoch <> r.owner_epoch OR n.state = 3 OR (n.lease_until < clock_timestamp()
            AND pg_postmaster_start_time() + @lease * 2 < clock_timestamp()
            AND (SELECT m.alive_since + @lease * 2 < clock_timestamp() FROM nodes m WHERE m.id = @node)))
        """;

    private const string MemberColumns =
        """
        n.id AS Id, n.instance AS Instance, n.url AS Url, n.capacity AS Capacity, n.labels::text AS Labels, n.epoch AS Epoch,
        CAST(n.state AS INTEGER) AS State, n.lease_until > clock_timestamp() AS IsAlive, n.bytes_per_second AS BytesPerSecond,
        n.write_latency AS WriteLatency,
        (SELECT COUNT(*) FROM recorders r WHERE r.owner = n.id AND r.owner_epoch = n.epoch) AS Owned
        """;

    public async Task<long> JoinAsync(NodeIdentity node, long life, CancellationToken ending)
    {
        var epoch = await database.AskAsync(
            connection => connection.QuerySingleOrDefaultAsync<long?>(
                """
                INSERT INTO nodes (id, instance, url, capacity, labels, epoch, life, state, lease_until, alive_since)
                VALUES (@Id, @Instance, @url, @Capacity, @labels::jsonb, 1, @life, 1, clock_timestamp() + @lease, clock_timestamp())
                ON CONFLICT (id) DO UPDATE SET
                    instance = excluded.instance, url = excluded.url, capacity = excluded.capacity, labels = excluded.labels,
                    life = excluded.life,
                    epoch = CASE WHEN nodes.instance = excluded.instance AND nodes.life = excluded.life THEN nodes.epoch ELSE nodes.epoch + 1 END,
                    state = CASE WHEN nodes.state = 2 THEN 2 ELSE 1 END,
                    lease_until = excluded.lease_until, alive_since = excluded.alive_since
                WHERE CASE WHEN nodes.instance = excluded.instance THEN nodes.life <= excluded.life
                    ELSE nodes.lease_until < clock_timestamp() OR nodes.state = 3 END
                RETURNING epoch
                """,
                new { node.Id, node.Instance, url = node.Url.ToString(), node.Capacity, labels = JsonSerializer.Serialize(node.Labels), life, lease }),
            ending).ConfigureAwait(false);
        return epoch ?? throw new ClusterRefusedException(
            $"A node '{node.Id}' with another data folder lives in this cluster: name this one otherwise with --node, or end that one.");
    }

    public Task<Renewal?> RenewAsync(string node, long epoch, NodeLoad load, CancellationToken ending) => database.AskAsync(
        async connection =>
        {
            // A lease that had run out begins anew: whoever it could have been taken for dead by has had the time to renew its own.
            var state = await connection.QuerySingleOrDefaultAsync<int?>(
                """
                UPDATE nodes SET bytes_per_second = @BytesPerSecond, write_latency = @latency, lease_until = clock_timestamp() + @lease,
                    alive_since = CASE WHEN lease_until < clock_timestamp() THEN clock_timestamp() ELSE alive_since END
                WHERE id = @node AND epoch = @epoch AND state <> 3 RETURNING CAST(state AS INTEGER)
                """,
                new { node, epoch, load.BytesPerSecond, latency = load.WriteLatency.Ticks, lease }).ConfigureAwait(false);
            if (state is null)
            {
                return null;
            }

            using var answers = await connection.QueryMultipleAsync(
                $"""
                SELECT {MemberColumns} FROM nodes n WHERE n.state <> 3 ORDER BY n.id;
                SELECT COUNT(*) AS Recorders, COUNT(*) FILTER (WHERE {IsFree}) AS Claimable, COUNT(*) FILTER (WHERE r.given AND r.owner = @node) AS Given,
                    CAST(COALESCE(SUM(r.token), 0) * 100000 + COUNT(*) AS BIGINT) AS Revision,
                    COALESCE(BIT_XOR(('x' || substr(md5(r.id || ':' || r.token), 1, 15))::bit(60)::bigint)
                        FILTER (WHERE r.owner = @node AND r.owner_epoch = @epoch AND NOT r.given), 0) AS HeldDigest
                    FROM recorders r LEFT JOIN nodes n ON n.id = r.owner;
                SELECT definition, owner, token, TRUE AS IsAlive FROM recorders WHERE next_owner = @node AND NOT next_ready;
                SELECT id FROM recorders WHERE owner = @node AND next_ready AND NOT given;
                """,
                new { node, epoch, lease }).ConfigureAwait(false);
            var members = (await answers.ReadAsync<MemberRecord>().ConfigureAwait(false)).Select(MemberOf).ToList();
            var counts = await answers.ReadSingleAsync<CountRecord>().ConfigureAwait(false);
            var warming = (await answers.ReadAsync<OwnershipRecord>().ConfigureAwait(false)).Select(OwnershipOf).ToList();
            var ready = (await answers.ReadAsync<string>().ConfigureAwait(false)).Select(id => new RecorderId(id)).ToList();
            return new Renewal(
                (MemberState)state, members, (int)counts.Recorders, (int)counts.Claimable, (int)counts.Given, warming, ready)
            {
                Revision = counts.Revision,
                HeldDigest = counts.HeldDigest,
            };
        },
        ending);

    public Task<IReadOnlyList<RecorderId>> OfferAsync(IReadOnlyList<Held> recorders, string next, CancellationToken ending) => database.AskAsync(
        async connection =>
        {
            var offered = await connection.QueryAsync<string>(
                """
                UPDATE recorders r SET next_owner = @next, next_ready = FALSE FROM unnest(@ids, @tokens) AS mine (id, token)
                WHERE r.id = mine.id AND r.token = mine.token RETURNING r.id
                """,
                new { next, ids = recorders.Select(it => it.Recorder.Value).ToArray(), tokens = recorders.Select(it => it.Token).ToArray() })
                .ConfigureAwait(false);
            await NotifyAsync(connection).ConfigureAwait(false);
            return (IReadOnlyList<RecorderId>)[.. offered.Select(id => new RecorderId(id))];
        },
        ending);

    public Task ReadyAsync(RecorderId recorder, string node, CancellationToken ending) => database.AskAsync(
        async connection =>
        {
            await connection.ExecuteAsync(
                "UPDATE recorders SET next_ready = TRUE WHERE id = @id AND next_owner = @node", new { id = recorder.Value, node }).ConfigureAwait(false);
            await NotifyAsync(connection).ConfigureAwait(false);
            return true;
        },
        ending);

    public Task<bool> ReleaseAsync(Held recorder, RecorderHistory history, CancellationToken ending) => database.AskAsync(
        async connection =>
        {
            var released = await connection.ExecuteAsync(
                """
                UPDATE recorders r SET token = r.token + 1, history = @history, next_owner = NULL, next_ready = FALSE, owner = n.id, owner_epoch = n.epoch,
                    given = n.id IS NOT NULL
                FROM recorders o LEFT JOIN nodes n ON n.id = o.next_owner AND n.state = 1 AND n.lease_until > clock_timestamp()
                WHERE r.id = @id AND r.token = @Token AND o.id = r.id
                """,
                new { id = recorder.Recorder.Value, recorder.Token, history = ProtocolJson.Write(history) })
                .ConfigureAwait(false);
            await NotifyAsync(connection).ConfigureAwait(false);
            return released == 1;
        },
        ending);

    public Task DisownAsync(string node, long epoch, IReadOnlyList<Held> recorders, CancellationToken ending) => database.AskAsync(
        async connection =>
        {
            await connection.ExecuteAsync(
                """
                UPDATE recorders r SET owner = NULL FROM unnest(@ids, @tokens) AS theirs (id, token)
                WHERE r.id = theirs.id AND r.token = theirs.token AND r.owner = @node AND r.owner_epoch = @epoch AND NOT r.given
                """,
                new { node, epoch, ids = recorders.Select(it => it.Recorder.Value).ToArray(), tokens = recorders.Select(it => it.Token).ToArray() })
                .ConfigureAwait(false);
            return await NotifyAsync(connection).ConfigureAwait(false);
        },
        ending);

    public Task LeaveAsync(string node, long epoch, CancellationToken ending) => database.AskAsync(
        async connection =>
        {
            await connection.ExecuteAsync(
                "UPDATE nodes SET state = CASE WHEN state = 2 THEN 2 ELSE 3 END, lease_until = clock_timestamp() WHERE id = @node AND epoch = @epoch",
                new { node, epoch }).ConfigureAwait(false);
            await connection.ExecuteAsync(
                "UPDATE recorders SET owner = NULL, given = FALSE WHERE owner = @node AND owner_epoch = @epoch", new { node, epoch })
                .ConfigureAwait(false);
            await NotifyAsync(connection).ConfigureAwait(false);
            return true;
        },
        ending);

    public Task<IReadOnlyList<Member>> MembersAsync(CancellationToken ending) => database.AskAsync(
        async connection => (IReadOnlyList<Member>)
            [.. (await connection.QueryAsync<MemberRecord>($"SELECT {MemberColumns} FROM nodes n ORDER BY n.id").ConfigureAwait(false)).Select(MemberOf)],
        ending);

    public Task<bool> SetStateAsync(string node, MemberState state, CancellationToken ending) => database.AskAsync(
        async connection =>
        {
            var changed = await connection.ExecuteAsync(
                "UPDATE nodes SET state = @state WHERE id = @node AND state <> 3", new { node, state = (int)state }).ConfigureAwait(false);
            await NotifyAsync(connection).ConfigureAwait(false);
            return changed == 1;
        },
        ending);

    public Task<bool> ForgetNodeAsync(string node, CancellationToken ending) => database.AskAsync(
        async connection =>
        {
            var gone = await connection.ExecuteAsync(
                "DELETE FROM nodes WHERE id = @node AND (lease_until < clock_timestamp() OR state = 3)", new { node }).ConfigureAwait(false);
            if (gone == 0 && await connection.ExecuteScalarAsync<long>("SELECT COUNT(*) FROM nodes WHERE id = @node", new { node }).ConfigureAwait(false) > 0)
            {
                throw new ClusterRefusedException($"The node '{node}' lives: drain it and end it first.");
            }

            return gone == 1;
        },
        ending);

    public async Task ListenAsync(Action woken, CancellationToken ending)
    {
        while (!ending.IsCancellationRequested)
        {
            try
            {
                await using var connection = await database.OpenAsync(ending).ConfigureAwait(false);
                await connection.ExecuteAsync($"LISTEN {Channel}").ConfigureAwait(false);
                while (true)
                {
                    if (await connection.WaitAsync(Alive, ending).ConfigureAwait(false))
                    {
                        woken();
                    }
                    else
                    {
                        // A connection that broke without a word is found out.
                        await connection.ExecuteAsync("SELECT 1").ConfigureAwait(false);
                    }
                }
            }
            catch (Exception away) when (database.IsUnavailable(away))
            {
                await Task.Delay(lease, ending).ConfigureAwait(false);
            }
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static Task<int> NotifyAsync(NpgsqlConnection connection) => connection.ExecuteAsync($"NOTIFY {Channel}");

    private static Member MemberOf(MemberRecord row) => new()
    {
        Identity = new NodeIdentity(
            row.Id, row.Instance, new Uri(row.Url), row.Capacity, JsonSerializer.Deserialize<Dictionary<string, string>>(row.Labels)!),
        Epoch = row.Epoch,
        State = (MemberState)row.State,
        IsAlive = row.IsAlive && row.State != (int)MemberState.Left,
        Owned = (int)row.Owned,
        Load = new NodeLoad(row.BytesPerSecond, TimeSpan.FromTicks(row.WriteLatency)),
    };

    private Ownership OwnershipOf(OwnershipRecord row) =>
        new(EncryptedDefinition.Read(row.Definition, seal), row.Owner, row.Token, row.IsAlive);

    private sealed record MemberRecord
    {
        public string Id { get; init; } = "";

        public string Instance { get; init; } = "";

        public string Url { get; init; } = "";

        public int Capacity { get; init; }

        public string Labels { get; init; } = "";

        public long Epoch { get; init; }

        public int State { get; init; }

        public bool IsAlive { get; init; }

        public long BytesPerSecond { get; init; }

        public long WriteLatency { get; init; }

        public long Owned { get; init; }
    }

    private sealed record CountRecord
    {
        public long Recorders { get; init; }

        public long Claimable { get; init; }

        public long Given { get; init; }

        public long Revision { get; init; }

        public long HeldDigest { get; init; }
    }

    private sealed record OwnershipRecord
    {
        public string Definition { get; init; } = "";

        public string? Owner { get; init; }

        public long Token { get; init; }

        public bool IsAlive { get; init; }
    }
}
