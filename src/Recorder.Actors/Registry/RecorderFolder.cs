using Recorder.Actors.Storage;
using Recorder.Actors.Storage.Reading;
using Recorder.Actors.Storage.Recovery;
using Recorder.Contracts;

namespace Recorder.Actors.Registry;

/// <summary>The recordings in the folder of one recorder. Every call may block.</summary>
internal sealed class RecorderFolder(string root, RecorderId recorder)
{
    public RecorderId Recorder => recorder;

    public IReadOnlyList<RecordingId> ListRecordings()
    {
        var folder = Path.Combine(root, recorder.Value);
        return !Directory.Exists(folder) ? [] :
        [
            .. Directory.EnumerateDirectories(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal)
                .Where(name => RecordingId.TryParse(name, out _)).Select(name => new RecordingId(name!)),
        ];
    }

    public bool HasFiles(RecordingId recording) =>
        LayoutOf(recording) is var layout && (layout.Extents().Count > 0 || File.Exists(layout.Description));

    public RecoveredRecording? Recover(RecordingId recording, bool toContinue, StopReason reason) =>
        HasFiles(recording) ? RecordingRecovery.Recover(LayoutOf(recording), toContinue, reason: reason) : null;

    public RecordingReader OpenReader(RecordingId recording) => RecordingReader.Open(PathOf(recording));

    /// <summary>Removes a recording without media, unless it has bytes that recovery set aside.</summary>
    public void RemoveIfEmpty(RecordingId recording)
    {
        var files = Directory.GetFiles(PathOf(recording));
        var description = LayoutOf(recording).Description;
        if (Array.TrueForAll(files, file => file == description || new FileInfo(file).Length == 0))
            LocalDisk.Instance.Remove(files, PathOf(recording));
    }

    private RecordingLayout LayoutOf(RecordingId recording) => RecordingLayout.At(PathOf(recording));

    private string PathOf(RecordingId recording) => Path.Combine(root, recorder.Value, recording.Value);
}
