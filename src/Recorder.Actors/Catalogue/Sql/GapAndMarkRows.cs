using System.Data.Common;
using Dapper;
using Recorder.Contracts;

namespace Recorder.Actors.Catalogue.Sql;

/// <summary>The tables of gaps and marks: a node's catalogue and the index of a cluster have the same, so that the same queries read both.</summary>
internal static class GapAndMarkRows
{
    public const string Schema =
        """
        CREATE TABLE gaps (
            recorder TEXT NOT NULL, recording TEXT NOT NULL, media_time INTEGER NOT NULL, from_at INTEGER NOT NULL, cause INTEGER NOT NULL,
            duration INTEGER NOT NULL, to_at INTEGER NOT NULL, packets INTEGER NOT NULL, detail TEXT NOT NULL,
            sequence INTEGER NOT NULL, at INTEGER NOT NULL,
            PRIMARY KEY (recorder, recording, media_time, from_at, cause)) WITHOUT ROWID;
        CREATE TABLE marks (
            recorder TEXT NOT NULL, recording TEXT NOT NULL, media_time INTEGER NOT NULL, label TEXT NOT NULL,
            sequence INTEGER NOT NULL, at INTEGER NOT NULL,
            PRIMARY KEY (recorder, recording, media_time, label)) WITHOUT ROWID;
        """;

    // A power cut may lose a gap's index line and keep its event. The node then states a longer gap from the same moment on.
    private const string PutGap =
        """
        INSERT INTO gaps (recorder, recording, media_time, from_at, cause, duration, to_at, packets, detail, sequence, at)
        VALUES (@recorder, @recording, @mediaTime, @from, @cause, @duration, @to, @packets, @detail, @sequence, @at)
        ON CONFLICT (recorder, recording, media_time, from_at, cause) DO UPDATE SET
            duration = excluded.duration, to_at = excluded.to_at, packets = excluded.packets, detail = excluded.detail,
            sequence = excluded.sequence, at = excluded.at
        WHERE excluded.duration > gaps.duration
        """;

    private const string PutMark =
        """
        INSERT INTO marks (recorder, recording, media_time, label, sequence, at)
        VALUES (@recorder, @recording, @mediaTime, @label, @sequence, @at)
        ON CONFLICT (recorder, recording, media_time, label) DO NOTHING
        """;

    /// <summary>Writes gaps and marks in a transaction of the caller.</summary>
    public static void Put(DbConnection writer, IReadOnlyList<RecorderProtocol.GapRecorded> gaps, IReadOnlyList<RecorderProtocol.Marked> marks)
    {
        writer.Execute(PutGap, gaps.Select(Columns).ToList());
        writer.Execute(PutMark, marks.Select(Columns).ToList());
    }

    private static object Columns(RecorderProtocol.GapRecorded gap) => new
    {
        recorder = gap.Recorder.Value,
        recording = gap.Recording.Value,
        mediaTime = gap.MediaTime.Ticks,
        from = gap.From.UtcTicks,
        cause = (int)gap.Cause,
        duration = gap.Duration.Ticks,
        to = gap.To.UtcTicks,
        packets = gap.Packets,
        detail = gap.Detail,
        sequence = gap.Sequence,
        at = gap.At.UtcTicks,
    };

    private static object Columns(RecorderProtocol.Marked mark) => new
    {
        recorder = mark.Recorder.Value,
        recording = mark.Recording.Value,
        mediaTime = mark.MediaTime.Ticks,
        label = mark.Label,
        sequence = mark.Sequence,
        at = mark.At.UtcTicks,
    };
}
