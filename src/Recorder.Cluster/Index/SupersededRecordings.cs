using System.Data.Common;
using Dapper;
using Recorder.Actors.Catalogue.Sql;
using Recorder.Contracts;

namespace Recorder.Cluster.Index;

/// <summary>
/// Ends recordings that no stop event will end. A recorder has one recording at a time. The holder that another one passed during a partition ends its part
/// without a stop event, because the other one may continue the recording; if that one has begun another recording, the first one has ended where its media
/// ends. This follows from what is in the index, so that all nodes see the same in whatever order the journals arrive.
/// </summary>
internal static class SupersededRecordings
{
    // Of a recorder's recordings only the latest can have begun while another one was open.
    private const int Compared = 10;

    // A node that died may have had a higher tenure than the one that goes on. After this time without media it is not its recording that is running.
    private static readonly TimeSpan AbandonedAfter = TimeSpan.FromMinutes(1);

    private const string Latest =
        """
        SELECT recording, ended_at AS EndedAt, started_at AS StartedAt, sequence,
            (SELECT MAX(e.captured_at + e.duration) FROM extents e WHERE e.recorder = r.recorder AND e.recording = r.recording) AS Until,
            (SELECT e.epoch FROM extents e WHERE e.recorder = r.recorder AND e.recording = r.recording ORDER BY e.epoch DESC, e.node DESC LIMIT 1) AS Epoch,
            (SELECT e.node FROM extents e WHERE e.recorder = r.recorder AND e.recording = r.recording ORDER BY e.epoch DESC, e.node DESC LIMIT 1) AS Node
        FROM recordings r WHERE recorder = @recorder AND (ended_at IS NULL OR recording IN
            (SELECT recording FROM recordings WHERE recorder = @recorder ORDER BY recording DESC LIMIT @compared))
        """;

    private const string End = $"UPDATE recordings SET ended_at = @until, stop_reason = @reason WHERE {IndexStatements.OneRecording}";

    /// <summary>Ends them, in a transaction of the caller.</summary>
    /// <param name="recorders">The recorders of which something has changed.</param>
    public static void EndThem(DbConnection writer, IEnumerable<RecorderId> recorders)
    {
        foreach (var recorder in recorders.Select(recorder => recorder.Value).Distinct().Where(recorder => MayHaveSome(writer, recorder)))
        {
            var latest = writer.Query<Row>(Latest, new { recorder, compared = Compared }).ToList();
            writer.Execute(End, latest.Where(row => row.IsOpen && latest.Exists(row.IsSupersededBy)).Select(row => new
            {
                recorder,
                recording = row.Recording,
                until = row.End,
                reason = (int)StopReason.Crashed,
            }).ToList());
        }
    }

    // Asked for each recorder at each step: mostly the only open recording is the newest one.
    private static bool MayHaveSome(DbConnection writer, string recorder)
    {
        var open = writer.Query<string>("SELECT recording FROM recordings WHERE ended_at IS NULL AND recorder = @recorder", new { recorder }).ToList();
        return open.Count > 1 || (open.Count == 1
            && open[0] != writer.ExecuteScalar<string>("SELECT MAX(recording) FROM recordings WHERE recorder = @recorder", new { recorder }));
    }

    private sealed record Row
    {
        public string Recording { get; init; } = "";
        public long? EndedAt { get; init; }
        public long StartedAt { get; init; }
        public long Sequence { get; init; }
        public long? Until { get; init; }
        public long? Epoch { get; init; }
        public string? Node { get; init; }

        public bool IsOpen => EndedAt is null;

        public long End => Until ?? StartedAt;

        // Nothing of it is stored yet: its start event tells the tenure.
        private long Term => Epoch ?? Sequence / Journal.NumbersOfATenure;

        // What one node left open under one tenure the next holder ends, with a stop event.
        public bool IsSupersededBy(Row other) => other.Recording != Recording && other.End > End
            && (other.IsAbove(this) || (IsElsewhere(other) && other.IsOpen && other.End > End + AbandonedAfter.Ticks));

        private bool IsAbove(Row other) => Term != other.Term ? Term > other.Term : IsElsewhere(other) && string.CompareOrdinal(Node, other.Node) > 0;

        private bool IsElsewhere(Row other) => Node is not null && other.Node is not null && Node != other.Node;
    }
}
