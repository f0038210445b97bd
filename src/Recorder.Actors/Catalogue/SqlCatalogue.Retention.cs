using System.Data.Common;
using Dapper;
using Recorder.Contracts;

namespace Recorder.Actors.Catalogue;

// What may go, what is going, what is gone.
internal sealed partial class SqlCatalogue : IRetentionIndex
{
    // The extent that is being written is the last of a recording that has not ended.
    private const string AllRemovable =
        $"""
        SELECT {ExtentColumns}, e.recorded FROM recordings r JOIN extents e ON e.recorder = r.recorder AND e.recording = r.recording
        WHERE r.recorder = @recorder AND r.held = 0 AND e.deleted = 0 AND (r.ended_at IS NOT NULL OR e.number <
            (SELECT MAX(x.number) FROM extents x WHERE x.recorder = e.recorder AND x.recording = e.recording))
        """;

    // Oldest first within a recorder: names of recordings sort by age.
    private const string Removable = $"{AllRemovable} ORDER BY r.recording, e.number LIMIT @limit";
    private const string RemovableOfOne = $"{AllRemovable} AND r.recording = @recording ORDER BY e.number LIMIT @limit";

    // … unless the clock lied as one of them began: then by the node's time of what is left of each.
    private const string HasLies = "SELECT EXISTS (SELECT 1 FROM extents WHERE recorder = @recorder AND recorded IS NOT NULL)";
    private const string ByAge =
        """
        SELECT r.recording FROM recordings r WHERE r.recorder = @recorder AND r.held = 0
        ORDER BY (SELECT COALESCE(e.recorded, e.captured_at) FROM extents e
            WHERE e.recorder = r.recorder AND e.recording = r.recording AND e.deleted = 0 ORDER BY e.number LIMIT 1), r.recording
        """;

    // A recording that ends without any media was none: no folder has it, and no list.
    private const string EndedEmpty = "AND blobs = 0 AND ended_at IS NOT NULL";

    private const string OneExtent = "recorder = @recorder AND recording = @recording AND number = @number";

    public Task<IReadOnlyList<RecorderUsage>> ListUsageAsync(CancellationToken cancellationToken) =>
        ReadAsync<IReadOnlyList<RecorderUsage>>(
            reader =>
            [
                .. reader.Query<(string Recorder, long Bytes)>(
                    "SELECT recorder, SUM(stored) FROM recordings GROUP BY recorder ORDER BY recorder")
                    .Select(row => new RecorderUsage(new RecorderId(row.Recorder), row.Bytes)),
            ],
            cancellationToken);

    public Task<IReadOnlyList<StoredExtent>> ListRemovableAsync(RecorderId recorder, int limit, CancellationToken cancellationToken) =>
        ReadAsync<IReadOnlyList<StoredExtent>>(
            reader =>
            {
                if (reader.ExecuteScalar<long>(HasLies, new { recorder = recorder.Value }) == 0)
                {
                    return Extents(reader, Removable, new { recorder = recorder.Value, limit });
                }

                var found = new List<StoredExtent>();
                foreach (var recording in reader.Query<string>(ByAge, new { recorder = recorder.Value }).TakeWhile(_ => found.Count < limit))
                {
                    found.AddRange(Extents(reader, RemovableOfOne, new { recorder = recorder.Value, recording, limit = limit - found.Count }));
                }

                return found;
            },
            cancellationToken);

    public Task<IReadOnlyList<StoredExtent>> ListTombstonesAsync(int limit, CancellationToken cancellationToken) => ReadAsync<IReadOnlyList<StoredExtent>>(
        reader => Extents(
            reader,
            $"SELECT {ExtentColumns}, e.recorded FROM extents e JOIN recordings r ON r.recorder = e.recorder AND r.recording = e.recording " +
            "WHERE e.deleted = 1 LIMIT @limit",
            new { limit }),
        cancellationToken);

    public Task EntombAsync(IReadOnlyList<StoredExtent> extents, CancellationToken cancellationToken) =>
        WriteAsync<object?>(
            durable: true,
            writer =>
            {
                foreach (var extent in extents)
                {
                    var one = Parameters(extent);
                    if (writer.Execute($"UPDATE extents SET deleted = 1 WHERE {OneExtent} AND deleted = 0", one) == 1)
                    {
                        writer.Execute($"UPDATE recordings SET stored = stored - @bytes WHERE {OneRecording}", one);
                    }
                }

                return null;
            },
            cancellationToken);

    public Task PurgeAsync(IReadOnlyList<StoredExtent> extents, CancellationToken cancellationToken) =>
        WriteAsync<object?>(
            durable: false,
            writer =>
            {
                foreach (var extent in extents)
                {
                    var one = Parameters(extent);
                    writer.Execute($"DELETE FROM extents WHERE {OneExtent} AND deleted = 1", one);
                    writer.Execute($"DELETE FROM gaps WHERE {OneRecording} AND media_time + duration <= @end", one);
                    writer.Execute($"DELETE FROM marks WHERE {OneRecording} AND media_time < @end", one);
                }

                foreach (var key in extents.Select(extent => extent.Recording).Distinct())
                {
                    Forget(writer, "AND ended_at IS NOT NULL", Key(key));
                }

                return null;
            },
            cancellationToken);

    public Task ForgetEmptyAsync(DateTimeOffset endedBefore, CancellationToken cancellationToken) =>
        WriteAsync<object?>(
            durable: false,
            writer =>
            {
                foreach (var (recorder, recording) in writer.Query<(string, string)>(
                    "SELECT recorder, recording FROM recordings WHERE blobs = 0 AND held = 0 AND ended_at < @before LIMIT 1000",
                    new { before = endedBefore.UtcTicks }).ToList())
                {
                    Forget(writer, "", new { recorder, recording });
                }

                return null;
            },
            cancellationToken);

    private static void Forget(DbConnection writer, string condition, object key)
    {
        const string Without = "NOT EXISTS (SELECT 1 FROM extents e WHERE e.recorder = @recorder AND e.recording = @recording)";
        if (writer.Execute($"DELETE FROM recordings WHERE {OneRecording} {condition} AND {Without}", key) == 1)
        {
            writer.Execute($"DELETE FROM gaps WHERE {OneRecording}", key);
            writer.Execute($"DELETE FROM marks WHERE {OneRecording}", key);
        }
    }

    private List<StoredExtent> Extents(DbConnection reader, string sql, object with) =>
    [
        .. reader.Query<ExtentRecord>(sql, with).Select(found => new StoredExtent(
            new RecordingKey(new RecorderId(found.Recorder), new RecordingId(found.Recording)), Row(found))
        { RecordedAt = Time(found.Recorded ?? found.CapturedAt) }),
    ];

    private static object Parameters(StoredExtent extent) => new
    {
        recorder = extent.Recording.Recorder.Value,
        recording = extent.Recording.Recording.Value,
        number = extent.Extent.Number,
        bytes = extent.Extent.Bytes,
        end = (extent.Extent.MediaTime + extent.Extent.Duration).Ticks,
    };
}
