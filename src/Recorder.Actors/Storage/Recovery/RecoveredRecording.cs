using Recorder.Contracts;

namespace Recorder.Actors.Storage.Recovery;

/// <summary>A recording after recovery: all that its index says is in its files.</summary>
/// <param name="Description">What <c>recording.json</c> says now.</param>
/// <param name="Interrupted">What goes on with it can go on from; null when it is complete or holds nothing.</param>
/// <param name="Repairs">What was done, a sentence each; nothing when all was well.</param>
internal sealed record RecoveredRecording(
    RecordingDescription Description, InterruptedRecording? Interrupted, IReadOnlyList<string> Repairs);

/// <summary>Another recorder is writing to the recording.</summary>
internal sealed class RecordingInUseException(string path) : IOException($"'{path}' is being recorded to; stop its recorder first.");
