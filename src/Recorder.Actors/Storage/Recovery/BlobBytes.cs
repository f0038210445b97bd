namespace Recorder.Actors.Storage.Recovery;

internal static class BlobBytes
{
    private const int BlockSize = 256 * 1024;

    public static uint? Checksum(string path, long offset, long length)
    {
        using var file = LocalDisk.TryOpen(path);
        if (file is null || offset < 0 || length < 0 || RandomAccess.GetLength(file) < offset + length)
            return null;

        var (crc, buffer) = (Crc32C.Empty, new byte[(int)Math.Min(BlockSize, Math.Max(1, length))]);
        for (var position = offset; position < offset + length;)
        {
            var part = buffer.AsSpan(0, (int)Math.Min(buffer.Length, offset + length - position));
            part = part[..RandomAccess.Read(file, part, position)];
            if (part.IsEmpty)
                return null;

            crc = Crc32C.Append(crc, part);
            position += part.Length;
        }

        return crc;
    }

    public static bool Redo(string path, IndexLine.FinaliseLine completed)
    {
        if (!File.Exists(path))
            return false;

        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite);
        var changed = false;
        foreach (var patch in completed.Patches.Where(patch => patch.Offset + patch.Bytes.Length <= RandomAccess.GetLength(file)))
        {
            var present = new byte[patch.Bytes.Length];
            if (RandomAccess.Read(file, present, patch.Offset) != present.Length || !present.AsSpan().SequenceEqual(patch.Bytes.Span))
            {
                RandomAccess.Write(file, patch.Bytes.Span, patch.Offset);
                changed = true;
            }
        }

        if (changed)
            RandomAccess.FlushToDisk(file);

        return changed;
    }
}
