using System.Data.Common;
using Dapper;
using Recorder.Actors.Catalogue;
using Recorder.Actors.Catalogue.Sql;

namespace Recorder.Cluster.Index;

/// <summary>
/// What this node did that raises no event, numbered, for the nodes that follow it. Each change carries the number that the journal of events had
/// then: a follower applies it only once it has those events, so that an event never brings back what was purged.
/// </summary>
internal sealed class ChangeJournal(CatalogueConnections connections)
{
    private const long MaxKept = 100_000;
    private const long TrimInterval = 1_000;
    private const string TruncatedThrough = "changes_truncated";

    private readonly JournalSignal _signal = new();

    public long Last => _signal.Last;

    public async Task OpenAsync(CancellationToken cancellationToken) => _signal.Set(
        await connections.ReadAsync(
            reader => reader.ExecuteScalar<long?>("SELECT seq FROM sqlite_sequence WHERE name = 'changes'") ?? 0, cancellationToken).ConfigureAwait(false));

    /// <summary>In a transaction of the caller, which then says <see cref="Appended"/>.</summary>
    public static long Append(DbConnection writer, IndexChange change, long journal)
    {
        // In the order of the journal, too: a follower gets a change only after all before it.
        var after = writer.ExecuteScalar<long?>("SELECT journal FROM changes ORDER BY number DESC LIMIT 1") ?? 0;
        var number = writer.ExecuteScalar<long>(
            "INSERT INTO changes (journal, json) VALUES (@journal, @json) RETURNING number",
            new { journal = Math.Max(after, journal), json = IndexJson.Write(change) });
        if (number % TrimInterval == 0 && number > MaxKept)
        {
            writer.Execute("DELETE FROM changes WHERE number <= @through", new { through = number - MaxKept });
            CatalogueState.Write(writer, TruncatedThrough, number - MaxKept);
        }

        return number;
    }

    public void Appended(long number) => _signal.Set(number);

    public Task WaitAsync(long after, CancellationToken cancellationToken) => _signal.WaitAsync(after, cancellationToken);

    /// <summary>The changes after a number that a follower of the journal up to <paramref name="journal"/> may apply; null when some are no longer kept.</summary>
    public Task<IReadOnlyList<(long Number, IndexChange? Change)>?> ReadAsync(
        long after, long journal, int limit, CancellationToken cancellationToken) =>
        connections.ReadSnapshotAsync<IReadOnlyList<(long, IndexChange?)>?>(
            reader => after < CatalogueState.Read(reader, TruncatedThrough)
                ? null
                :
                [
                    .. reader.Query<(long Number, string Json)>(
                        "SELECT number, json FROM changes WHERE number > @after AND journal <= @journal ORDER BY number LIMIT @limit",
                        new { after, journal, limit }).Select(row => (row.Number, IndexJson.ReadChange(row.Json))),
                ],
            cancellationToken);
}
