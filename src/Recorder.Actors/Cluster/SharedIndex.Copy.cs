using Dapper;
using Recorder.Actors.Catalogue.Sql;

namespace Recorder.Actors.Cluster;

// What a node's journal no longer has, the index of its own folder does.
internal sealed partial class SharedIndex
{
    /// <summary>Copies what this node has into the index, and goes on behind it: for events that were lost before they were put in.</summary>
    /// <returns>The number of the journal's entry that it is at.</returns>
    public async Task<long> CopyAsync(SqlCatalogue local, CancellationToken ending)
    {
        var (through, sequences) = await local.CopyAsync(async copy => _ = await TakeAsync(copy, ending).ConfigureAwait(false), ending).ConfigureAwait(false);
        return await database.AskAsync(
            async connection =>
            {
                await connection.ExecuteAsync(PutSequences, Columns(sequences)).ConfigureAwait(false);
                await connection.ExecuteAsync(PutPosition, new { node, journal, last = through }).ConfigureAwait(false);
                return through;
            },
            ending).ConfigureAwait(false);
    }

    // What is in the index already stays as it is, or grows: it may be taken twice.
    private Task<int> TakeAsync(CatalogueCopy copy, CancellationToken ending) => database.AskAsync(
        async connection =>
        {
            var ids = copy.Recordings.Select(row => row.Key.Recorder.Value).Distinct().ToArray();
            var tokens = (await connection.QueryAsync<(string Id, long Token)>(LockTokens, new { ids }).ConfigureAwait(false))
                .ToDictionary(row => row.Id, row => row.Token);
            await connection.ExecuteAsync(CopyRecordings, Columns(copy.Recordings)).ConfigureAwait(false);
            // Of what another has taken since: what was given up in order was in the index before.
            await connection.ExecuteAsync(
                CopyExtents, Columns(copy.Extents, it => it.Extent.Epoch < tokens.GetValueOrDefault(it.Recording.Recorder.Value))).ConfigureAwait(false);
            await connection.ExecuteAsync(PutGaps, Columns(copy.Gaps)).ConfigureAwait(false);
            await connection.ExecuteAsync(PutMarks, Columns(copy.Marks)).ConfigureAwait(false);
            return await connection.ExecuteAsync(CountRecordings, Columns(copy.Recordings)).ConfigureAwait(false);
        },
        ending);
}
