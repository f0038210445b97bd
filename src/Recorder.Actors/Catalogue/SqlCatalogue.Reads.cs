using System.Data.Common;
using System.Text;
using Dapper;
using Recorder.Contracts;
using Recorder.Media;

namespace Recorder.Actors.Catalogue;

// What is known of recordings.
internal sealed partial class SqlCatalogue
{
    private const string RecordingColumns =
        "recorder, recording, folder, mime_type AS MimeType, started_at AS StartedAt, ended_at AS EndedAt, stop_reason AS StopReason, " +
        "duration, bytes, blobs, durable_through AS DurableThrough, held";

    private const string ExtentColumns =
        "e.recorder, e.recording, e.number, e.name, e.bytes, e.media_time AS MediaTime, e.duration, e.captured_at AS CapturedAt, " +
        "e.first_blob AS FirstBlob, e.last_blob AS LastBlob, e.epoch, r.folder";

    private const string OneRecording = "recorder = @recorder AND recording = @recording";

    public Task<IReadOnlyList<RecordingRow>> ListRecordingsAsync(RecordingQuery query, CancellationToken cancellationToken)
    {
        // Names of recordings sort by age: the list needs no other order, and a page begins behind a name, whatever was removed meanwhile.
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
        var with = new
        {
            recorder = query.Recorder?.Value,
            afterRecording = query.After?.Recording.Value,
            afterRecorder = query.After?.Recorder.Value,
            from = query.From?.UtcTicks,
            to = query.To?.UtcTicks,
            limit = query.Limit,
        };
        return ReadAsync<IReadOnlyList<RecordingRow>>(
            reader => [.. reader.Query<RecordingRecord>(sql.ToString(), with).Select(Row)], cancellationToken);
    }

    public Task<RecordingRow?> FindRecordingAsync(RecordingKey recording, CancellationToken cancellationToken) =>
        ReadAsync(
            reader => reader.QuerySingleOrDefault<RecordingRecord>(
                $"SELECT {RecordingColumns} FROM recordings WHERE {OneRecording}", Key(recording)) is { } found
                ? Row(found)
                : null,
            cancellationToken);

    /// <summary>The recordings of a recorder that have no end, oldest first.</summary>
    public Task<IReadOnlyList<RecordingKey>> ListOpenRecordingsAsync(RecorderId recorder, CancellationToken cancellationToken) =>
        ReadAsync<IReadOnlyList<RecordingKey>>(
            reader =>
            [
                .. reader.Query<string>(
                    "SELECT recording FROM recordings WHERE recorder = @recorder AND ended_at IS NULL ORDER BY recording", new { recorder = recorder.Value })
                    .Select(recording => new RecordingKey(recorder, new RecordingId(recording))),
            ],
            cancellationToken);

    public Task<IReadOnlyList<Extent>> ListExtentsAsync(
        RecordingKey recording, TimeSpan? from, TimeSpan? to, CancellationToken cancellationToken) =>
        ReadAsync<IReadOnlyList<Extent>>(reader => ReadExtents(reader, recording, from, to), cancellationToken);

    public Task<IReadOnlyList<RecorderProtocol.GapRecorded>> ListGapsAsync(
        RecordingKey recording, TimeSpan? from, TimeSpan? to, CancellationToken cancellationToken) =>
        ReadAsync<IReadOnlyList<RecorderProtocol.GapRecorded>>(reader => ReadGaps(reader, recording, from, to), cancellationToken);

    public Task<IReadOnlyList<RecorderProtocol.Marked>> ListMarksAsync(RecordingKey recording, CancellationToken cancellationToken) =>
        ReadAsync<IReadOnlyList<RecorderProtocol.Marked>>(reader => ReadMarks(reader, recording), cancellationToken);

    private List<Extent> ReadExtents(DbConnection reader, RecordingKey recording, TimeSpan? from, TimeSpan? to)
    {
        // Extents follow one another: the first that overlaps is the last that begins before, or none does.
        const string Since =
            " AND e.media_time + e.duration > @from AND e.media_time >= COALESCE((SELECT x.media_time FROM extents x " +
            "WHERE x.recorder = @recorder AND x.recording = @recording AND x.media_time <= @from ORDER BY x.media_time DESC LIMIT 1), 0)";
        var sql = $"SELECT {ExtentColumns} FROM extents e JOIN recordings r ON r.recorder = e.recorder AND r.recording = e.recording " +
            "WHERE e.recorder = @recorder AND e.recording = @recording AND e.deleted = 0" +
            (from is null ? "" : Since) + (to is null ? "" : " AND e.media_time < @to") + " ORDER BY e.media_time, e.number";
        return [.. reader.Query<ExtentRecord>(sql, Interval(recording, from, to)).Select(Row)];
    }

