using System.Data.Common;
using Dapper;
using Recorder.Contracts;
using Recorder.Media;

namespace Recorder.Actors.Catalogue.Sql;

/// <summary>The rows of the tables <c>recordings</c> and <c>extents</c>, and the records that stand for them.</summary>
internal sealed class CatalogueRows(string? root)
{
    public const string RecordingColumns =
        "recorder, recording, folder, mime_type AS MimeType, started_at AS StartedAt, ended_at AS EndedAt, stop_reason AS StopReason, " +
        "duration, bytes, blobs, durable_through AS DurableThrough, held";

    public const string ExtentColumns =
        "e.recorder, e.recording, e.number, e.name, e.bytes, e.media_time AS MediaTime, e.duration, e.captured_at AS CapturedAt, " +
        "e.first_blob AS FirstBlob, e.last_blob AS LastBlob, e.epoch, r.folder";

    public const string OneRecording = "recorder = @recorder AND recording = @recording";

    public string? Root => root;

    public static object Key(RecordingKey key) => new { recorder = key.Recorder.Value, recording = key.Recording.Value };
    public static DateTimeOffset Time(long utcTicks) => new(utcTicks, TimeSpan.Zero);

    public string Stored(string folder) =>
        root is not null && folder.StartsWith(root + Path.DirectorySeparatorChar, StringComparison.Ordinal)
            ? folder[(root.Length + 1)..]
            : folder;

    public List<RecordingRow> ReadRecordings(DbConnection reader, string sql, object parameters) =>
        [.. reader.Query<RecordingRecord>(sql, parameters).Select(RowOf)];

    public List<StoredExtent> ReadExtents(DbConnection reader, string sql, object parameters) =>
    [
        .. reader.Query<ExtentRecord>(sql, parameters).Select(found => new StoredExtent(
            new RecordingKey(new RecorderId(found.Recorder), new RecordingId(found.Recording)), ExtentOf(found))
        { RecordedAt = Time(found.Recorded ?? found.CapturedAt) }),
    ];

    private string Folder(string stored) => root is null ? stored : Path.Combine(root, stored);

    private RecordingRow RowOf(RecordingRecord found) => new()
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

    private Extent ExtentOf(ExtentRecord found) => new()
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
}
