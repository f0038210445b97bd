using System.Data.Common;
using System.Net.Sockets;
using Dapper;
using Npgsql;
using Recorder.Actors.Catalogue;
using Recorder.Actors.Catalogue.Sql;

namespace Recorder.Actors.Cluster;

/// <summary>
/// A cluster's database: PostgreSQL, from version 12. Its connections give up soon, as nodes do better without an answer than with one that
/// comes too late.
/// </summary>
internal sealed class PostgresDatabase : ICatalogueDatabase, IAsyncDisposable
{
    // One of our own, so that two nodes that start at once do not both make the schema.
    private const long MigrationLock = 0x5245434F52444552;

    private readonly NpgsqlDataSource _source;

    /// <summary>Reads a connection string; nothing is opened.</summary>
    /// <exception cref="FormatException">It is none; the message says what is wrong.</exception>
    public PostgresDatabase(string connection)
    {
        try
        {
            var asked = new NpgsqlConnectionStringBuilder(connection);
            Name = $"{asked.Database ?? asked.Username} on {asked.Host}";
            asked.SearchPath = PostgresSchema.Name;
            asked.Timeout = Said(connection, "Timeout") ? asked.Timeout : 3;
            asked.CommandTimeout = Said(connection, "Command Timeout") ? asked.CommandTimeout : 5;
            asked.CancellationTimeout = 500;
            asked.TcpKeepAlive = true;
            asked.MaxPoolSize = Said(connection, "Maximum Pool Size") ? asked.MaxPoolSize : 20;
            asked.ApplicationName ??= "recorder";
            // A node that was cut off amid a transaction must not keep its rows from the others until TCP gives up.
            asked.Options ??= "-c idle_in_transaction_session_timeout=5000";
            _source = NpgsqlDataSource.Create(asked.ConnectionString);
        }
        catch (ArgumentException wrong)
        {
            throw new FormatException($"'{connection.Split("Password", 2)[0]}' names no database: {wrong.Message}", wrong);
        }
    }

    public string Name { get; }

    /// <summary>Checks that a text is a connection string.</summary>
    /// <exception cref="FormatException">It is none; the message says what is wrong.</exception>
    public static void Check(string connection)
    {
        try
        {
            if (new NpgsqlConnectionStringBuilder(connection).Host is not { Length: > 0 })
            {
                throw new FormatException("it names no Host; write Host=…;Database=…;Username=….");
            }
        }
        catch (ArgumentException wrong)
        {
            throw new FormatException(wrong.Message, wrong);
        }
    }

    public void Migrate()
    {
        try
        {
            using var connection = _source.OpenConnection();
            using var transaction = connection.BeginTransaction();
            connection.Execute("SELECT pg_advisory_xact_lock(@MigrationLock)", new { MigrationLock });
            connection.Execute(
                $"CREATE SCHEMA IF NOT EXISTS {PostgresSchema.Name}; CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL);");
            var version = connection.ExecuteScalar<int?>("SELECT MAX(version) FROM schema_version") ?? 0;
            if (version > PostgresSchema.Versions.Count)
            {
                throw new CatalogueUnavailableException(
                    $"The database {Name} was written by a later version of the recorder (schema {version}; this one knows " +
                    $"{PostgresSchema.Versions.Count}). Run that version on this node, too.");
            }

            for (; version < PostgresSchema.Versions.Count; version++)
            {
                connection.Execute(PostgresSchema.Versions[version]);
                connection.Execute("INSERT INTO schema_version (version) VALUES (@version)", new { version = version + 1 });
            }

            transaction.Commit();
        }
        catch (Exception failed) when (failed is NpgsqlException or SocketException or TimeoutException)
        {
            throw new CatalogueUnavailableException(
                $"The database {Name} cannot be used: {failed.Message} Check --cluster, that the server runs and lets this node in, and that its " +
                "user may create a schema.",
                failed);
        }
    }

    /// <summary>A secret that all nodes share: made by the first that asks for it.</summary>
    public async Task<byte[]> SecretAsync(string name, CancellationToken ending)
    {
        await using var connection = await _source.OpenConnectionAsync(ending).ConfigureAwait(false);
        await connection.ExecuteAsync(
            "INSERT INTO secrets (name, value) VALUES (@name, @value) ON CONFLICT (name) DO NOTHING",
            new { name, value = System.Security.Cryptography.RandomNumberGenerator.GetBytes(32) }).ConfigureAwait(false);
        return await connection.QuerySingleAsync<byte[]>("SELECT value FROM secrets WHERE name = @name", new { name }).ConfigureAwait(false);
    }

    public DbConnection OpenWriter() => _source.OpenConnection();

    public DbConnection OpenReader() => _source.OpenConnection();

    /// <summary>An open connection.</summary>
    public ValueTask<NpgsqlConnection> OpenAsync(CancellationToken ending) => _source.OpenConnectionAsync(ending);

    public DbTransaction BeginSnapshot(DbConnection reader) => reader.BeginTransaction(System.Data.IsolationLevel.RepeatableRead);

    /// <summary>Asks in one transaction.</summary>
    /// <exception cref="CatalogueUnavailableException">The database does not answer.</exception>
    public async Task<T> AskAsync<T>(Func<NpgsqlConnection, Task<T>> ask, CancellationToken ending)
    {
        try
        {
            await using var connection = await OpenAsync(ending).ConfigureAwait(false);
            await using var transaction = await connection.BeginTransactionAsync(ending).ConfigureAwait(false);
            var answer = await ask(connection).ConfigureAwait(false);
            await transaction.CommitAsync(ending).ConfigureAwait(false);
            return answer;
        }
        catch (Exception away) when (IsUnavailable(away))
        {
            throw new CatalogueUnavailableException($"The cluster's database {Name} does not answer: {away.Message}", away);
        }
    }

    public void SetDurable(DbConnection writer, bool durable)
    {
        // Every commit is.
    }

    public void Sync()
    {
        // Every commit is.
    }

    public long ReadNumberFloor() => 0;

    public void KeepNumberFloor(long number)
    {
        // Numbers are the nodes'.
    }

    public void Close() => _source.Clear();

    public bool IsUnavailable(Exception exception) => exception switch
    {
        // Connection lost, resources, operator intervention, deadlock or serialisation, lock not available.
        PostgresException { SqlState: var state } => state[..2] is "08" or "53" or "57" or "40" || state == "55P03",
        NpgsqlException or SocketException or TimeoutException or IOException => true,
        _ => false,
    };

    /// <summary>Whether a failure says that nobody answered, and not that somebody refused.</summary>
    public bool IsAway(Exception failure) => failure is CatalogueUnavailableException { InnerException: { } inner } ? IsAway(inner)
        : failure is not PostgresException { SqlState: not ['5', '7', 'P', ..] } && IsUnavailable(failure);

    public ValueTask DisposeAsync() => _source.DisposeAsync();

    private static bool Said(string connection, string key) => connection.Contains(key, StringComparison.OrdinalIgnoreCase);
}
