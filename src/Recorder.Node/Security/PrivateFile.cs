namespace Recorder.Node.Security;

#pragma warning disable CA1416 // The node runs on Unix: its modes are what keeps these files private.

/// <summary>Files that only this user may read, replaced as a whole.</summary>
internal static class PrivateFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Makes a folder that only this user may look into; leaves one that is there as it is.</summary>
    public static void MakeFolder(string folder) =>
        Directory.CreateDirectory(folder, OwnerOnly | UnixFileMode.UserExecute);

    /// <summary>Writes a file, unless it is there already; whoever reads it finds all of it.</summary>
    public static bool TryCreate(string file, ReadOnlySpan<byte> content)
    {
        if (File.Exists(file))
        {
            return false;
        }

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

    /// <summary>Replaces a file.</summary>
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
