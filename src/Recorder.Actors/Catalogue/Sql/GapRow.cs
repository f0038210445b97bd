using Recorder.Contracts;
using static Recorder.Actors.Catalogue.Sql.CatalogueRows;

namespace Recorder.Actors.Catalogue.Sql;

/// <summary>A row of the table of gaps, as it is read.</summary>
internal sealed record GapRow
{
    /// <summary>Empty where the query is about one recording.</summary>
    public string Recording { get; init; } = "";

    public long MediaTime { get; init; }
    public long Duration { get; init; }
    public long FromAt { get; init; }
    public long ToAt { get; init; }
    public long Cause { get; init; }
    public long Packets { get; init; }
    public string Detail { get; init; } = "";
    public long Sequence { get; init; }
    public long At { get; init; }

    public RecorderProtocol.GapRecorded Of(RecorderId recorder, RecordingId recording) => new(recorder, Sequence, Time(At), recording, (GapCause)Cause)
    {
        MediaTime = TimeSpan.FromTicks(MediaTime),
        Duration = TimeSpan.FromTicks(Duration),
        From = Time(FromAt),
        To = Time(ToAt),
        Packets = Packets,
        Detail = Detail,
    };
}
