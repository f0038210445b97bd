using Recorder.Contracts;

namespace Recorder.Actors.Storage.Recovery;

/// <summary>Counts the blobs that match their checksums, and their bytes. The problems are sentences.</summary>
internal sealed record VerifiedRecording(
    RecordingLayout Layout, RecordingDescription? Description, bool IsInUse, long Blobs, long Bytes, Blob? Last, IReadOnlyList<string> Problems);
