using System.Data.Common;
using Dapper;
using Recorder.Contracts;
using static Recorder.Actors.Catalogue.Sql.CatalogueRows;

namespace Recorder.Actors.Catalogue.Sql;

/// <summary>Reads a recorder by the wall clock. A node's catalogue and the index of a cluster have the same tables for it.</summary>
internal static class WallQueries
{
    // Media may be captured a little before its recording's start and after its end, by a clock that was set.
    private static readonly TimeSpan Slack = TimeSpan.FromMinutes(1);

    private const string Recordings =
        "FROM recordings WHERE recorder = @recorder AND started_at < @to + @slack AND (ended_at IS NULL OR ended_at > @from - @slack)";

    /// <summary>Reads extents one after another: there may be a hundred thousand.</summary>
    public static IEnumerable<WallExtent> Extents(DbConnection reader, WallQuery query) =>
        reader.Query<(string Recording, long MediaTime, long Duration, long CapturedAt)>(
            $"""
            SELECT recording, media_time, duration, captured_at FROM extents
            WHERE recorder = @recorder AND deleted = 0 AND captured_at < @to AND captured_at + duration > @from
                AND recording IN (SELECT recording {Recordings})
            ORDER BY captured_at, number
            """,
            Parameters(query), buffered: false)
            .Select(row => new WallExtent(row.Recording, TimeSpan.FromTicks(row.MediaTime), TimeSpan.FromTicks(row.Duration), Time(row.CapturedAt)));

    public static WallNotes Notes(DbConnection reader, WallQuery query) => new(Gaps(reader, query), Marks(reader, query), Holds(reader, query));

    private static List<RecorderProtocol.GapRecorded> Gaps(DbConnection reader, WallQuery query) =>
    [
        .. reader.Query<GapRow>(
            """
            SELECT recording, media_time AS MediaTime, duration, from_at AS FromAt, to_at AS ToAt, cause, packets, detail, sequence, at FROM gaps
            WHERE recorder = @recorder AND from_at < @to AND to_at >= @from ORDER BY from_at, media_time LIMIT @most
            """,
            Parameters(query)).Select(gap => gap.Of(query.Recorder, new RecordingId(gap.Recording))),
    ];

    private static List<RecorderProtocol.Marked> Marks(DbConnection reader, WallQuery query) =>
    [
        .. reader.Query<(string Recording, long MediaTime, string Label, long Sequence, long At)>(
            """
            SELECT recording, media_time, label, sequence, at FROM marks
            WHERE recorder = @recorder AND at >= @from AND at < @to ORDER BY at, media_time LIMIT @most
            """,
            Parameters(query)).Select(mark => new RecorderProtocol.Marked(
                query.Recorder, mark.Sequence, Time(mark.At), new RecordingId(mark.Recording), TimeSpan.FromTicks(mark.MediaTime), mark.Label)),
    ];

    private static List<HeldRecording> Holds(DbConnection reader, WallQuery query) =>
    [
        .. reader.Query<(string Recording, long StartedAt, long? EndedAt)>(
            $"SELECT recording, started_at, ended_at {Recordings} AND held = 1 ORDER BY started_at LIMIT @most", Parameters(query))
            .Select(row => new HeldRecording(
                new RecordingKey(query.Recorder, new RecordingId(row.Recording)), Time(row.StartedAt), row.EndedAt is { } ended ? Time(ended) : null)),
    ];

    private static object Parameters(WallQuery query) => new
    {
        recorder = query.Recorder.Value,
        from = query.From.UtcTicks,
        to = query.To.UtcTicks,
        slack = Slack.Ticks,
        most = query.Most,
    };
}
