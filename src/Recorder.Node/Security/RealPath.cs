namespace Recorder.Node.Security;

internal static class RealPath
{
    private const int MostLinks = 40;

    /// <summary>Resolves every link of a path; parts that do not exist stay as written. Null if the links form a loop.</summary>
    public static string? Of(string path)
    {
        var links = 0;
        var pending = new Stack<string>(Parts(Path.GetFullPath(path)));
        var real = "/";
        while (pending.TryPop(out var part))
        {
            if (part == "..")
            {
                real = Path.GetDirectoryName(real) ?? "/";
                continue;
            }

            var next = Path.Combine(real, part);
            if (new FileInfo(next).LinkTarget is not { } target)
            {
                real = next;
                continue;
            }

            if (++links > MostLinks)
                return null;

            real = Path.IsPathRooted(target) ? "/" : real;
            foreach (var step in Parts(target))
                pending.Push(step);
        }

        return real;
    }

    /// <summary>Whether a path without links is a folder, or below it.</summary>
    public static bool IsIn(string path, string folder) =>
        folder == "/" || (path.StartsWith(folder, StringComparison.Ordinal) && (path.Length == folder.Length || path[folder.Length] == '/'));

    // In reverse, because the caller pushes them on a stack.
    private static IEnumerable<string> Parts(string path) => path.Split('/').Where(part => part is not ("" or ".")).Reverse();
}
