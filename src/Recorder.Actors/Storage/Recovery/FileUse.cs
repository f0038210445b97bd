using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace Recorder.Actors.Storage.Recovery;

/// <summary>
/// Whether somebody has a file open for writing, in this process or another. It is found out without taking a lock that a writer or a
/// reader would run into: .NET holds a shared lock on each file that it opens, and Linux lists who holds which.
/// </summary>
internal static class FileUse
{
    private const string Locks = "/proc/locks";

    public static bool IsOpenForWriting(string path)
    {
        try
        {
            using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            return InodeOf(file) is { } inode && File.Exists(Locks)
                ? HoldersOf(inode).Distinct().Any(process => IsWriter(process, inode))
                : !CanBeLocked(path);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
        catch (IOException)
        {
            // Held by somebody who lets nobody else in.
            return true;
        }
    }

    private static string? InodeOf(SafeFileHandle file)
    {
        var info = $"/proc/self/fdinfo/{file.DangerousGetHandle().ToString(CultureInfo.InvariantCulture)}";
        return File.Exists(info) ? Value(File.ReadAllLines(info), "ino:") : null;
    }

    // "1: FLOCK  ADVISORY  READ 21141 fe:00:11659750 0 EOF"
    private static IEnumerable<string> HoldersOf(string inode)
    {
        foreach (var line in File.ReadAllLines(Locks))
        {
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            var place = Array.FindIndex(words, word => word.EndsWith(':' + inode, StringComparison.Ordinal));
            if (place > 0)
            {
                yield return words[place - 1];
            }
        }
    }

    private static bool IsWriter(string process, string inode)
    {
        try
        {
            foreach (var file in Directory.EnumerateFiles($"/proc/{process}/fdinfo"))
            {
                if (IsOpenForWriting(file, inode))
                {
                    return true;
                }
            }

            return false;
        }
        catch (DirectoryNotFoundException)
        {
            return false;
        }
        catch (UnauthorizedAccessException)
        {
            // Another user's: nobody but a recorder holds these files for long.
            return true;
        }
    }

    private static bool IsOpenForWriting(string file, string inode)
    {
        const int AccessMode = 3;
        try
        {
            var lines = File.ReadAllLines(file);
            return Value(lines, "ino:") == inode && (Convert.ToInt64(Value(lines, "flags:"), 8) & AccessMode) != 0;
        }
        catch (IOException)
        {
            // Closed meanwhile.
            return false;
        }
    }

    private static string? Value(string[] lines, string name) =>
        Array.Find(lines, line => line.StartsWith(name, StringComparison.Ordinal))?[name.Length..].Trim();

    private static bool CanBeLocked(string path)
    {
        try
        {
            File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None).Dispose();
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
