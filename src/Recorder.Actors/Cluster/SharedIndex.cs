using Dapper;
using Npgsql;
using Recorder.Actors.Catalogue;
using Recorder.Contracts;
using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Actors.Cluster;

/// <summary>
/// The index of recordings that nodes share. What a node writes carries the tokens under which it holds the recorders, and the same
/// transaction checks them: what comes from a node that lost a recorder joins its recording as a late extent, and changes nothing else.
/// </summary>
internal sealed partial class SharedIndex(PostgresDatabase database, string node, string journal)
{
    private long _bytes;

    /// <summary>Bytes of media that this node recorded, as far as the index has them.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>How far this node's journal is in the index; null when nothing of it is.</summary>
    public Task<long?> PositionAsync(CancellationToken ending) => database.AskAsync(
        connection => connection.QuerySingleOrDefaultAsync<long?>(
            "SELECT last FROM positions WHERE node = @node AND journal = @journal", new { node, journal }),
        ending);

    /// <summary>Puts what follows from entries of this node's journal into the index, once.</summary>
    /// <param name="entries">In order, from the one behind the position on.</param>
    /// <param name="held">The token of each recorder that this node holds, and the number of the last event before it held it.</param>
    /// <param name="ending">Ends the waiting.</param>
    /// <returns>How many entries were late.</returns>
    public async Task<int> ApplyAsync(
        IReadOnlyList<JournalEntry> entries, Func<RecorderId, Tenure?> held, CancellationToken ending)
    {
        var (late, bytes) = await database.AskAsync(
            async connection =>
            {
                var position = await connection.QuerySingleOrDefaultAsync<long?>(
                    "SELECT last FROM positions WHERE node = @node AND journal = @journal FOR UPDATE", new { node, journal }).ConfigureAwait(false);
                var fresh = entries.Where(entry => entry.Number > (position ?? 0)).Select(entry => entry.Event).ToList();
                var late = await ApplyAsync(connection, fresh, held).ConfigureAwait(false);
                await connection.ExecuteAsync(
                    PutPosition, new { node, journal, last = entries.Count == 0 ? position ?? 0 : entries[^1].Number }).ConfigureAwait(false);
                return (late, fresh.OfType<DataAvailable>().Sum(data => data.Data.Length));
            },
            ending).ConfigureAwait(false);
        Interlocked.Add(ref _bytes, bytes);
        return late;
    }

    /// <summary>Takes extents of this node out of the index: retention did, on its disk.</summary>
    public Task RemoveAsync(IReadOnlyList<(RecordingKey Recording, int Number)> extents, CancellationToken ending) => database.AskAsync(
        connection => connection.ExecuteAsync(RemoveExtents, new
        {
            node,
            recorders = extents.Select(it => it.Recording.Recorder.Value).ToArray(),
            recordings = extents.Select(it => it.Recording.Recording.Value).ToArray(),
            numbers = extents.Select(it => (long)it.Number).ToArray(),
        }),
        ending);

    private async Task<int> ApplyAsync(NpgsqlConnection connection, List<IEvent> events, Func<RecorderId, Tenure?> held)
    {
        var ids = events.Select(raised => raised.Recorder.Value).Distinct().ToArray();
        // Whoever claims one of these waits until this is in the index, and sees it.
        var tokens = (await connection.QueryAsync<(string Id, long Token)>(
            LockTokens, new { ids }).ConfigureAwait(false))
            .ToDictionary(row => row.Id, row => row.Token);
        var lasts = (await connection.QueryAsync<(string Recorder, long Last)>(
            "SELECT recorder, last FROM sequences WHERE recorder = ANY(@ids)", new { ids }).ConfigureAwait(false))
            .ToDictionary(row => row.Recorder, row => row.Last);
        var (current, late) = (new CatalogueChanges(), new CatalogueChanges());
        var count = 0;
        foreach (var raised in events)
        {
            var id = raised.Recorder.Value;
            var isHeld = tokens.TryGetValue(id, out var token)
                ? held(raised.Recorder) is { } tenure && tenure.Token == token && raised.Sequence > tenure.Since
                // It was removed, and this is the end of what it recorded.
                : true;
            if (isHeld && raised.Sequence > lasts.GetValueOrDefault(id))
            {
                current.Add(raised);
            }
            else
            {
                late.Add(raised);
                count++;
            }
        }

        await PutAsync(connection, current, isLate: false).ConfigureAwait(false);
        await PutAsync(connection, late, isLate: true).ConfigureAwait(false);
        return count;
    }

    private async Task PutAsync(NpgsqlConnection connection, CatalogueChanges changes, bool isLate)
    {
        // In one order everywhere, so that no two transactions wait for each other.
        var recordings = changes.Recordings.OrderBy(it => it.Key.Recorder.Value, StringComparer.Ordinal).ThenBy(it => it.Key.Recording.Value, StringComparer.Ordinal).ToList();
        if (recordings.Count == 0 && changes.Sequences.Count == 0)
        {
            return;
        }

        await connection.ExecuteAsync(isLate ? PutLateRecordings : PutRecordings, Columns(recordings)).ConfigureAwait(false);
        await PutExtentsAsync(connection, changes, isLate).ConfigureAwait(false);
        if (changes.Gaps.Count > 0)
        {
            await connection.ExecuteAsync(PutGaps, Columns(changes.Gaps)).ConfigureAwait(false);
        }

        if (changes.Marks.Count > 0)
        {
            await connection.ExecuteAsync(PutMarks, Columns(changes.Marks)).ConfigureAwait(false);
        }

        if (!isLate)
        {
            var stopped = recordings.Where(it => it.Value.Stopped is not null).ToList();
            if (stopped.Count > 0)
            {
                await connection.ExecuteAsync(StopRecordings, Columns(stopped)).ConfigureAwait(false);
            }

            await connection.ExecuteAsync(PutSequences, Columns(changes.Sequences)).ConfigureAwait(false);
        }

        var empty = recordings.Where(it => it.Value.Blobs == 0).Select(it => it.Key).ToList();
        if (empty.Count > 0)
        {
            await connection.ExecuteAsync(RemoveEmpty, new
            {
                recorders = empty.Select(key => key.Recorder.Value).ToArray(),
                recordings = empty.Select(key => key.Recording.Value).ToArray(),
            }).ConfigureAwait(false);
        }
    }

    private Task<int> PutExtentsAsync(NpgsqlConnection connection, CatalogueChanges changes, bool isLate)
    {
        var extents = changes.Extents.OrderBy(it => it.Key.Recording.Recorder.Value, StringComparer.Ordinal)
            .Select(it => (it.Key.Recording, it.Value)).ToList();
        return connection.ExecuteAsync(PutExtents, Columns(extents, _ => isLate));
    }

    /// <summary>Under what a node holds a recorder.</summary>
    /// <param name="Token">The fencing token.</param>
    /// <param name="Since">The number of the last event before.</param>
    internal readonly record struct Tenure(long Token, long Since);
}

/// <summary>A node that has a part of a recording.</summary>
/// <param name="Node">Its name.</param>
/// <param name="From">Where on the timeline its first extent begins.</param>
/// <param name="To">Where its last ends.</param>
internal sealed record Holder(string Node, TimeSpan From, TimeSpan To);
