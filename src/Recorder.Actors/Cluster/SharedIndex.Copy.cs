using Dapper;
using Recorder.Actors.Catalogue;
using Recorder.Contracts;

namespace Recorder.Actors.Cluster;

// What a node's journal no longer has, the index of its own folder does.
internal sealed partial class SharedIndex
{
    /// <summary>Copies what this node has into the index, and goes on behind it: for events that were lost before they were put in.</summary>
    /// <returns>The number of the journal's entry that it is at.</returns>
    public async Task<long> CopyAsync(SqlCatalogue local, CancellationToken ending)
    {
        var (through, sequences) = await local.CopyAsync(copy => TakeAsync(copy, ending), ending).ConfigureAwait(false);
        try
        {
            await using var connection = await database.OpenAsync(ending).ConfigureAwait(false);
            await using var transaction = await connection.BeginTransactionAsync(ending).ConfigureAwait(false);
            await connection.ExecuteAsync(PutSequences, Columns(sequences)).ConfigureAwait(false);
            await connection.ExecuteAsync(PutPosition, new { node, journal, last = through }).ConfigureAwait(false);
            await transaction.CommitAsync(ending).ConfigureAwait(false);
            return through;
        }
        catch (Exception away) when (database.IsUnavailable(away))
        {
            throw Away(away);
        }
    }

    // What is in the index already stays as it is, or grows: it may be taken twice.
    private async Task TakeAsync(CatalogueCopy copy, CancellationToken ending)
    {
        try
        {
            await using var connection = await database.OpenAsync(ending).ConfigureAwait(false);
            await using var transaction = await connection.BeginTransactionAsync(ending).ConfigureAwait(false);
            var ids = copy.Recordings.Select(row => row.Key.Recorder.Value).Distinct().ToArray();
            var tokens = (await connection.QueryAsync<(string Id, long Token)>(LockTokens, new { ids }).ConfigureAwait(false))
                .ToDictionary(row => row.Id, row => row.Token);
            await connection.ExecuteAsync(CopyRecordings, Columns(copy.Recordings)).ConfigureAwait(false);
            // Of what another has taken since: what was given up in order was in the index before.
            await connection.ExecuteAsync(
                CopyExtents, Columns(copy.Extents, it => it.Extent.Epoch < tokens.GetValueOrDefault(it.Recording.Recorder.Value))).ConfigureAwait(false);
            await connection.ExecuteAsync(PutGaps, Columns(copy.Gaps)).ConfigureAwait(false);
            await connection.ExecuteAsync(PutMarks, Columns(copy.Marks)).ConfigureAwait(false);
            await connection.ExecuteAsync(CountRecordings, Columns(copy.Recordings)).ConfigureAwait(false);
            await transaction.CommitAsync(ending).ConfigureAwait(false);
        }
        catch (Exception away) when (database.IsUnavailable(away))
        {
            throw Away(away);
        }
    }

    private object Columns(IReadOnlyList<RecordingRow> rows) => new
    {
        node,
        recorders = rows.Select(row => row.Key.Recorder.Value).ToArray(),
        recordings = rows.Select(row => row.Key.Recording.Value).ToArray(),
        folders = rows.Select(row => $"{row.Key.Recorder.Value}/{row.Key.Recording.Value}").ToArray(),
        types = rows.Select(row => row.MimeType).ToArray(),
        started = rows.Select(row => row.StartedAt.UtcTicks).ToArray(),
        // Here it ended and went on elsewhere.
        ended = rows.Select(row => row.StopReason == StopReason.Moved ? null : row.EndedAt?.UtcTicks).ToArray(),
        reasons = rows.Select(row => (long?)row.StopReason).ToArray(),
        durations = rows.Select(row => row.Duration.Ticks).ToArray(),
        durable = rows.Select(row => row.DurableThrough).ToArray(),
    };
}
