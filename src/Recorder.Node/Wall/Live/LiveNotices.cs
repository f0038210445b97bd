namespace Recorder.Node.Wall;

/// <summary>Before the header of a channel: what follows.</summary>
/// <param name="Preview">Whether it was wished as a preview; a recorder without one shows its source.</param>
internal sealed record LiveHeader(RecorderId Recorder, uint Channel, string Type, bool Preview);

/// <summary>When the frame at a moment of a channel's timeline was captured.</summary>
/// <param name="MediaTime">Seconds.</param>
internal sealed record LiveClockNotice(uint Channel, double MediaTime, DateTimeOffset CapturedAt);

/// <summary>Nothing comes for now, and why; it is tried again.</summary>
/// <param name="Preview">Whether it was wished as a preview.</param>
internal sealed record LiveEnded(RecorderId Recorder, uint Channel, string Ended, bool Preview);

/// <summary>Peaks in dBFS, by recorder and channel of sound; none where the source has no sound.</summary>
internal sealed record LiveLevels(IReadOnlyDictionary<string, IReadOnlyList<double>> Levels);

/// <summary>A message was refused, and changed nothing.</summary>
internal sealed record LiveProblem(Problem Problem);
