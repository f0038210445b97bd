using Recorder.Contracts;

namespace Recorder.Actors.Storage.Recovery;

/// <summary>Every blob of its index file is in its extents. A recorder can continue an interrupted one. The repairs are
/// sentences.</summary>
internal sealed record RecoveredRecording(
    RecordingDescription Description, InterruptedRecording? Interrupted, IReadOnlyList<string> Repairs);

internal sealed class RecordingInUseException(string path) : IOException($"'{path}' is being recorded to; stop its recorder first.");
