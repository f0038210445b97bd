using System.Globalization;
using Recorder.Contracts;

namespace Recorder.Actors.Storage;

/// <summary>The paths of one recording's files. In a folder: <c>{recorder}/{recording}/000001.mp4 …, index.jsonl,
/// recording.json</c>. As a single file named by the user: that file, with <c>.index.jsonl</c> and <c>.recording.json</c> beside
/// it.</summary>
internal sealed record RecordingLayout
{
    private readonly string? _file;

    private RecordingLayout(string folder, string? file, bool overwrite) =>
        (Folder, _file, Overwrite) = (folder, file, overwrite);

    public bool Overwrite { get; }

    /// <summary>No second extent can begin.</summary>
    public bool IsSingleFile => _file is not null;

    public string Folder { get; }

    /// <summary>The first segment, if the index file has several.</summary>
    public string Index => _file is null ? Path.Combine(Folder, "index.jsonl") : _file + ".index.jsonl";

    public string Description => _file is null ? Path.Combine(Folder, "recording.json") : _file + ".recording.json";

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

    /// <summary>The folder, or the single file that a user named. Throws <see cref="DirectoryNotFoundException"/>.</summary>
    public static RecordingLayout At(string path)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        return Directory.Exists(full) ? new RecordingLayout(full, null, overwrite: false)
            : File.Exists(full) || File.Exists(full + ".index.jsonl") ? new RecordingLayout(Path.GetDirectoryName(full) ?? "/", full, overwrite: false)
            : throw new DirectoryNotFoundException($"There is no recording at '{full}'.");
    }

    /// <summary>The index segment that begins with an extent; 1 or less is the first segment.</summary>
    public string IndexSegment(int firstExtent) =>
        firstExtent <= 1 || _file is not null
            ? Index
            : Path.Combine(Folder, string.Create(CultureInfo.InvariantCulture, $"index.{firstExtent:D6}.jsonl"));

    /// <summary>The existing segments in order, each with the number of its first extent.</summary>
    public IReadOnlyList<(int FirstExtent, string Path)> IndexSegments()
    {
        var found = new List<(int FirstExtent, string Path)>();
        if (File.Exists(Index))
            found.Add((1, Index));

        foreach (var path in Files("index.*.jsonl"))
        {
            if (NumberIn(Path.GetFileName(path), "index.".Length, ".jsonl") is { } number && path == IndexSegment(number))
                found.Add((number, path));
        }

        found.Sort();
        return found;
    }

    /// <summary>The segments that describe only deleted extents and may be deleted, too.</summary>
    public IReadOnlyList<string> SpentIndexSegments(int firstExtent)
    {
        var segments = IndexSegments();
        return [.. segments.Take(Math.Max(0, segments.Count - 1)).Where((_, place) => segments[place + 1].FirstExtent <= firstExtent)
            .Select(segment => segment.Path)];
    }

    public IReadOnlyList<(int Number, string Path)> Extents()
    {
        if (_file is not null)
            return File.Exists(_file) ? [(1, _file)] : [];

        var found = new List<(int Number, string Path)>();
        foreach (var path in Files("*"))
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

    /// <summary>Of extents that exist or were set aside by recovery; 0 without any.</summary>
    public int LastExtentEver() => Extents().Select(extent => extent.Number)
        .Concat(Files("*.torn").Select(path => NumberIn(Path.GetFileName(path).Split('.')[0], 0, "") ?? 0)).Append(0).Max();

    public string Extent(int number, string extension) =>
        _file ?? Path.Combine(Folder, string.Create(CultureInfo.InvariantCulture, $"{number:D6}{extension}"));

    private IEnumerable<string> Files(string pattern) =>
        _file is null && Directory.Exists(Folder) ? Directory.EnumerateFiles(Folder, pattern) : [];

    private static int? NumberIn(string name, int start, string end) =>
        name.Length > start + end.Length && name.EndsWith(end, StringComparison.Ordinal) &&
        int.TryParse(name.AsSpan(start..^end.Length), NumberStyles.None, null, out var number)
            ? number
            : null;
}