    private static List<RecorderProtocol.GapRecorded> ReadGaps(DbConnection reader, RecordingKey recording, TimeSpan? from, TimeSpan? to)
    {
        // A gap may take no time of the timeline: what it touches counts.
        var sql = "SELECT media_time AS MediaTime, duration, from_at AS FromAt, to_at AS ToAt, cause, packets, detail, sequence, at " +
            $"FROM gaps WHERE {OneRecording}" + (from is null ? "" : " AND media_time + duration >= @from") +
            (to is null ? "" : " AND media_time <= @to") + " ORDER BY media_time, from_at";
        return
        [
            .. reader.Query<GapRecord>(sql, Interval(recording, from, to)).Select(gap => new RecorderProtocol.GapRecorded(
                recording.Recorder, gap.Sequence, Time(gap.At), recording.Recording, (GapCause)gap.Cause)
            {
                MediaTime = TimeSpan.FromTicks(gap.MediaTime),
                Duration = TimeSpan.FromTicks(gap.Duration),
                From = Time(gap.FromAt),
                To = Time(gap.ToAt),
                Packets = gap.Packets,
                Detail = gap.Detail,
            }),
        ];
    }

    private static List<RecorderProtocol.Marked> ReadMarks(DbConnection reader, RecordingKey recording) =>
    [
        .. reader.Query<MarkRecord>(
            $"SELECT media_time AS MediaTime, label, sequence, at FROM marks WHERE {OneRecording} ORDER BY media_time, at",
            Key(recording)).Select(mark => new RecorderProtocol.Marked(
                recording.Recorder, mark.Sequence, Time(mark.At), recording.Recording, TimeSpan.FromTicks(mark.MediaTime), mark.Label)),
    ];

    private static object Key(RecordingKey key) => new { recorder = key.Recorder.Value, recording = key.Recording.Value };

    private static object Interval(RecordingKey key, TimeSpan? from, TimeSpan? to) =>
        new { recorder = key.Recorder.Value, recording = key.Recording.Value, from = from?.Ticks, to = to?.Ticks };

    private static DateTimeOffset Time(long utcTicks) => new(utcTicks, TimeSpan.Zero);

    private string Stored(string folder) =>
        _options.Root is { } root && folder.StartsWith(root + Path.DirectorySeparatorChar, StringComparison.Ordinal)
            ? folder[(root.Length + 1)..]
            : folder;

    private string Folder(string stored) => _options.Root is { } root ? Path.Combine(root, stored) : stored;

    private RecordingRow Row(RecordingRecord found) => new()
    {
        Key = new RecordingKey(new RecorderId(found.Recorder), new RecordingId(found.Recording)),
        Folder = Folder(found.Folder),
        MimeType = found.MimeType,
        StartedAt = Time(found.StartedAt),
        EndedAt = found.EndedAt is { } ended ? Time(ended) : null,
        StopReason = (StopReason?)found.StopReason,
        Duration = TimeSpan.FromTicks(found.Duration),
        Bytes = found.Bytes,
        Blobs = found.Blobs,
        DurableThrough = found.DurableThrough,
        IsHeld = found.Held != 0,
    };

    private Extent Row(ExtentRecord found) => new()
    {
        Number = (int)found.Number,
        Path = Path.Combine(Folder(found.Folder), found.Name),
        Bytes = found.Bytes,
        MediaTime = TimeSpan.FromTicks(found.MediaTime),
        Duration = TimeSpan.FromTicks(found.Duration),
        CapturedAt = Time(found.CapturedAt),
        FirstBlob = found.FirstBlob,
        LastBlob = found.LastBlob,
        Epoch = (int)found.Epoch,
    };

    private sealed record RecordingRecord
    {
        public string Recorder { get; init; } = "";

        public string Recording { get; init; } = "";

        public string Folder { get; init; } = "";

        public string MimeType { get; init; } = "";

        public long StartedAt { get; init; }

        public long? EndedAt { get; init; }

        public long? StopReason { get; init; }

        public long Duration { get; init; }

        public long Bytes { get; init; }

        public long Blobs { get; init; }

        public long DurableThrough { get; init; }

        public long Held { get; init; }
    }

    private sealed record ExtentRecord
    {
        public string Recorder { get; init; } = "";

        public string Recording { get; init; } = "";

        public long Number { get; init; }

        public string Name { get; init; } = "";

        public string Folder { get; init; } = "";

        public long Bytes { get; init; }

        public long MediaTime { get; init; }

        public long Duration { get; init; }

        public long CapturedAt { get; init; }

        public long? Recorded { get; init; }

        public long FirstBlob { get; init; }

        public long LastBlob { get; init; }

        public long Epoch { get; init; }
    }

    private sealed record GapRecord
    {
        public long MediaTime { get; init; }

        public long Duration { get; init; }

        public long FromAt { get; init; }

        public long ToAt { get; init; }

        public long Cause { get; init; }

        public long Packets { get; init; }

        public string Detail { get; init; } = "";

        public long Sequence { get; init; }

        public long At { get; init; }
    }

    private sealed record MarkRecord
    {
        public long MediaTime { get; init; }

        public string Label { get; init; } = "";

        public long Sequence { get; init; }

        public long At { get; init; }
    }
}
