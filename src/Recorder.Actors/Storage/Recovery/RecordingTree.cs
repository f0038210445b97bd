namespace Recorder.Actors.Storage.Recovery;

/// <summary>Finds recordings at any depth below a folder, in the order of their paths.</summary>
internal static class RecordingTree
{
    public static IEnumerable<RecordingLayout> Find(string root)
    {
        if (!Directory.Exists(root))
            yield break;

        if (IsRecording(root))
        {
            yield return RecordingLayout.At(root);
            yield break;
        }

        foreach (var file in Directory.EnumerateFiles(root, "*.index.jsonl").Order(StringComparer.Ordinal))
            yield return RecordingLayout.At(file[..^".index.jsonl".Length]);

        foreach (var found in Directory.EnumerateDirectories(root).Order(StringComparer.Ordinal).SelectMany(Find))
            yield return found;
    }

    private static bool IsRecording(string folder) =>
        File.Exists(Path.Combine(folder, "recording.json")) || File.Exists(Path.Combine(folder, "index.jsonl")) ||
        Directory.EnumerateFiles(folder, "index.*.jsonl").Any() ||
        Directory.EnumerateFiles(folder, "0*").Any(path => Path.GetFileName(path) is ['0', '0', _, _, _, _, '.', ..] name &&
            Path.GetExtension(name) is ".mp4" or ".webm" or ".mkv" && name[..6].All(char.IsAsciiDigit));
}
