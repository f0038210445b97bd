namespace Recorder.Contracts;

/// <summary>Where a recorder's files are written: a folder with a subfolder for each recording, or one file.</summary>
/// <param name="Folder">The root folder; extents are written to <c>{recorder}/{recording}/000001.mp4</c> below it. Null when a
/// file is given.</param>
/// <param name="File">The one file to write. Its index file and description are written beside it. Null when a folder is
/// given.</param>
/// <param name="Overwrite">Whether an existing file is replaced.</param>
public sealed record RecordingTarget(string? Folder, string? File = null, bool Overwrite = false);
