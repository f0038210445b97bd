using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace Recorder.Actors.Storage.Recovery;

/// <summary>Finds out whether any process has a file open for writing, without a lock that would disturb writers or readers: .NET
/// takes a shared lock on each file that it opens, and Linux lists the processes with their locks.</summary>
internal static class FileUse
{
    private const string Locks = "/proc/locks";

    public static bool IsOpenForWriting(string path)
    {
        try
        {
            using var file = LocalDisk.TryOpen(path);
            return file is not null && (InodeOf(file) is { } inode && File.Exists(Locks)
                ? ProcessesWithLockOn(inode).Distinct().Any(process => IsWriter(process, inode))
                : !CanBeLocked(path));
        }
        catch (IOException)
        {
            // Another process has the file open and shares it with none.
            return true;
        }
    }

    private static string? InodeOf(SafeFileHandle file)
    {
        var info = $"/proc/self/fdinfo/{file.DangerousGetHandle().ToString(CultureInfo.InvariantCulture)}";
        return File.Exists(info) ? Value(File.ReadAllLines(info), "ino:") : null;
    }

    // "1: FLOCK  ADVISORY  READ 21141 fe:00:11659750 0 EOF"
    private static IEnumerable<string> ProcessesWithLockOn(string inode)
    {
        foreach (var line in File.ReadAllLines(Locks))
        {
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            var place = Array.FindIndex(words, word => word.EndsWith(':' + inode, StringComparison.Ordinal));
            if (place > 0)
                yield return words[place - 1];
        }
    }

    private static bool IsWriter(string process, string inode)
    {
        try
        {
            return Directory.EnumerateFiles($"/proc/{process}/fdinfo").Any(file => IsOpenForWriting(file, inode));
        }
        catch (DirectoryNotFoundException)
        {
            return false;
        }
        catch (UnauthorizedAccessException)
        {
            // A process of another user: only a recorder keeps these files open for long.
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
            // The process has closed the file meanwhile.
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
