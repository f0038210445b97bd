using Dapper;
using Recorder.Actors.Catalogue.Sql;
using Recorder.Cluster.Journals;

namespace Recorder.Cluster.Index;

/// <summary>
/// The runs of this node's process, and the first number that each wrote into the journal. A node whose folder was restored from a backup does not know
/// the runs after it: a follower at one of them takes a snapshot, and mistakes no number for another.
/// </summary>
internal sealed class NodeRuns(CatalogueConnections connections)
{
    private const int MaxKept = 1_000;

    private IReadOnlyList<JournalStart> _runs = [];

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<JournalStart> All => _runs;

    public async Task OpenAsync(CancellationToken cancellationToken) => _runs = await connections.ReadAsync<IReadOnlyList<JournalStart>>(
        reader =>
        [
            .. reader.Query<(string Start, long First)>("SELECT start, first FROM runs ORDER BY id")
                .Select(row => new JournalStart(StartId.Parse(row.Start), row.First)),
        ],
        cancellationToken).ConfigureAwait(false);

    /// <summary>Begins this run of the process. Durable when it returns.</summary>
    /// <param name="last">The number of the journal's last entry.</param>
    public Task BeginAsync(StartId start, long last, CancellationToken cancellationToken)
    {
        // Runs that wrote numbers which the journal does not have are those of a folder that was replaced by an older one.
        var runs = _runs.Where(run => run.First <= last + 1).TakeLast(MaxKept - 1).Append(new JournalStart(start, last + 1)).ToList();
        return connections.WriteAsync(
            durable: true,
            writer =>
            {
                // Of a catalogue that is older than this file, too, followers get every change.
                writer.Execute("UPDATE changes SET journal = @last WHERE journal > @last", new { last });
                writer.Execute("DELETE FROM runs");
                writer.Execute("INSERT INTO runs (start, first) VALUES (@start, @first)", runs.Select(run => new { start = run.Start.ToString(), first = run.First }));
            },
            cancellationToken,
            () => _runs = runs);
    }

    /// <summary>Whether a number was written by the run that a position names, given the number of the last entry.</summary>
    public bool Contain(JournalPosition position, long last)
    {
        var runs = _runs;
        for (var index = runs.Count - 1; index >= 0; index--)
        {
            if (runs[index].Start != position.Start)
                continue;

            var end = index + 1 < runs.Count ? runs[index + 1].First - 1 : last;
            return position.Number >= runs[index].First - 1 && position.Number <= end;
        }

        return false;
    }

    /// <summary>The run that wrote a number, or wrote last before it.</summary>
    public StartId RunOf(long number) => (_runs.LastOrDefault(run => run.First <= number) is { First: > 0 } run ? run : _runs[0]).Start;
}
