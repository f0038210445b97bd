using System.Data.Common;
using Dapper;
using Recorder.Contracts;
using Recorder.Media;

namespace Recorder.Actors.Catalogue;

/// <summary>What an index has of some recordings.</summary>
/// <param name="Recordings">They.</param>
/// <param name="Extents">Their files that are there.</param>
/// <param name="Gaps">What is missing.</param>
/// <param name="Marks">Named moments.</param>
internal sealed record CatalogueCopy(
    IReadOnlyList<RecordingRow> Recordings, IReadOnlyList<(RecordingKey Recording, Extent Extent)> Extents,
    IReadOnlyList<RecorderProtocol.GapRecorded> Gaps, IReadOnlyList<RecorderProtocol.Marked> Marks);

// The whole index for another that has missed events.
internal sealed partial class SqlCatalogue
{
    private const int RecordingsOfACopy = 200;

    /// <summary>
    /// Hands out the index as it is at one entry of the journal, some recordings at a time; the writer goes on meanwhile. Events behind that
    /// entry are not in it.
    /// </summary>
    /// <returns>The entry's number, and the number of each recorder's last event.</returns>
    public async Task<(long Through, IReadOnlyDictionary<RecorderId, long> Sequences)> CopyAsync(Func<CatalogueCopy, Task> take, CancellationToken cancellationToken)
    {
        await TurnAsync(_reading, cancellationToken).ConfigureAwait(false);
        try
        {
            await using var reader = await Task.Run(_database.OpenReader, cancellationToken).ConfigureAwait(false);
            await using var snapshot = _database.BeginSnapshot(reader);
            var head = await Task.Run(() => ReadHead(reader), cancellationToken).ConfigureAwait(false);
            var after = ("", "");
            while (await Task.Run(() => Copy(reader, after), cancellationToken).ConfigureAwait(false) is { Recordings: [.., var last] } copy)
            {
                await take(copy).ConfigureAwait(false);
                after = (last.Key.Recorder.Value, last.Key.Recording.Value);
            }

            return head;
        }
        catch (Exception exception) when (_database.IsUnavailable(exception))
        {
            throw Unavailable(exception);
        }
        finally
        {
            _reading.Release();
        }
    }

    private List<RecordingRow> ReadRecordings(DbConnection reader, (string Recorder, string Recording) after) =>
    [
        .. reader.Query<RecordingRecord>(
            $"SELECT {RecordingColumns} FROM recordings r WHERE (r.recorder, r.recording) > (@recorder, @recording) ORDER BY r.recorder, r.recording LIMIT {RecordingsOfACopy}",
            new { recorder = after.Recorder, recording = after.Recording }).Select(Row),
    ];

    private static (long Through, IReadOnlyDictionary<RecorderId, long> Sequences) ReadHead(DbConnection reader) => (
        Math.Max(reader.ExecuteScalar<long?>("SELECT MAX(id) FROM journal") ?? 0, State(reader, TruncatedThrough)),
        reader.Query<(string Recorder, long Last)>("SELECT recorder, last FROM sequences").ToDictionary(row => new RecorderId(row.Recorder), row => row.Last));

    private CatalogueCopy Copy(DbConnection reader, (string Recorder, string Recording) after)
    {
        var rows = ReadRecordings(reader, after);
        var extents = new List<(RecordingKey, Extent)>();
        var gaps = new List<RecorderProtocol.GapRecorded>();
        var marks = new List<RecorderProtocol.Marked>();
        foreach (var row in rows)
        {
            extents.AddRange(ReadExtents(reader, row.Key, null, null).Select(extent => (row.Key, extent)));
            gaps.AddRange(ReadGaps(reader, row.Key, null, null));
            marks.AddRange(ReadMarks(reader, row.Key));
        }

        return new CatalogueCopy(rows, extents, gaps, marks);
    }
}
