using System.Data.Common;
using Dapper;
using Recorder.Actors.Catalogue;
using Recorder.Actors.Catalogue.Sql;
using Recorder.Cluster.Journals;
using Recorder.Contracts;
using static Recorder.Cluster.Index.IndexWriter;
using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Cluster.Index;

/// <summary>
/// What a node knows of the recordings of all nodes, in its own file. The journal of each node is applied once, since its position is written with it,
/// and in whatever order the journals arrive the result is the same.
/// </summary>
internal sealed partial class ClusterIndex : IAsyncDisposable
{
    private readonly CatalogueConnections _connections;
    private readonly string _node;
    private long _bytes;

    private ClusterIndex(ICatalogueDatabase database, string node, TimeProvider time)
    {
        (_connections, _node) = (new CatalogueConnections(database), node);
        Log = new EventLog(_connections, time);
        Changes = new ChangeJournal(_connections);
        Runs = new NodeRuns(_connections);
        OpenRecordings = new OpenRecordings(_connections);
    }

    /// <summary>What this node did that raises no event.</summary>
    public ChangeJournal Changes { get; }

    /// <summary>The events of all nodes.</summary>
    public EventLog Log { get; }

    /// <summary>The runs of this node's process.</summary>
    public NodeRuns Runs { get; }

    public OpenRecordings OpenRecordings { get; }

    public ICatalogueDatabase Database => _connections.Database;

    /// <summary>Bytes of media that this node recorded since it started, as far as the index has them.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Opens the file and updates its schema. Throws <see cref="CatalogueUnavailableException"/>.</summary>
    /// <param name="path">The file, <c>cluster.db</c> in the node's data folder.</param>
    /// <param name="node">This node.</param>
    /// <param name="time">Tells how long an event waits for those before it.</param>
    public static async Task<ClusterIndex> OpenAsync(string path, string node, TimeProvider time, CancellationToken cancellationToken)
    {
        var index = new ClusterIndex(new SqliteDatabase(path, IndexSchema.Versions), node, time);
        await Task.Run(index.Database.Migrate, cancellationToken).ConfigureAwait(false);
        await index._connections.WriteAsync(durable: false, writer => writer.Execute(IndexSchema.Additions), cancellationToken).ConfigureAwait(false);
        await index.Changes.OpenAsync(cancellationToken).ConfigureAwait(false);
        await index.Runs.OpenAsync(cancellationToken).ConfigureAwait(false);
        await index.Log.OpenAsync(cancellationToken).ConfigureAwait(false);
        return index;
    }

    /// <summary>How far a node's journal is in the index; null when nothing of it is.</summary>
    public Task<IndexPosition?> PositionAsync(string node, CancellationToken cancellationToken) =>
        _connections.ReadAsync(reader => ReadPosition(reader, node), cancellationToken);

    /// <summary>How far the journals of all nodes are in the index.</summary>
    public Task<IReadOnlyDictionary<string, IndexPosition>> PositionsAsync(CancellationToken cancellationToken) =>
        _connections.ReadAsync<IReadOnlyDictionary<string, IndexPosition>>(
            reader => reader.Query<PositionRecord>("SELECT node, start, last, change FROM positions").ToDictionary(row => row.Node, row => row.Position),
            cancellationToken);

    /// <summary>Applies what follows from a node's journal, once.</summary>
    /// <param name="from">The position with which the answer was asked for.</param>
    /// <returns>False when the index has moved on since, and the answer is dropped.</returns>
    public async Task<bool> ApplyAsync(string node, IndexPosition from, JournalAnswer answer, CancellationToken cancellationToken)
    {
        var (changes, states) = Sort(answer.Entries);
        var added = await _connections.WriteAsync(
            durable: false,
            writer =>
            {
                if (ReadPosition(writer, node) != from)
                    return null;

                Put(writer, node, changes, states);
                foreach (var change in answer.Changes)
                    Put(writer, node, change);

                var position = answer.Position!.Value;
                Put(writer, node, position);
                // Of what was before, the log has all or, if it was not filled, nothing.
                var missing = Log.ExtentOf(node) is { } extent && extent.Last >= from.Journal.Number ? extent.Missing : from.Journal.Number;
                return Log.Put(writer, node, new LogExtent(position.Journal.Number, missing), answer.Entries);
            },
            cancellationToken,
            added => Committed(added)).ConfigureAwait(false);
        if (added is not null && node == _node)
            Interlocked.Add(ref _bytes, answer.Entries.Select(entry => entry.Event).OfType<DataAvailable>().Sum(data => data.Data.Length));

        return added is not null;
    }

