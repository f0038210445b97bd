using Recorder.Contracts;

namespace Recorder.Actors.Storage.Recovery;

internal static class RebuiltDescription
{
    public static RecordingDescription Of(RecordingLayout layout, IReadOnlyList<(int Number, string Path)> extents)
    {
        var name = Path.GetFileName(layout.IsSingleFile ? extents.Count > 0 ? extents[0].Path : layout.Index : layout.Folder);
        var parent = Path.GetFileName(Path.GetDirectoryName(layout.Folder));
        return new RecordingDescription
        {
            Recorder = !layout.IsSingleFile && RecorderId.TryParse(parent, out _) ? parent! : "unknown",
            Recording = RecordingId.TryParse(name, out _) ? name : "unknown",
            Source = "",
            Node = "",
            StartedAt = new RecordingId(name).StartedAt ?? (extents.Count > 0 ? File.GetLastWriteTimeUtc(extents[0].Path) : DateTimeOffset.UnixEpoch),
            MimeType = extents.Count == 0 ? "" : Path.GetExtension(extents[0].Path) switch
            {
                ".webm" => "video/webm",
                ".mkv" => "video/x-matroska",
                _ => "video/mp4",
            },
        };
    }
}
