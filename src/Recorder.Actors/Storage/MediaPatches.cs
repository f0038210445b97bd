using Recorder.FFmpeg;

namespace Recorder.Actors.Storage;

internal static class MediaPatches
{
    private const int BufferSize = 64 * 1024;

    public static bool Overlaps(MediaPatch patch, long offset, long length) =>
        patch.Offset < offset + length && patch.Offset + patch.Bytes.Length > offset;

    public static uint Checksum(IDiskFile file, IReadOnlyList<MediaPatch> patches, long offset, long length)
    {
        var crc = Crc32C.Empty;
        var buffer = new byte[BufferSize];
        for (var position = offset; position < offset + length;)
        {
            var part = buffer.AsSpan(0, (int)Math.Min(buffer.Length, offset + length - position));
            part = part[..file.Read(part, position)];
            if (part.IsEmpty)
                break;

            foreach (var patch in patches)
                Overlay(part, position, patch);

            crc = Crc32C.Append(crc, part);
            position += part.Length;
        }

        return crc;
    }

    private static void Overlay(Span<byte> part, long position, MediaPatch patch)
    {
        var from = Math.Max(position, patch.Offset);
        var to = Math.Min(position + part.Length, patch.Offset + patch.Bytes.Length);
        if (from < to)
            patch.Bytes.Span[(int)(from - patch.Offset)..(int)(to - patch.Offset)].CopyTo(part[(int)(from - position)..]);
    }
}
