using System.Data.Common;
using Recorder.Contracts;
using Recorder.Media;

namespace Recorder.Actors.Catalogue.Sql;

/// <summary>Everything a catalogue has of some recordings, without deleted extents; no recordings when all were read.</summary>
internal sealed record CatalogueCopy(
    IReadOnlyList<RecordingRow> Recordings, IReadOnlyList<(RecordingKey Recording, Extent Extent)> Extents,
    IReadOnlyList<RecorderProtocol.GapRecorded> Gaps, IReadOnlyList<RecorderProtocol.Marked> Marks)
{
    private const int MaxRecordings = 200;

    public static CatalogueCopy Read(DbConnection reader, RecordingQueries queries, RecordingKey? after)
    {
        var recordings = queries.ListAfter(reader, after, MaxRecordings);
        var extents = new List<(RecordingKey, Extent)>();
        var gaps = new List<RecorderProtocol.GapRecorded>();
        var marks = new List<RecorderProtocol.Marked>();
        foreach (var key in recordings.Select(row => row.Key))
        {
            extents.AddRange(queries.Extents(reader, key, null, null).Select(extent => (key, extent)));
            gaps.AddRange(RecordingQueries.Gaps(reader, key, null, null));
            marks.AddRange(RecordingQueries.Marks(reader, key));
        }

        return new CatalogueCopy(recordings, extents, gaps, marks);
    }
}
