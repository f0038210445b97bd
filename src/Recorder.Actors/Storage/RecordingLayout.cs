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

    /// <summary>One line per blob: the index, or the first segment of one that has several.</summary>
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

    /// <summary>A recording that is there: its folder, or its file where it is one that a user named.</summary>
    /// <exception cref="DirectoryNotFoundException">Neither is there.</exception>
    public static RecordingLayout At(string path)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        return Directory.Exists(full) ? new RecordingLayout(full, null, overwrite: false)
            : File.Exists(full) || File.Exists(full + ".index.jsonl") ? new RecordingLayout(Path.GetDirectoryName(full) ?? "/", full, overwrite: false)
            : throw new DirectoryNotFoundException($"There is no recording at '{full}'.");
    }

    /// <summary>The path of the index's segment that begins with an extent.</summary>
    /// <param name="firstExtent">The extent's number; 1 or less is the first segment.</param>
    public string IndexSegment(int firstExtent) =>
        firstExtent <= 1 || _file is not null
            ? Index
            : Path.Combine(_folder, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"index.{firstExtent:D6}.jsonl"));

    /// <summary>The segments of the index that are there, in order, each with the number of its first extent.</summary>
    public IReadOnlyList<(int FirstExtent, string Path)> IndexSegments()
    {
        var found = new List<(int FirstExtent, string Path)>();
        if (File.Exists(Index))
        {
            found.Add((1, Index));
        }

        if (_file is null && Directory.Exists(_folder))
        {
            foreach (var path in Directory.EnumerateFiles(_folder, "index.*.jsonl"))
            {
                if (NumberIn(Path.GetFileName(path), "index.".Length, ".jsonl") is { } number && path == IndexSegment(number))
                {
                    found.Add((number, path));
                }
            }
        }

        found.Sort();
        return found;
    }

    /// <summary>The segments of the index that speak only of extents before one: they may go when those are gone.</summary>
    /// <param name="firstExtent">The first extent that is there.</param>
    public IReadOnlyList<string> SpentIndexSegments(int firstExtent)
    {
        var segments = IndexSegments();
        return [.. segments.Take(Math.Max(0, segments.Count - 1)).Where((_, place) => segments[place + 1].FirstExtent <= firstExtent)
            .Select(segment => segment.Path)];
    }

    /// <summary>The extents that are there, in order, each with its number.</summary>
    public IReadOnlyList<(int Number, string Path)> Extents()
    {
        if (_file is not null)
        {
            return File.Exists(_file) ? [(1, _file)] : [];
        }

        var found = new List<(int Number, string Path)>();
        foreach (var path in Directory.Exists(_folder) ? Directory.EnumerateFiles(_folder) : [])
        {
            var extension = Path.GetExtension(path);
            if (extension is ".mp4" or ".webm" or ".mkv" && NumberIn(Path.GetFileName(path), 0, extension) is { } number &&
                path == Extent(number, extension))
            {
                found.Add((number, path));
            }
        }

        found.Sort();
        return found;
    }

    /// <summary>The highest number of an extent that is there or was set aside by recovery; 0 without any.</summary>
    public int LastExtentEver() => Extents().Select(extent => extent.Number).Concat(
        _file is not null || !Directory.Exists(_folder)
            ? []
            : Directory.EnumerateFiles(_folder, "*.torn").Select(path => NumberIn(Path.GetFileName(path).Split('.')[0], 0, "") ?? 0))
        .DefaultIfEmpty(0).Max();

    /// <summary>The path of an extent.</summary>
    /// <param name="number">From 1.</param>
    /// <param name="extension">With its dot.</param>
    public string Extent(int number, string extension) =>
        _file ?? Path.Combine(_folder, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{number:D6}{extension}"));

    private static int? NumberIn(string name, int start, string end) =>
        name.Length > start + end.Length && name.EndsWith(end, StringComparison.Ordinal) &&
        int.TryParse(name.AsSpan(start..^end.Length), System.Globalization.NumberStyles.None, null, out var number)
            ? number
            : null;
}
