using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Recorder.FFmpeg;
using Recorder.Media.Export;

namespace Recorder.Media.Tests.Export.Editing;

/// <summary>Reads what was exported, without the code that wrote it.</summary>
internal static class EditedFile
{
    private static readonly HashSet<string> Containers = ["moov", "trak", "mdia", "minf", "stbl", "udta", "edts", "mvex"];

    /// <summary>All boxes as "moov/trak/mdia", in the order of the file, each with its content.</summary>
    public static IReadOnlyList<(string Path, byte[] Content)> Boxes(string path)
    {
        var found = new List<(string, byte[])>();
        Walk(File.ReadAllBytes(path), "", found);
        return found;
    }

    public static IReadOnlyList<(uint Count, uint Duration)> VideoDurations(string path)
    {
        var boxes = Boxes(path);
        var handler = boxes.ToList().FindIndex(box => box.Path.EndsWith("mdia/hdlr", StringComparison.Ordinal) && box.Content.AsSpan(8, 4).SequenceEqual("vide"u8));
        var times = boxes.Skip(handler).First(box => box.Path.EndsWith("/stts", StringComparison.Ordinal)).Content;
        return [.. Enumerable.Range(0, (int)Number(times, 4)).Select(entry => (Number(times, 8 + (entry * 8)), Number(times, 12 + (entry * 8))))];
    }

    /// <summary>The keys and values of moov/meta.</summary>
    public static IReadOnlyDictionary<string, string> Keys(string path)
    {
        var meta = Boxes(path).Single(box => box.Path == "moov/meta").Content;
        var parts = new List<(string Path, byte[] Content)>();
        Walk(meta, "", parts);
        parts.Select(part => part.Path).ShouldBe(["hdlr", "keys", "ilst"]);
        parts[0].Content.AsSpan(8, 4).SequenceEqual("mdta"u8).ShouldBeTrue();
        var (keys, values) = (new List<(string, byte[])>(), new List<(string Path, byte[] Content)>());
        Walk(parts[1].Content.AsSpan(8), "", keys);
        Walk(parts[2].Content, "", values);
        Number(parts[1].Content, 4).ShouldBe((uint)keys.Count);
        values.Count.ShouldBe(keys.Count);
        return keys.Select((key, index) =>
        {
            Number(Encoding.Latin1.GetBytes(values[index].Path), 0).ShouldBe((uint)index + 1);
            return KeyValuePair.Create(Encoding.UTF8.GetString(key.Item2), Encoding.UTF8.GetString(values[index].Content.AsSpan(16)));
        }).ToDictionary();
    }

    /// <summary>Hashes of the packets of a kind, in the order of decoding.</summary>
    public static IReadOnlyList<string> Hashes(string path, MediaKind kind)
    {
        using var demuxer = Demuxer.Open(new DemuxerOptions { Url = path });
        return Hashes(demuxer.Streams, batch => demuxer.Read(batch) != ReadResult.EndOfStream, kind);
    }

    public static IReadOnlyList<string> Hashes(ExportPlan plan, MediaKind kind) =>
    [
        .. plan.Parts.SelectMany(part =>
        {
            using var input = new ExportInput(part);
            var hashes = new List<string>();
            while (input.Read(batch =>
            {
                if (batch[0].Size > 0 && input.Streams[batch[0].Track].Parameters.Kind == kind)
                    hashes.Add(Convert.ToHexString(SHA256.HashData(batch.Data(0))));
            }))
            {
            }

            return hashes;
        }),
    ];

    private static List<string> Hashes(IReadOnlyList<StreamInfo> streams, Func<PacketBatch, bool> read, MediaKind kind)
    {
        var hashes = new List<string>();
        for (var isMore = true; isMore;)
        {
            var batch = PacketBatch.Rent();
            isMore = read(batch);
            for (var i = 0; i < batch.Count; i++)
            {
                if (streams[batch[i].Track].Parameters.Kind == kind)
                    hashes.Add(Convert.ToHexString(SHA256.HashData(batch.Data(i))));
            }

            batch.Release();
        }

        return hashes;
    }

    private static uint Number(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32BigEndian(bytes[at..]);

    private static void Walk(ReadOnlySpan<byte> bytes, string parent, List<(string Path, byte[] Content)> found)
    {
        while (bytes.Length >= 8)
        {
            var (size, type) = (Number(bytes, 0), Encoding.Latin1.GetString(bytes.Slice(4, 4)));
            var header = size == 1 ? 16 : 8;
            var length = size == 1 ? (int)BinaryPrimitives.ReadInt64BigEndian(bytes[8..]) : size == 0 ? bytes.Length : (int)size;
            length.ShouldBeInRange(header, bytes.Length, $"{parent}{type}");
            found.Add((parent + type, bytes[header..length].ToArray()));
            if (Containers.Contains(type))
                Walk(bytes[header..length], $"{parent}{type}/", found);

            bytes = bytes[length..];
        }
    }
}
