using System.Data.Common;
using System.Globalization;
using System.Text;
using Dapper;
using Microsoft.Data.Sqlite;
using Recorder.Actors.Storage;

namespace Recorder.Actors.Catalogue.Sql;

/// <summary>One SQLite file with a write-ahead log, so that readers and the writer do not wait for each other. After a crash
/// commits are whole and in order; only those that ask for it are durable before they return. <c>user_version</c> is the schema's
/// version.</summary>
/// <param name="path">The file.</param>
/// <param name="schema">One script per version; null for that of a node's catalogue.</param>
internal sealed class SqliteDatabase(string path, IReadOnlyList<string>? schema = null) : ICatalogueDatabase
{
    // SQLite result codes.
    private const int Busy = 5;
    private const int Locked = 6;
    private const int ReadOnly = 8;
    private const int InputOutput = 10;
    private const int Full = 13;
    private const int CannotOpen = 14;

    // A log of this size is checkpointed beside the writer; one of this many pages by the writer itself, as a last resort.
    private const long CheckpointBytes = 4 << 20;
    private const int MaxLogPages = 16_384;

    // The writer may add a page during a checkpoint, and only a complete checkpoint lets the log start again from its beginning.
    private const int CheckpointTries = 3;

    private readonly IReadOnlyList<string> _versions = schema ?? SqliteSchema.Versions;
    private readonly string _connection = new SqliteConnectionStringBuilder { DataSource = path, DefaultTimeout = 5 }.ToString();

    public string Name => path;
    private string NumberFile => path + ".numbers";

    public void Migrate()
    {
        try
        {
            using var connection = Open(_connection);
            connection.Execute("PRAGMA journal_mode = WAL;");
            var version = connection.ExecuteScalar<int>("PRAGMA user_version;");
            if (version > _versions.Count)
            {
                throw new CatalogueUnavailableException(
                    $"{path} was written by a later version of the recorder (schema {version}; this version knows {_versions.Count}). " +
                    "Run that version, or move the file away: it is rebuilt from the folders of the recordings.");
            }

            for (; version < _versions.Count; version++)
            {
                using var transaction = connection.BeginTransaction();
                connection.Execute(_versions[version] + $"PRAGMA user_version = {version + 1};", transaction: transaction);
                transaction.Commit();
            }
        }
        catch (SqliteException exception)
        {
            throw new CatalogueUnavailableException(
                $"The catalogue {path} cannot be opened: {exception.Message} If it is damaged, move it away: it is rebuilt from the " +
                "folders of the recordings.",
                exception);
        }
    }

    public DbConnection OpenWriter()
    {
        var connection = Open(_connection);
        connection.Execute($"PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = {MaxLogPages};");
        return connection;
    }

    public DbConnection OpenReader() => Open(_connection);

    // Deferred, because any other takes the write lock: readers and the writer would wait for each other, 150 ms at a time.
    public DbTransaction BeginSnapshot(DbConnection reader) => ((SqliteConnection)reader).BeginTransaction(deferred: true);

    public void SetDurable(DbConnection writer, bool durable) =>
        writer.Execute(durable ? "PRAGMA synchronous = FULL;" : "PRAGMA synchronous = NORMAL;");

    // Commits that are not durable are only in the log. SQLite does not lock it, so it can be flushed through another handle.
    public void Sync()
    {
        var log = path + "-wal";
        if (!File.Exists(log))
            return;

        using (var handle = File.OpenHandle(log, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete))
        {
            FileSync.Flush(handle, log);
            if (RandomAccess.GetLength(handle) < CheckpointBytes)
                return;
        }

        using var connection = Open(_connection);
        for (var tries = 0; tries < CheckpointTries; tries++)
        {
            var (_, pages, copied) = connection.QuerySingle<(long IsBusy, long Pages, long Copied)>("PRAGMA wal_checkpoint(PASSIVE);");
            if (pages == copied)
                return;
        }
    }

    public long ReadNumberFloor() =>
        File.Exists(NumberFile) && long.TryParse(File.ReadAllText(NumberFile), CultureInfo.InvariantCulture, out var number) ? number : 0;

    public void KeepNumberFloor(long number) =>
        LocalDisk.Instance.Replace(NumberFile, Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture)));

    public void Close()
    {
        using var any = new SqliteConnection(_connection);
        SqliteConnection.ClearPool(any);
    }

    public bool IsUnavailable(Exception exception) =>
        exception is SqliteException { SqliteErrorCode: Busy or Locked or ReadOnly or InputOutput or Full or CannotOpen };

    internal static SqliteConnection Open(string connectionString)
    {
        var connection = new SqliteConnection(connectionString);
        try
        {
            connection.Open();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}
