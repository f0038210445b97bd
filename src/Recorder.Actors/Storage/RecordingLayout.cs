using Recorder.Contracts;

namespace Recorder.Actors.Storage;

/// <summary>
/// Where the files of one recording are. In a folder: <c>{recorder}/{recording}/000001.mp4 …, index.jsonl, recording.json</c>.
/// As one file named by the user: that file, with <c>.index.jsonl</c> and <c>.recording.json</c> beside it.
/// </summary>
internal sealed record RecordingLayout
{
    private readonly string? _file;
    private readonly string _folder;

    private RecordingLayout(string folder, string? file, bool overwrite) =>
        (_folder, _file, Overwrite) = (folder, file, overwrite);

    /// <summary>Whether files that exist may be replaced.</summary>
    public bool Overwrite { get; }

    /// <summary>Whether everything goes into one file, so that no second extent can begin.</summary>
    public bool IsSingleFile => _file is not null;

    /// <summary>The folder that must exist.</summary>
    public string Folder => _folder;

    /// <summary>One line per blob.</summary>
    public string Index => _file is null ? Path.Combine(_folder, "index.jsonl") : _file + ".index.jsonl";

    /// <summary>What was recorded, when, of what, how.</summary>
    public string Description => _file is null ? Path.Combine(_folder, "recording.json") : _file + ".recording.json";

    public static RecordingLayout For(RecordingTarget target, RecorderId recorder, RecordingId recording)
    {
        if (target.File is { } file)
        {
            var path = Path.GetFullPath(file);
            return new RecordingLayout(Path.GetDirectoryName(path) ?? "/", path, target.Overwrite);
        }

        return new RecordingLayout(
            Path.Combine(Path.GetFullPath(target.Folder ?? "."), recorder.Value, recording.Value), null, overwrite: false);
    }

    /// <summary>The path of an extent.</summary>
    /// <param name="number">From 1.</param>
    /// <param name="extension">With its dot.</param>
    public string Extent(int number, string extension) =>
        _file ?? Path.Combine(_folder, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{number:D6}{extension}"));
}
