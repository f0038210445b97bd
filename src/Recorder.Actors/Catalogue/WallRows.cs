using Recorder.Contracts;
using Recorder.Media;

namespace Recorder.Actors.Catalogue;

/// <summary>The recordings of a recorder between two wall-clock times.</summary>
/// <param name="Most">How many gaps, marks and held recordings are read at most, the earliest ones.</param>
internal sealed record WallQuery(RecorderId Recorder, DateTimeOffset From, DateTimeOffset To, int Most);

/// <summary>An extent of a recorder. Those of several recordings and nodes come in the order of the wall clock.</summary>
internal readonly record struct WallExtent(string Recording, TimeSpan MediaTime, TimeSpan Duration, DateTimeOffset CapturedAt);

/// <summary>A recording that retention must leave alone.</summary>
internal sealed record HeldRecording(RecordingKey Key, DateTimeOffset From, DateTimeOffset? To);

/// <summary>What a recorder has beside its extents, each in the order of the wall clock.</summary>
internal sealed record WallNotes(
    IReadOnlyList<RecorderProtocol.GapRecorded> Gaps, IReadOnlyList<RecorderProtocol.Marked> Marks, IReadOnlyList<HeldRecording> Holds);
