namespace Recorder.Node.Security;

/// <summary>Where a path leads when every symbolic link in it is followed.</summary>
internal static class RealPath
{
    private const int MostLinks = 40;

    /// <summary>The path without links; what does not exist is taken as it is written. Null when links lead in a circle.</summary>
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
            {
                return null;
            }

            real = Path.IsPathRooted(target) ? "/" : real;
            foreach (var step in Parts(target))
            {
                pending.Push(step);
            }
        }

        return real;
    }

    /// <summary>Whether a path without links is a folder's, or under it.</summary>
    public static bool IsIn(string path, string folder) =>
        folder == "/" || (path.StartsWith(folder, StringComparison.Ordinal) && (path.Length == folder.Length || path[folder.Length] == '/'));

    // Last first, as a stack wants them.
    private static IEnumerable<string> Parts(string path) => path.Split('/').Where(part => part is not ("" or ".")).Reverse();
}
