namespace Recorder.Actors.Storage.Reading;

internal static class IndexLines
{
    private const int BlockSize = 64 * 1024;

    /// <summary>A missing file has no lines. Moves the position behind the last line read; takes null for a text that is no index
    /// line, and stops at false.</summary>
    public static void Read(string path, ref long position, Func<IndexLine?, IndexPlace, bool> take)
    {
        using var file = LocalDisk.TryOpen(path);
        if (file is null)
            return;

        var buffer = new byte[BlockSize];
        var filled = 0;
        while (RandomAccess.Read(file, buffer.AsSpan(filled), position + filled) is > 0 and var read)
        {
            filled += read;
            var used = 0;
            while (buffer.AsSpan(used, filled - used).IndexOf((byte)'\n') is >= 0 and var length)
            {
                StorageJson.TryRead(buffer.AsSpan(used, length), out var line);
                var place = new IndexPlace(position, length + 1);
                position += length + 1;
                used += length + 1;
                if (!take(line, place))
                    return;
            }

            filled -= used;
            buffer.AsSpan(used, filled).CopyTo(buffer);
            if (filled == buffer.Length)
                Array.Resize(ref buffer, buffer.Length * 2);
        }
    }
}

/// <summary>The place of a line in its file, in bytes with its line feed.</summary>
internal readonly record struct IndexPlace(long Offset, int Length)
{
    public long End => Offset + Length;
}
