using System.Text.Json;
using Dapper;
using Microsoft.Data.Sqlite;
using Recorder.Cluster.Nodes;
using Recorder.Cluster.Registry;
using Recorder.Cluster.Tenures;
using Recorder.Cluster.Wire;
using Recorder.Contracts;

namespace Recorder.Cluster.Runtime;

/// <summary>
/// What a node must find again when its process starts: the registry, tenures, the nodes it knows, and its own settings. Everything is durable when a
/// method returns.
/// </summary>
internal sealed class NodeStore : IDisposable
{
    // Of a recorder's tenures only the latest can matter to anybody.
    private const int TenuresKept = 20;

    private const string Schema =
        """
        CREATE TABLE IF NOT EXISTS registry (
            recorder TEXT PRIMARY KEY, definition TEXT NOT NULL, definition_changes INTEGER NOT NULL, definition_node TEXT NOT NULL,
            desired INTEGER NOT NULL, desired_changes INTEGER NOT NULL, desired_node TEXT NOT NULL,
            existence INTEGER NOT NULL, existence_changes INTEGER NOT NULL, existence_node TEXT NOT NULL) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS tenures (
            recorder TEXT NOT NULL, term INTEGER NOT NULL, node TEXT NOT NULL, start TEXT NOT NULL, status INTEGER NOT NULL, last_event INTEGER,
            PRIMARY KEY (recorder, term, node, start)) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS nodes (node TEXT PRIMARY KEY, card TEXT NOT NULL) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
        """;

    private readonly SqliteConnection _connection;
    private readonly Lock _gate = new();

    private NodeStore(SqliteConnection connection) => _connection = connection;

