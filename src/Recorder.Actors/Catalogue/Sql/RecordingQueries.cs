using System.Data.Common;
using System.Text;
using Dapper;
using Recorder.Contracts;
using Recorder.Media;
using static Recorder.Actors.Catalogue.Sql.CatalogueRows;

namespace Recorder.Actors.Catalogue.Sql;

internal sealed class RecordingQueries(CatalogueRows rows)
{
    public static List<RecordingKey> ListOpen(DbConnection reader, RecorderId recorder) =>
    [
        .. reader.Query<string>(
            "SELECT recording FROM recordings WHERE recorder = @recorder AND ended_at IS NULL ORDER BY recording", new { recorder = recorder.Value })
            .Select(recording => new RecordingKey(recorder, new RecordingId(recording))),
    ];

    public static List<RecorderProtocol.GapRecorded> Gaps(DbConnection reader, RecordingKey recording, TimeSpan? from, TimeSpan? to)
    {
        // A gap may have no duration on the timeline, so one that only touches the interval counts.
        var sql = "SELECT media_time AS MediaTime, duration, from_at AS FromAt, to_at AS ToAt, cause, packets, detail, sequence, at " +
            $"FROM gaps WHERE {OneRecording}" + (from is null ? "" : " AND media_time + duration >= @from") +
            (to is null ? "" : " AND media_time <= @to") + " ORDER BY media_time, from_at";
        return
        [
            .. reader.Query<GapRow>(sql, Interval(recording, from, to)).Select(gap => gap.Of(recording.Recorder, recording.Recording)),
        ];
    }

    public static List<RecorderProtocol.Marked> Marks(DbConnection reader, RecordingKey recording) =>
    [
        .. reader.Query<(long MediaTime, string Label, long Sequence, long At)>(
            $"SELECT media_time, label, sequence, at FROM marks WHERE {OneRecording} ORDER BY media_time, at",
            Key(recording)).Select(mark => new RecorderProtocol.Marked(
                recording.Recorder, mark.Sequence, Time(mark.At), recording.Recording, TimeSpan.FromTicks(mark.MediaTime), mark.Label)),
    ];

    public List<RecordingRow> List(DbConnection reader, RecordingQuery query)
    {
        // Names of recordings sort by age, and a page begins after a name even if that recording is gone.
        var sql = new StringBuilder($"SELECT {RecordingColumns} FROM recordings r WHERE 1 = 1");
        sql.Append(query.Recorder is null ? "" : " AND recorder = @recorder");
        sql.Append(query.After is null ? "" : " AND (recording < @afterRecording OR (recording = @afterRecording AND recorder < @afterRecorder))");
        if (query.From is not null || query.To is not null)
        {
            sql.Append(" AND EXISTS (SELECT 1 FROM extents e WHERE e.recorder = r.recorder AND e.recording = r.recording AND e.deleted = 0");
            sql.Append(query.From is null ? "" : " AND e.captured_at + e.duration > @from");
            sql.Append(query.To is null ? "" : " AND e.captured_at < @to");
            sql.Append(')');
        }

        sql.Append(" ORDER BY recording DESC, recorder DESC LIMIT @limit");
        return rows.ReadRecordings(reader, sql.ToString(), new
        {
            recorder = query.Recorder?.Value,
            afterRecording = query.After?.Recording.Value,
            afterRecorder = query.After?.Recorder.Value,
            from = query.From?.UtcTicks,
            to = query.To?.UtcTicks,
            limit = query.Limit,
        });
    }

    public List<RecordingRow> ListAfter(DbConnection reader, RecordingKey? after, int limit) => rows.ReadRecordings(
        reader,
        $"SELECT {RecordingColumns} FROM recordings r WHERE (r.recorder, r.recording) > (@recorder, @recording) " +
        $"ORDER BY r.recorder, r.recording LIMIT {limit}",
        new { recorder = after?.Recorder.Value ?? "", recording = after?.Recording.Value ?? "" });

    public RecordingRow? Find(DbConnection reader, RecordingKey recording) =>
        rows.ReadRecordings(reader, $"SELECT {RecordingColumns} FROM recordings WHERE {OneRecording}", Key(recording)).SingleOrDefault();

    public List<Extent> Extents(DbConnection reader, RecordingKey recording, TimeSpan? from, TimeSpan? to)
    {
        // Extents do not overlap: the first that reaches into the interval is the last that begins before it, if any does.
        const string Since =
            " AND e.media_time + e.duration > @from AND e.media_time >= COALESCE((SELECT x.media_time FROM extents x " +
            "WHERE x.recorder = @recorder AND x.recording = @recording AND x.media_time <= @from ORDER BY x.media_time DESC LIMIT 1), 0)";
        var sql = $"SELECT {ExtentColumns} FROM extents e JOIN recordings r ON r.recorder = e.recorder AND r.recording = e.recording " +
            "WHERE e.recorder = @recorder AND e.recording = @recording AND e.deleted = 0" +
            (from is null ? "" : Since) + (to is null ? "" : " AND e.media_time < @to") + " ORDER BY e.media_time, e.number";
        return [.. rows.ReadExtents(reader, sql, Interval(recording, from, to)).Select(extent => extent.Extent)];
    }

    private static object Interval(RecordingKey key, TimeSpan? from, TimeSpan? to) =>
        new { recorder = key.Recorder.Value, recording = key.Recording.Value, from = from?.Ticks, to = to?.Ticks };
}
