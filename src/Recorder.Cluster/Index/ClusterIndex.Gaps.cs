using System.Data.Common;
using Dapper;
using Recorder.Actors.Catalogue;
using Recorder.Actors.Catalogue.Sql;
using Recorder.Contracts;
using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Cluster.Index;

// What is missing of a recording.
internal sealed partial class ClusterIndex
{
    /// <summary>The gaps of a recording that touch an interval of its timeline, as far as no node has media of them, in order.</summary>
    /// <param name="from">Null from the beginning.</param>
    /// <param name="to">Null to the end.</param>
    public Task<IReadOnlyList<GapRecorded>> ListGapsAsync(RecordingKey recording, TimeSpan? from, TimeSpan? to, CancellationToken cancellationToken) =>
        _connections.ReadSnapshotAsync<IReadOnlyList<GapRecorded>>(
            reader =>
            {
                var gaps = ReadGaps(reader, recording, from, to);
                if (gaps.Count == 0)
                    return [];

                var (begin, end) = (gaps.Min(told => told.Gap.MediaTime), gaps.Max(told => told.Gap.MediaTime + told.Gap.Duration));
                return GapCover.Cut(gaps, ReadGaps(reader, recording, begin, end), ReadExtents(reader, recording, begin, end, elsewhere: false));
            },
            cancellationToken);

    private static List<(string Node, GapRecorded Gap)> ReadGaps(DbConnection reader, RecordingKey recording, TimeSpan? from, TimeSpan? to)
    {
        // Of a gap that two nodes tell the same of there is one row.
        var nodes = reader.Query<(long MediaTime, long From, long Cause, string Node)>(
            $"SELECT media_time, from_at, cause, node FROM gaps WHERE {IndexStatements.OneRecording}", IndexWriter.Key(recording))
            .ToDictionary(row => (row.MediaTime, row.From, row.Cause), row => row.Node);
        return [.. RecordingQueries.Gaps(reader, recording, from, to).Select(gap => (nodes[(gap.MediaTime.Ticks, gap.From.UtcTicks, (long)gap.Cause)], gap))];
    }
}