    /// <summary>Opens or creates the file <c>cluster-state.db</c> in a data folder.</summary>
    /// <exception cref="SqliteException">The file cannot be used.</exception>
    public static NodeStore Open(string dataFolder)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = Path.Combine(dataFolder, "cluster-state.db"),
            Pooling = false,
        }.ToString());
        try
        {
            connection.Open();
            // It has what cameras are reached with, encrypted.
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(connection.DataSource, UnixFileMode.UserRead | UnixFileMode.UserWrite);

            connection.Execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; " + Schema);
            return new NodeStore(connection);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public IReadOnlyList<RegisteredRecorder> ReadRegistry()
    {
        lock (_gate)
            return [.. _connection.Query<RegistryRow>("SELECT * FROM registry ORDER BY recorder").Select(row => row.ToRecorder())];
    }

    public void Write(IReadOnlyCollection<RegisteredRecorder> recorders) => InTransaction(transaction => _connection.Execute(
        """
        INSERT INTO registry VALUES (@recorder, @definition, @definition_changes, @definition_node, @desired, @desired_changes, @desired_node,
            @existence, @existence_changes, @existence_node)
        ON CONFLICT (recorder) DO UPDATE SET definition = excluded.definition, definition_changes = excluded.definition_changes,
            definition_node = excluded.definition_node, desired = excluded.desired, desired_changes = excluded.desired_changes,
            desired_node = excluded.desired_node, existence = excluded.existence, existence_changes = excluded.existence_changes,
            existence_node = excluded.existence_node
        """,
        recorders.Select(RegistryRow.Of), transaction));

    public IReadOnlyList<(RecorderId Recorder, TenureReport Report)> ReadTenures()
    {
        lock (_gate)
            return [.. _connection.Query<TenureRow>("SELECT * FROM tenures ORDER BY recorder, term").Select(row => (new RecorderId(row.recorder), row.ToReport()))];
    }

    public void Write(IReadOnlyCollection<(RecorderId Recorder, TenureReport Report)> reports) => InTransaction(transaction =>
    {
        _connection.Execute(
            """
            INSERT INTO tenures VALUES (@recorder, @term, @node, @start, @status, @last_event)
            ON CONFLICT (recorder, term, node, start) DO UPDATE SET
                status = MAX(status, excluded.status), last_event = COALESCE(last_event, excluded.last_event)
            """,
            reports.Select(entry => TenureRow.Of(entry.Recorder, entry.Report)), transaction);
        _connection.Execute(
            "DELETE FROM tenures WHERE recorder = @recorder AND term <= @last",
            reports.Select(entry => new { recorder = entry.Recorder.Value, last = entry.Report.Tenure.Term - TenuresKept }), transaction);
    });

    public IReadOnlyList<NodeCard> ReadNodes()
    {
        lock (_gate)
            return [.. _connection.Query<string>("SELECT card FROM nodes ORDER BY node").Select(json => JsonSerializer.Deserialize(json, WireJson.Default.NodeCard)!)];
    }

    public void Write(NodeCard card) => InTransaction(transaction => _connection.Execute(
        "INSERT INTO nodes VALUES (@node, @card) ON CONFLICT (node) DO UPDATE SET card = excluded.card",
        new { node = card.Node, card = JsonSerializer.Serialize(card, WireJson.Default.NodeCard) }, transaction));

    public void Forget(string node) => InTransaction(transaction => _connection.Execute("DELETE FROM nodes WHERE node = @node", new { node }, transaction));

    public string? ReadSetting(string name)
    {
        lock (_gate)
            return _connection.QuerySingleOrDefault<string>("SELECT value FROM settings WHERE name = @name", new { name });
    }

    public void WriteSetting(string name, string value) => InTransaction(transaction => _connection.Execute(
        "INSERT INTO settings VALUES (@name, @value) ON CONFLICT (name) DO UPDATE SET value = excluded.value", new { name, value }, transaction));

    public void Dispose()
    {
        lock (_gate)
            _connection.Dispose();
    }

    private void InTransaction(Action<SqliteTransaction> write)
    {
        lock (_gate)
        {
            using var transaction = _connection.BeginTransaction();
            write(transaction);
            transaction.Commit();
        }
    }

#pragma warning disable IDE1006, SA1300 // The names of the columns.
    private sealed record RegistryRow
    {
        public string recorder { get; init; } = "";
        public string definition { get; init; } = "";
        public long definition_changes { get; init; }
        public string definition_node { get; init; } = "";
        public long desired { get; init; }
        public long desired_changes { get; init; }
        public string desired_node { get; init; } = "";
        public long existence { get; init; }
        public long existence_changes { get; init; }
        public string existence_node { get; init; } = "";

        public static RegistryRow Of(RegisteredRecorder recorder) => new()
        {
            recorder = recorder.Id.Value,
            definition = recorder.Definition.Value.Json,
            definition_changes = recorder.Definition.Version.Counter,
            definition_node = recorder.Definition.Version.Node,
            desired = (long)recorder.Desired.Value,
            desired_changes = recorder.Desired.Version.Counter,
            desired_node = recorder.Desired.Version.Node,
            existence = recorder.Existence.Value ? 1 : 0,
            existence_changes = recorder.Existence.Version.Counter,
            existence_node = recorder.Existence.Version.Node,
        };

        public RegisteredRecorder ToRecorder() => new(
            new RecorderId(recorder),
            new Register<DefinitionBytes>(new DefinitionBytes(definition), new RegisterVersion(definition_changes, definition_node)),
            new Register<DesiredState>((DesiredState)desired, new RegisterVersion(desired_changes, desired_node)),
            new Register<bool>(existence != 0, new RegisterVersion(existence_changes, existence_node)));
    }

    private sealed record TenureRow
    {
        public string recorder { get; init; } = "";
        public long term { get; init; }
        public string node { get; init; } = "";
        public string start { get; init; } = "";
        public long status { get; init; }
        public long? last_event { get; init; }

        public static TenureRow Of(RecorderId recorder, TenureReport report) => new()
        {
            recorder = recorder.Value,
            term = report.Tenure.Term,
            node = report.Tenure.Node,
            start = report.Tenure.Start.ToString(),
            status = (long)report.Status,
            last_event = report.LastEvent,
        };

        public TenureReport ToReport() => new(
            new Tenure(term, node, StartId.Parse(start)), (TenureStatus)status, last_event);
    }
#pragma warning restore IDE1006, SA1300
}
