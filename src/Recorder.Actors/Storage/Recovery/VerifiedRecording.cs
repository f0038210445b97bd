using Recorder.Contracts;

namespace Recorder.Actors.Storage.Recovery;

/// <summary>The result of the verification of one recording.</summary>
/// <param name="Layout">The paths of its files.</param>
/// <param name="Description">Its description; null when it cannot be read.</param>
/// <param name="IsInUse">Whether a recorder is writing to it.</param>
/// <param name="Blobs">How many blobs match their checksums.</param>
/// <param name="Bytes">The bytes of those blobs.</param>
/// <param name="Last">The last blob of the index file.</param>
/// <param name="Problems">The problems, a sentence each.</param>
internal sealed record VerifiedRecording(
    RecordingLayout Layout, RecordingDescription? Description, bool IsInUse, long Blobs, long Bytes, Blob? Last, IReadOnlyList<string> Problems);
