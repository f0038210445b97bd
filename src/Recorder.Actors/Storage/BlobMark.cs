using Recorder.Contracts;

namespace Recorder.Actors.Storage;

/// <summary>The properties of a blob that are known before its bytes are on disk.</summary>
internal sealed record BlobMark(
    RecordingId Recording, long Number, string Type, TimeSpan MediaTime, TimeSpan Duration, DateTimeOffset CapturedAt, bool Key)
{
    public int Epoch { get; init; }
}
