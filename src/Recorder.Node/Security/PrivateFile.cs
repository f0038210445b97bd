namespace Recorder.Node.Security;

#pragma warning disable CA1416 // The node runs on Unix, whose file modes keep these files private.

/// <summary>Writes files that only this user may read, and replaces them atomically.</summary>
internal static class PrivateFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Leaves an existing folder as it is.</summary>
    public static void MakeFolder(string folder) => Directory.CreateDirectory(folder, OwnerOnly | UnixFileMode.UserExecute);

    /// <summary>Writes a file unless it exists. Another process never reads a part of it.</summary>
    public static bool TryCreate(string file, ReadOnlySpan<byte> content)
    {
        if (File.Exists(file))
            return false;

        var fresh = WriteBeside(file, content);
        try
        {
            File.Move(fresh, file, overwrite: false);
            return true;
        }
        catch (IOException) when (File.Exists(file))
        {
            File.Delete(fresh);
            return false;
        }
    }

    public static void Replace(string file, ReadOnlySpan<byte> content) => File.Move(WriteBeside(file, content), file, overwrite: true);

    private static string WriteBeside(string file, ReadOnlySpan<byte> content)
    {
        var fresh = $"{file}.{Path.GetRandomFileName()}";
        using var stream = new FileStream(fresh, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = OwnerOnly,
        });
        stream.Write(content);
        stream.Flush(flushToDisk: true);
        return fresh;
    }
}
