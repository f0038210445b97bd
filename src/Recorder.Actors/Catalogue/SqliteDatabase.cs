using System.Data.Common;
using System.Globalization;
using System.Text;
using Dapper;
using Microsoft.Data.Sqlite;
using Recorder.Actors.Storage;

namespace Recorder.Actors.Catalogue;

/// <summary>
/// A catalogue in one SQLite file: write-ahead log, so that readers and the writer do not wait for each other; commits are in order and
/// whole after a crash, and only durable before they return where asked for. The schema's version is the file's <c>user_version</c>.
/// </summary>
/// <param name="path">The file; its folder is there.</param>
internal sealed class SqliteDatabase(string path) : ICatalogueDatabase
{
    // SQLITE_* result codes.
    private const int Busy = 5;
    private const int Locked = 6;
    private const int ReadOnly = 8;
    private const int InputOutput = 10;
    private const int Full = 13;
    private const int CannotOpen = 14;

    private readonly string _connection = new SqliteConnectionStringBuilder { DataSource = path, DefaultTimeout = 5 }.ToString();

    public string Name => path;

    private string NumberFile => path + ".numbers";

    public void Migrate()
    {
        try
        {
            using var connection = Open();
            connection.Execute("PRAGMA journal_mode = WAL;");
            var version = connection.ExecuteScalar<int>("PRAGMA user_version;");
            if (version > SqliteSchema.Versions.Count)
            {
                throw new CatalogueUnavailableException(
                    $"{path} was written by a later version of the recorder (schema {version}; this one knows {SqliteSchema.Versions.Count}). " +
                    "Run that version, or move the file away: it is made again from the folders of the recordings.");
            }

            for (; version < SqliteSchema.Versions.Count; version++)
            {
                using var transaction = connection.BeginTransaction();
                connection.Execute(SqliteSchema.Versions[version] + $"PRAGMA user_version = {version + 1};", transaction: transaction);
                transaction.Commit();
            }
        }
        catch (SqliteException exception)
        {
            throw new CatalogueUnavailableException(
                $"The catalogue {path} cannot be opened: {exception.Message} When it is damaged, move it away: it is made again from the " +
                "folders of the recordings.",
                exception);
        }
    }

    public DbConnection OpenWriter()
    {
        var connection = Open();
        connection.Execute("PRAGMA synchronous = NORMAL;");
        return connection;
    }

    public DbConnection OpenReader() => Open();

    public void SetDurable(DbConnection writer, bool durable) =>
        writer.Execute(durable ? "PRAGMA synchronous = FULL;" : "PRAGMA synchronous = NORMAL;");

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

    private SqliteConnection Open()
    {
        var connection = new SqliteConnection(_connection);
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
