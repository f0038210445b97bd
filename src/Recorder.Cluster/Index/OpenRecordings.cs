using Dapper;
using Recorder.Actors.Catalogue;
using Recorder.Actors.Catalogue.Sql;
using Recorder.Contracts;
using static Recorder.Cluster.Index.IndexWriter;

namespace Recorder.Cluster.Index;

/// <summary>A recording that has not ended.</summary>
/// <param name="Sequence">The number of the event that says so.</param>
internal readonly record struct OpenRecording(RecordingKey Key, long Sequence);

/// <summary>The recordings of an index that have not ended.</summary>
internal sealed class OpenRecordings(CatalogueConnections connections)
{
    // It has ended where its media ends, unless an event said something else meanwhile.
    private const string EndOpen =
        $"""
        UPDATE recordings SET stop_reason = @reason, ended_at = COALESCE(
            (SELECT MAX(e.captured_at + e.duration) FROM extents e WHERE e.recorder = @recorder AND e.recording = @recording), started_at)
        WHERE {IndexStatements.OneRecording} AND ended_at IS NULL AND sequence = @sequence
        """;

    public Task<IReadOnlyList<OpenRecording>> ListAsync(CancellationToken cancellationToken) => connections.ReadAsync<IReadOnlyList<OpenRecording>>(
        reader =>
        [
            .. reader.Query<(string Recorder, string Recording, long Sequence)>("SELECT recorder, recording, sequence FROM recordings WHERE ended_at IS NULL").Select(
                row => new OpenRecording(new RecordingKey(new RecorderId(row.Recorder), new RecordingId(row.Recording)), row.Sequence)),
        ],
        cancellationToken);

    /// <summary>Ends recordings, in this index only, of which no node will raise a stop event.</summary>
    public Task EndAsync(IReadOnlyList<OpenRecording> recordings, CancellationToken cancellationToken) => connections.WriteAsync(
        durable: false,
        writer =>
        {
            foreach (var (key, sequence) in recordings)
            {
                var columns = new { recorder = key.Recorder.Value, recording = key.Recording.Value, sequence, reason = (int)StopReason.Crashed };
                if (writer.Execute(EndOpen, columns) == 1)
                    Recount(writer, key, IndexStatements.RemoveEmpty);
            }
        },
        cancellationToken);
}
