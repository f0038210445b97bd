using System.Data.Common;
using Dapper;
using Recorder.Actors.Catalogue.Sql;
using Recorder.Contracts;

namespace Recorder.Cluster.Index;

/// <summary>What a recorder continues from under a new tenure, as far as this node knows.</summary>
/// <param name="Term">The new tenure's: the epoch of what is recorded under it.</param>
/// <param name="History">Its event numbers are above all that an earlier holder can have given.</param>
/// <param name="Open">Recordings that no stop event ended, oldest first. The one that is not continued must be ended.</param>
internal sealed record ClaimHistory(
    RecorderDefinition Definition, long Term, RecorderHistory History, IReadOnlyList<InterruptedRecording> Open);

// What a new holder continues from.
internal sealed partial class ClusterIndex
{
    // More than a holder can have raised that this node has not heard of.
    private const long UnheardNumbers = Journal.NumbersOfATenure / 2;

    private const string FindOpenRecordings =
        """
        SELECT recording, mime_type AS MimeType, started_at AS StartedAt, bytes,
            (SELECT MAX(number) FROM extents e WHERE e.recorder = r.recorder AND e.recording = r.recording) AS LastExtent,
            (SELECT MAX(last_blob) FROM extents e WHERE e.recorder = r.recorder AND e.recording = r.recording) AS LastBlob
        FROM recordings r WHERE ended_at IS NULL AND recorder = @recorder ORDER BY recording
        """;

    // Only what was recorded in time decides where the timeline ends.
    private const string LastInTime =
        $"""
        SELECT media_time + duration AS Duration, captured_at + duration AS EndedAt FROM extents
        WHERE {IndexStatements.OneRecording} AND is_late = 0 ORDER BY epoch DESC, number DESC LIMIT 1
        """;

    /// <summary>Reads what a recorder continues from.</summary>
    /// <param name="term">The term of the tenure that is claimed.</param>
    public Task<ClaimHistory> ReadHistoryAsync(RecorderDefinition definition, long term, CancellationToken cancellationToken) =>
        _connections.ReadSnapshotAsync(
            reader =>
            {
                var recorder = definition.Id.Value;
                var known = RecorderSequences.Read(reader, definition.Id);
                var begun = reader.ExecuteScalar<long>("SELECT COUNT(*) FROM recordings WHERE recorder = @recorder", new { recorder });
                var open = reader.Query<OpenRecord>(FindOpenRecordings, new { recorder }).Select(row => Complete(reader, recorder, row)).ToList();
                var resumed = definition.Desired == RecorderState.Inactive ? null : open.LastOrDefault();
                var history = new RecorderHistory(LastNumberBefore(term, known), begun, resumed) { Epoch = (int)term };
                return new ClaimHistory(definition, term, history, open);
            },
            cancellationToken);

    // A tenure that lasts for weeks can use up its numbers: the next one begins above them all the same.
    private static long LastNumberBefore(long term, long known)
    {
        var tenures = known == 0 ? 0 : (known + UnheardNumbers + Journal.NumbersOfATenure - 1) / Journal.NumbersOfATenure;
        return Math.Max(term, tenures) * Journal.NumbersOfATenure;
    }

    private static InterruptedRecording Complete(DbConnection reader, string recorder, OpenRecord row)
    {
        var last = reader.QuerySingleOrDefault<(long Duration, long EndedAt)?>(LastInTime, new { recorder, recording = row.Recording });
        return new InterruptedRecording(
            new RecordingId(row.Recording), row.MimeType, (int)(row.LastExtent ?? 0), row.LastBlob ?? 0, row.Bytes,
            TimeSpan.FromTicks(last?.Duration ?? 0), new DateTimeOffset(last?.EndedAt ?? row.StartedAt, TimeSpan.Zero));
    }

    private sealed record OpenRecord
    {
        public string Recording { get; init; } = "";
        public string MimeType { get; init; } = "";
        public long StartedAt { get; init; }
        public long Bytes { get; init; }
        public long? LastExtent { get; init; }
        public long? LastBlob { get; init; }
    }
}
