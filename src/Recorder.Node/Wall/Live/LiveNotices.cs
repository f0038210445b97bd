namespace Recorder.Node.Wall;

/// <summary>Before the header of a channel: what follows.</summary>
internal sealed record LiveHeader(RecorderId Recorder, uint Channel, string Type, bool Preview);

/// <summary>When the frame at a moment of a channel's timeline was captured.</summary>
/// <param name="MediaTime">Seconds.</param>
internal sealed record LiveClockNotice(uint Channel, double MediaTime, DateTimeOffset CapturedAt);

/// <summary>Nothing comes for now, and why; it is tried again.</summary>
internal sealed record LiveEnded(RecorderId Recorder, uint Channel, string Ended);

/// <summary>Peaks in dBFS, by recorder and channel of sound; none where the source has no sound.</summary>
internal sealed record LiveLevels(IReadOnlyDictionary<string, IReadOnlyList<double>> Levels);

/// <summary>A message was refused, and changed nothing.</summary>
internal sealed record LiveProblem(Problem Problem);