    /// <summary>Adds to the log what a node's journal still has from before the position at which the index began.</summary>
    /// <param name="through">Up to where.</param>
    /// <returns>Whether the log is complete up to there.</returns>
    public async Task<bool> FillLogAsync(string node, JournalAnswer? answer, long through, CancellationToken cancellationToken)
    {
        // A node of an earlier version does not tell what was before.
        var last = answer?.Position is { } read && read.Journal.Number > (Log.ExtentOf(node)?.Last ?? 0) ? Math.Min(read.Journal.Number, through) : through;
        var missing = Math.Max(Log.ExtentOf(node)?.Missing ?? 0, answer is null ? through : answer.Missing);
        await _connections.WriteAsync(
            durable: false,
            writer => Log.Put(writer, node, new LogExtent(last, missing), (answer?.Entries ?? []).Where(entry => entry.Number <= through)),
            cancellationToken,
            added => Log.Committed(added, isOld: true, isFilling: last < through)).ConfigureAwait(false);
        return last >= through;
    }

    private void Committed(LogAddition? added)
    {
        if (added is not null)
            Log.Committed(added);
    }

    /// <summary>Places or lifts a hold: here at once, on the other nodes when they follow.</summary>
    public Task SetHoldAsync(RecordingKey recording, bool isHeld, CancellationToken cancellationToken) => _connections.WriteAsync(
        durable: true,
        writer =>
        {
            var version = writer.ExecuteScalar<long?>($"SELECT version FROM holds WHERE {IndexStatements.OneRecording}", Key(recording)) ?? 0;
            var hold = new Hold(recording, isHeld, version + 1, _node);
            Put(writer, hold);
            return ChangeJournal.Append(writer, new HoldSet(hold), journal: 0);
        },
        cancellationToken,
        Changes.Appended);

    /// <summary>Notes that retention removed extents of this node from its disk: they leave all indices, this one too, as its journal is followed.</summary>
    /// <param name="journal">The number of the last entry of this node's journal: what it says of the extents is applied before.</param>
    public Task PurgeAsync(IReadOnlyList<(RecordingKey Recording, int Number)> extents, long journal, CancellationToken cancellationToken) =>
        _connections.WriteAsync(
            durable: true, writer => ChangeJournal.Append(writer, new ExtentsPurged(extents), journal), cancellationToken, Changes.Appended);

    /// <summary>Removes everything that is only on a node that is gone for good.</summary>
    public Task RemoveNodeAsync(string node, CancellationToken cancellationToken) => _connections.WriteAsync(
        durable: true,
        writer =>
        {
            var recordings = writer.Query<(string Recorder, string Recording)>(
                "SELECT DISTINCT recorder, recording FROM extents WHERE node = @node", new { node })
                .Select(row => new RecordingKey(new RecorderId(row.Recorder), new RecordingId(row.Recording))).ToList();
            writer.Execute("DELETE FROM extents WHERE node = @node", new { node });
            writer.Execute("DELETE FROM positions WHERE node = @node", new { node });
            EventTable.Remove(writer, node);
            foreach (var recording in recordings)
                Recount(writer, recording, IndexStatements.RemoveWithoutExtents);
        },
        cancellationToken,
        () => Log.Remove(node));

    /// <summary>Returns when everything applied before is durable, and keeps the write-ahead log short.</summary>
    public Task SyncAsync(CancellationToken cancellationToken) => _connections.SyncAsync(cancellationToken);

    public ValueTask DisposeAsync()
    {
        Log.Dispose();
        return _connections.DisposeAsync();
    }

    private static IndexPosition? ReadPosition(DbConnection reader, string node) =>
        reader.QuerySingleOrDefault<PositionRecord>("SELECT node, start, last, change FROM positions WHERE node = @node", new { node })?.Position;

    private sealed record PositionRecord
    {
        public string Node { get; init; } = "";
        public string Start { get; init; } = "";
        public long Last { get; init; }
        public long Change { get; init; }

        public IndexPosition Position => new(
            new JournalPosition(StartId.Parse(Start), Last), Change);
    }
}
