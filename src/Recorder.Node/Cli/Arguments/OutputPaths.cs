namespace Recorder.Node.Cli.Arguments;

internal static class OutputPaths
{
    public static void CheckName(string file, string remedy)
    {
        if (file.Length == 0 || file.EndsWith('/') || Directory.Exists(file))
        {
            throw new UsageException(file.Length == 0 ? "-o requires the name of a file, for example take.mp4."
                : $"-o '{file}' is a folder; {remedy}.");
        }
    }

    public static void CheckFile(string file, bool force, bool withSidecars = true)
    {
        IEnumerable<string> files = withSidecars ? [file, file + ".index.jsonl", file + ".recording.json"] : [file];
        if (!force && files.FirstOrDefault(Path.Exists) is { } existing)
            throw new UsageException($"'{existing}' already exists; choose another file, or use --force to replace it.");

        var folder = Path.GetDirectoryName(Path.GetFullPath(file))!;
        if (!Directory.Exists(folder))
            throw new UsageException($"-o '{file}': the folder '{folder}' does not exist; create it first.");
    }

    /// <summary>Recordings can go below a folder that does not exist yet.</summary>
    public static void CheckFolder(string folder)
    {
        if (folder.Length == 0)
            throw new UsageException("--out requires the name of a folder.");

        if (File.Exists(folder))
            throw new UsageException($"--out '{folder}' is a file; choose a folder, or use -o to record to one file.");

        var existing = FirstExisting(Path.GetFullPath(folder));
        if (File.Exists(existing))
            throw new UsageException($"--out '{folder}': '{existing}' is a file; choose another folder.");
    }

    public static string? ProblemWithVolume(RecordingTarget target)
    {
        var path = target.File ?? target.Folder!;
        var folder = FirstExisting(target.File is null ? Path.GetFullPath(path) : Path.GetDirectoryName(Path.GetFullPath(path))!);
        return WhyNotWritable(folder) is { } reason
            ? $"Cannot record to '{path}': the folder '{folder}' is not writable ({reason}); "
                + "choose another folder or change its permissions."
            : null;
    }

    public static bool AreSame(string one, string other) => Resolve(one) == Resolve(other);

    private static string FirstExisting(string path) => Path.Exists(path) ? path : FirstExisting(Path.GetDirectoryName(path)!);

    // Permissions alone do not tell: root ignores them, and a volume can be mounted read-only.
    private static string? WhyNotWritable(string folder)
    {
        try
        {
            var probe = Path.Combine(folder, $".recorder-{Guid.NewGuid():N}");
            using var stream = new FileStream(
                probe, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0, FileOptions.DeleteOnClose);
            return null;
        }
        catch (UnauthorizedAccessException)
        {
            return "permission denied";
        }
        catch (FileNotFoundException)
        {
            return "files cannot be created there";
        }
        catch (IOException error)
        {
            return error.Message.Contains("Read-only", StringComparison.OrdinalIgnoreCase) ? "read-only volume" : CauseOf(error);
        }
    }

    // .NET repeats the path: "No space left on device : '/x/y'".
    private static string CauseOf(IOException error)
    {
        var text = error.Message;
        var end = text.IndexOf(" : '", StringComparison.Ordinal);
        return end > 0 ? text[..end] : text.TrimEnd('.');
    }

    private static string Resolve(string path)
    {
        var full = Path.GetFullPath(path);
        return Path.Exists(full) ? File.ResolveLinkTarget(full, returnFinalTarget: true)?.FullName ?? full : full;
    }
}
