using System.Buffers.Binary;

namespace Recorder.FFmpeg.Tests;

/// <summary>Joins the tags of FLV files, as RTMP servers do with streams. Codec headers stay among the tags.</summary>
internal static class FlvFile
{
    private const int HeaderSize = 13;
    private const int TagHeader = 11;
    private const byte Audio = 8;
    private const byte Video = 9;

    /// <summary>Writes one file behind another.</summary>
    public static void Join(string path, string first, string second)
    {
        var tags = TagsOf(first).ToList();
        var shift = tags.Max(tag => tag.Time) + 40;
        Write(path, tags.Concat(TagsOf(second).Select(tag => tag with { Time = tag.Time + shift })));
    }

    /// <summary>Writes a file whose video, with its codec header, comes later than its audio.</summary>
    public static void DelayVideo(string path, string file, int milliseconds) =>
        Write(path, TagsOf(file).Select(tag => tag.Type == Video ? tag with { Time = tag.Time + milliseconds } : tag).OrderBy(tag => tag.Time));

    private static void Write(string path, IEnumerable<Tag> tags)
    {
        using var file = File.Create(path);
        file.Write([(byte)'F', (byte)'L', (byte)'V', 1, 5, 0, 0, 0, 9, 0, 0, 0, 0]);
        foreach (var tag in tags)
        {
            var header = new byte[TagHeader];
            BinaryPrimitives.WriteUInt32BigEndian(header, (uint)tag.Data.Length);
            BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(4), (uint)tag.Time << 8 | (uint)tag.Time >> 24);
            header[0] = tag.Type;
            file.Write(header);
            file.Write(tag.Data);
            var size = new byte[4];
            BinaryPrimitives.WriteUInt32BigEndian(size, (uint)(TagHeader + tag.Data.Length));
            file.Write(size);
        }
    }

    private static IEnumerable<Tag> TagsOf(string path)
    {
        var bytes = File.ReadAllBytes(path);
        for (var at = HeaderSize; at + TagHeader <= bytes.Length;)
        {
            var size = (int)(BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(at)) & 0xffffff);
            var time = BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(at + 4));
            var data = bytes.AsMemory(at + TagHeader, size).ToArray();
            // An end-of-sequence tag would end the stream.
            var isEnd = bytes[at] == Video && size == 5 && data[1] == 2;
            if (bytes[at] is Audio or Video && !isEnd)
                yield return new Tag(bytes[at], (int)(time >> 8 | (time & 0xff) << 24), data);
            at += TagHeader + size + 4;
        }
    }

    private sealed record Tag(byte Type, int Time, byte[] Data);
}
