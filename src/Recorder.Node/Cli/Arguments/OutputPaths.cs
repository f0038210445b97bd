using Recorder.Contracts;

namespace Recorder.Node.Cli.Arguments;

/// <summary>Whether files can be written where the user wants them; asked before anything is touched.</summary>
internal static class OutputPaths
{
    /// <summary>What stands beside a recorded file.</summary>
    public static IReadOnlyList<string> SidecarsOf(string file) => [file + ".index.jsonl", file + ".recording.json"];

    /// <summary>Why this is not the name of a file, as one sentence; null when it is.</summary>
    public static string? ProblemWithName(string file) =>
        file.Length == 0 ? "-o needs the name of a file, for example take.mp4."
        : file.EndsWith('/') || Directory.Exists(file) ? $"-o '{file}' is a folder: name a file in it, or say --out {file} to record into the folder."
        : null;

    /// <summary>Why this file cannot be written, as one sentence; null when it can.</summary>
    public static string? ProblemWithFile(string file, bool force)
    {
        var full = Path.GetFullPath(file);
        if (!force && SidecarsOf(file).Prepend(file).FirstOrDefault(Path.Exists) is { } existing)
        {
            return $"'{existing}' exists already: choose another name, or say --force to replace it.";
        }

        var folder = Path.GetDirectoryName(full)!;
        return Directory.Exists(folder) ? null : $"-o '{file}': the folder '{folder}' does not exist; make it first.";
    }

    /// <summary>Why recordings cannot go below this folder, as one sentence; null when they can. It need not exist.</summary>
    public static string? ProblemWithFolder(string folder)
    {
        var full = Path.GetFullPath(folder);
        if (File.Exists(full))
        {
            return $"--out '{folder}' is a file: name a folder, or say -o {folder} to record into one file.";
        }

        var existing = full;
        while (!Directory.Exists(existing))
        {
            existing = Path.GetDirectoryName(existing)!;
            if (File.Exists(existing))
            {
                return $"--out '{folder}': '{existing}' is a file; choose another folder.";
            }
        }

        return null;
    }

    /// <summary>Why nothing can be written to where a target lies, as one sentence; null when it can.</summary>
    public static string? ProblemWithVolume(RecordingTarget target)
    {
        var folder = target.File is { } file ? Path.GetDirectoryName(Path.GetFullPath(file))! : Path.GetFullPath(target.Folder!);
        while (!Directory.Exists(folder))
        {
            folder = Path.GetDirectoryName(folder)!;
        }

        return WhyUnwritable(folder) is { } reason
            ? $"'{target.File ?? target.Folder}' cannot be recorded to: the folder '{folder}' takes no files ({reason}); choose another or change its permissions."
            : null;
    }

    /// <summary>Whether two paths lead to the same file, symbolic links followed.</summary>
    public static bool AreSame(string one, string other) => Resolved(one) == Resolved(other);

    // Permissions alone do not tell: root passes them, a read-only volume does not. A file that vanishes on close does.
    private static string? WhyUnwritable(string folder)
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
            return "no file can be made there";
        }
        catch (IOException error)
        {
            return error.Message.Contains("Read-only", StringComparison.OrdinalIgnoreCase) ? "read-only volume" : Cause(error);
        }
    }

    // "No space left on device : '/x/y'" says the path again.
    private static string Cause(IOException error)
    {
        var text = error.Message;
        var cut = text.IndexOf(" : '", StringComparison.Ordinal);
        return cut > 0 ? text[..cut] : text.TrimEnd('.');
    }

    private static string Resolved(string path)
    {
        var full = Path.GetFullPath(path);
        return Path.Exists(full) ? File.ResolveLinkTarget(full, returnFinalTarget: true)?.FullName ?? full : full;
    }
}
