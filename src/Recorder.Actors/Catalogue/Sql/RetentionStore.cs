using System.Data.Common;
using Dapper;
using Recorder.Actors.Timing;
using Recorder.Contracts;
using static Recorder.Actors.Catalogue.Sql.CatalogueRows;

namespace Recorder.Actors.Catalogue.Sql;

internal sealed class RetentionStore(CatalogueConnections connections, CatalogueRows rows, ClockStore clocks) : IRetentionStore
{
    // The extent that is being written is the last of a recording that has not ended.
    private const string AllRemovable =
        $"""
        SELECT {ExtentColumns}, e.recorded FROM recordings r JOIN extents e ON e.recorder = r.recorder AND e.recording = r.recording
        WHERE r.recorder = @recorder AND r.held = 0 AND e.deleted = 0 AND (r.ended_at IS NOT NULL OR e.number <
            (SELECT MAX(x.number) FROM extents x WHERE x.recorder = e.recorder AND x.recording = e.recording))
        """;

    // Names of recordings sort by age, so this lists the oldest first.
    private const string Removable = $"{AllRemovable} ORDER BY r.recording, e.number LIMIT @limit";
    private const string RemovableOfOne = $"{AllRemovable} AND r.recording = @recording ORDER BY e.number LIMIT @limit";

    // If the clock was wrong when a recording began, its name does not show its age: then the corrected times of the first extents sort them.
    private const string HasCorrected = "SELECT EXISTS (SELECT 1 FROM extents WHERE recorder = @recorder AND recorded IS NOT NULL)";
    private const string ByAge =
        """
        SELECT r.recording FROM recordings r WHERE r.recorder = @recorder AND r.held = 0
        ORDER BY (SELECT COALESCE(e.recorded, e.captured_at) FROM extents e
            WHERE e.recorder = r.recorder AND e.recording = r.recording AND e.deleted = 0 ORDER BY e.number LIMIT 1), r.recording
        """;

    /// <summary>Recordings that ended without any media have no folder and are not listed.</summary>
    internal const string EndedEmpty = "AND blobs = 0 AND ended_at IS NOT NULL";

    private const string OneExtent = "recorder = @recorder AND recording = @recording AND number = @number";

    public Task<IReadOnlyList<RecorderUsage>> ListUsageAsync(CancellationToken cancellationToken) =>
        connections.ReadAsync<IReadOnlyList<RecorderUsage>>(
            reader =>
            [
                .. reader.Query<(string Recorder, long Bytes)>(
                    "SELECT recorder, SUM(stored) FROM recordings GROUP BY recorder ORDER BY recorder")
                    .Select(row => new RecorderUsage(new RecorderId(row.Recorder), row.Bytes)),
            ],
            cancellationToken);

    public Task<IReadOnlyList<StoredExtent>> ListRemovableAsync(RecorderId recorder, int limit, CancellationToken cancellationToken) =>
        connections.ReadAsync<IReadOnlyList<StoredExtent>>(
            reader =>
            {
                if (reader.ExecuteScalar<long>(HasCorrected, new { recorder = recorder.Value }) == 0)
                    return rows.ReadExtents(reader, Removable, new { recorder = recorder.Value, limit });

                var found = new List<StoredExtent>();
                foreach (var recording in reader.Query<string>(ByAge, new { recorder = recorder.Value }).TakeWhile(_ => found.Count < limit))
                    found.AddRange(rows.ReadExtents(reader, RemovableOfOne, new { recorder = recorder.Value, recording, limit = limit - found.Count }));

                return found;
            },
            cancellationToken);

    public Task<IReadOnlyList<StoredExtent>> ListDeletedAsync(int limit, CancellationToken cancellationToken) =>
        connections.ReadAsync<IReadOnlyList<StoredExtent>>(
            reader => rows.ReadExtents(
                reader,
                $"SELECT {ExtentColumns}, e.recorded FROM extents e JOIN recordings r " +
                "ON r.recorder = e.recorder AND r.recording = e.recording WHERE e.deleted = 1 LIMIT @limit",
                new { limit }),
            cancellationToken);

    public Task MarkDeletedAsync(IReadOnlyList<StoredExtent> extents, CancellationToken cancellationToken) =>
        connections.WriteAsync(
            durable: true,
            writer =>
            {
                foreach (var extent in extents)
                {
                    var parameters = Parameters(extent);
                    if (writer.Execute($"UPDATE extents SET deleted = 1 WHERE {OneExtent} AND deleted = 0", parameters) == 1)
                        writer.Execute($"UPDATE recordings SET stored = stored - @bytes WHERE {OneRecording}", parameters);
                }
            },
            cancellationToken);

    public Task PurgeAsync(IReadOnlyList<StoredExtent> extents, CancellationToken cancellationToken) =>
        connections.WriteAsync(
            durable: false,
            writer =>
            {
                foreach (var extent in extents)
                {
                    var parameters = Parameters(extent);
                    writer.Execute($"DELETE FROM extents WHERE {OneExtent} AND deleted = 1", parameters);
                    writer.Execute($"DELETE FROM gaps WHERE {OneRecording} AND media_time + duration <= @end", parameters);
                    writer.Execute($"DELETE FROM marks WHERE {OneRecording} AND media_time < @end", parameters);
                }

                foreach (var key in extents.Select(extent => extent.Recording).Distinct())
                    Forget(writer, "AND ended_at IS NOT NULL", Key(key));
            },
            cancellationToken);

    public Task ForgetEmptyAsync(DateTimeOffset endedBefore, CancellationToken cancellationToken) =>
        connections.WriteAsync(
            durable: false,
            writer =>
            {
                foreach (var (recorder, recording) in writer.Query<(string, string)>(
                    "SELECT recorder, recording FROM recordings WHERE blobs = 0 AND held = 0 AND ended_at < @before LIMIT 1000",
                    new { before = endedBefore.UtcTicks }).ToList())
                {
                    Forget(writer, "", new { recorder, recording });
                }
            },
            cancellationToken);

    public Task KeepClockAsync(NodeClock clock, CancellationToken cancellationToken) => clocks.KeepAsync(clock, cancellationToken);

    internal static void Forget(DbConnection writer, string condition, object key)
    {
        const string Without = "NOT EXISTS (SELECT 1 FROM extents e WHERE e.recorder = @recorder AND e.recording = @recording)";
        if (writer.Execute($"DELETE FROM recordings WHERE {OneRecording} {condition} AND {Without}", key) == 1)
        {
            writer.Execute($"DELETE FROM gaps WHERE {OneRecording}", key);
            writer.Execute($"DELETE FROM marks WHERE {OneRecording}", key);
        }
    }

    private static object Parameters(StoredExtent extent) => new
    {
        recorder = extent.Recording.Recorder.Value,
        recording = extent.Recording.Recording.Value,
        number = extent.Extent.Number,
        bytes = extent.Extent.Bytes,
        end = (extent.Extent.MediaTime + extent.Extent.Duration).Ticks,
    };
}
