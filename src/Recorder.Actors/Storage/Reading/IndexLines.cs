namespace Recorder.Actors.Storage.Reading;

/// <summary>Reads the lines of one index file from any place on, also while it is being written: only lines that are complete count.</summary>
internal static class IndexLines
{
    private const int BlockSize = 64 * 1024;

    /// <summary>Reads on from a position.</summary>
    /// <param name="path">The file. One that is not there has no lines.</param>
    /// <param name="position">Where to begin, at the beginning of a line; moves behind the last complete line.</param>
    /// <param name="take">Takes each line, with its place; null stands for one that is no index line. False ends the reading.</param>
    public static void Read(string path, ref long position, Func<IndexLine?, IndexPlace, bool> take)
    {
        using var file = TryOpen(path);
        if (file is null)
        {
            return;
        }

        var buffer = new byte[BlockSize];
        var held = 0;
        while (RandomAccess.Read(file, buffer.AsSpan(held), position + held) is > 0 and var read)
        {
            held += read;
            var used = 0;
            while (buffer.AsSpan(used, held - used).IndexOf((byte)'\n') is >= 0 and var length)
            {
                StorageJson.TryRead(buffer.AsSpan(used, length), out var line);
                var place = new IndexPlace(position, length + 1);
                position += length + 1;
                used += length + 1;
                if (!take(line, place))
                {
                    return;
                }
            }

            held -= used;
            buffer.AsSpan(used, held).CopyTo(buffer);
            if (held == buffer.Length)
            {
                Array.Resize(ref buffer, buffer.Length * 2);
            }
        }
    }

    private static Microsoft.Win32.SafeHandles.SafeFileHandle? TryOpen(string path)
    {
        try
        {
            return File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }
}

/// <summary>Where a line is in its file, bytes.</summary>
/// <param name="Offset">Where it begins.</param>
/// <param name="Length">With its line feed.</param>
internal readonly record struct IndexPlace(long Offset, int Length)
{
    public long End => Offset + Length;
}
