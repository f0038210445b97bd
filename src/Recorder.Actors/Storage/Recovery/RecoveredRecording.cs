using Recorder.Contracts;

namespace Recorder.Actors.Storage.Recovery;

/// <summary>A recording after recovery: every blob of its index file is in its extents.</summary>
/// <param name="Description">The present description.</param>
/// <param name="Interrupted">The point at which a recorder can continue it; null when it is complete or has no media.</param>
/// <param name="Repairs">The repairs, a sentence each; empty when nothing was wrong.</param>
internal sealed record RecoveredRecording(
    RecordingDescription Description, InterruptedRecording? Interrupted, IReadOnlyList<string> Repairs);

/// <summary>A recorder is writing to the recording.</summary>
internal sealed class RecordingInUseException(string path) : IOException($"'{path}' is being recorded to; stop its recorder first.");
