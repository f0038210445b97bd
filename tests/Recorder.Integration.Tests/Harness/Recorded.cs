using System.Globalization;
using System.Numerics;
using System.Text.Json;

namespace Recorder.Integration.Tests.Harness;

/// <summary>A line of <c>index.jsonl</c>.</summary>
public sealed record IndexLine(
    long Number, int Extent, long Offset, long Length, double MediaTime, double Duration, bool Key, uint Crc32C);

/// <summary>The checks that every recording must pass, whatever was recorded.</summary>
public static class Recorded
{
    /// <summary>
    /// Start, data, stop, numbered from 1 without a hole; timecodes from 0, never falling; the blobs, one after the other, byte
    /// for byte the file, with the checksums announced or, after finalising, stated in the index.
    /// </summary>
    public static void IsWhole(RecorderProcess process, string? recorder = null)
    {
        var all = process.Events.Where(e => recorder is null || e.Recorder == recorder).ToList();
        var sequence = all.Where(e => e.Kind != "source" || e.Line.Contains("\"sequence\"", StringComparison.Ordinal)).ToList();
        sequence.Select(e => e.Sequence).ShouldBe(Enumerable.Range(1, sequence.Count).Select(n => (long)n), process.Describe());

        var kinds = all.Where(e => e.Kind is "start" or "dataavailable" or "stop").Select(e => e.Kind).ToList();
        kinds.Count(k => k == "start").ShouldBe(1, process.Describe());
        kinds.Count(k => k == "stop").ShouldBe(1, process.Describe());
        kinds[0].ShouldBe("start", process.Describe());
        kinds[^1].ShouldBe("stop", process.Describe());
        kinds[^2].ShouldBe("dataavailable", process.Describe());

        var data = all.Where(e => e.IsData).ToList();
        data[0].Number("timecode").ShouldBe(0, process.Describe());
        data.Zip(data.Skip(1), (a, b) => b.Number("timecode") - a.Number("timecode")).ShouldAllBe(step => step >= 0);
        data.Select(e => e.Blob.Number).ShouldBe(Enumerable.Range(1, data.Count).Select(n => (long)n), process.Describe());

        var blobs = data.Select(e => e.Blob).Where(b => b.Length > 0).ToList();
        var start = all.First(e => e.Kind == "start");
        blobs.ShouldAllBe(b => b.Type == start.Text("mimeType"));
        var stop = all.Last(e => e.Kind == "stop");
        stop.Number("bytes").ShouldBe(data.Sum(e => e.Blob.Length), process.Describe());
        stop.Number("blobs").ShouldBe(data.Count, process.Describe());

        foreach (var extent in blobs.GroupBy(b => b.Path))
            ConcatenationIsTheFile([.. extent], whole: true);

        IndexAgrees(blobs);
    }

    /// <summary>The blobs lie one behind the other from 0; together they are the file (or, unfinished, its beginning).</summary>
    public static void ConcatenationIsTheFile(IReadOnlyList<BlobReference> blobs, bool whole)
    {
        var path = blobs[0].Path;
        long end = 0;
        foreach (var blob in blobs)
        {
            blob.Offset.ShouldBe(end, $"blob {blob.Number} of {path} must begin where the one before it ends");
            end += blob.Length;
        }

        var size = new FileInfo(path).Length;
        if (whole)
            size.ShouldBe(end, $"the blobs together must be all of {path}");
        else
            size.ShouldBeGreaterThanOrEqualTo(end, $"every announced byte must be in {path}");

        var finalised = Finalised(IndexOf(path));
        using var file = File.OpenRead(path);
        foreach (var blob in blobs)
        {
            var expected = finalised.GetValueOrDefault(blob.Number, blob.Crc32C);
            Checksum(file, blob.Offset, blob.Length).ShouldBe(expected, $"CRC-32C of blob {blob.Number} of {path}");
        }
    }

    public static uint Checksum(Stream file, long offset, long length)
    {
        file.Position = offset;
        var bytes = new byte[length];
        file.ReadExactly(bytes);
        var crc = uint.MaxValue;
        foreach (var b in bytes)
            crc = BitOperations.Crc32C(crc, b);

        return ~crc;
    }

    /// <summary>The sidecar of a file: next to it by name with -o, in its folder with --out.</summary>
    public static string IndexOf(string path) =>
        File.Exists($"{path}.index.jsonl") ? $"{path}.index.jsonl" : Path.Combine(Path.GetDirectoryName(path)!, "index.jsonl");

    /// <summary>The lines about blobs; with <paramref name="cut"/>, what follows the last line feed is left out.</summary>
    public static IReadOnlyList<IndexLine> ReadIndex(string index, bool cut = false)
    {
        List<IndexLine> lines = [];
        var content = File.ReadAllText(index);
        content = cut ? content[..(content.LastIndexOf('\n') + 1)] : content;
        foreach (var text in content.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            using var document = JsonDocument.Parse(text);
            var line = document.RootElement;
            if (line.TryGetProperty("seq", out var number))
            {
                lines.Add(new IndexLine(
                    number.GetInt64(),
                    line.GetProperty("extent").GetInt32(),
                    line.GetProperty("offset").GetInt64(),
                    line.GetProperty("length").GetInt64(),
                    line.GetProperty("mediaTime").GetDouble(),
                    line.GetProperty("duration").GetDouble(),
                    line.GetProperty("key").GetBoolean(),
                    uint.Parse(line.GetProperty("crc32c").GetString()!, NumberStyles.HexNumber, CultureInfo.InvariantCulture)));
            }
        }

        return lines;
    }

    /// <summary>Checksums that changed when a container was finalised by rewriting its header.</summary>
    public static Dictionary<long, uint> Finalised(string index)
    {
        Dictionary<long, uint> changed = [];
        foreach (var text in File.ReadLines(index))
        {
            if (!text.StartsWith("{\"finalise\"", StringComparison.Ordinal))
                continue;

            using var document = JsonDocument.Parse(text);
            foreach (var blob in document.RootElement.GetProperty("finalise").GetProperty("blobs").EnumerateArray())
            {
                changed[blob.GetProperty("seq").GetInt64()] =
                    uint.Parse(blob.GetProperty("crc32c").GetString()!, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            }
        }

        return changed;
    }

    private static void IndexAgrees(List<BlobReference> blobs)
    {
        var index = ReadIndex(IndexOf(blobs[0].Path));
        index.Select(l => (l.Number, l.Extent, l.Offset, l.Length, l.Crc32C, l.Key))
            .ShouldBe(blobs.Select(b => (b.Number, b.Extent, b.Offset, b.Length, b.Crc32C, b.StartsWithKeyFrame)));
    }

    /// <summary>Plays from 0: the container and its first picture or sound start there, each stream rises, all of it decodes.</summary>
    public static async Task<MediaProbe> PlaysFromZeroAsync(string path)
    {
        await MediaProbe.DecodesAsync(path);
        var probe = await MediaProbe.OfAsync(path);
        probe.Start.ShouldBe(0, 0.0015, $"start of {path}");
        foreach (var stream in probe.Streams)
        {
            var packets = probe.PacketsOf(stream);
            packets.ShouldNotBeEmpty($"stream {stream.Index} of {path}");
            packets.ShouldAllBe(p => p.Pts != null);
            var decoded = packets.Where(p => p.Dts is not null).Select(p => p.Dts!.Value).ToList();
            decoded.Zip(decoded.Skip(1), (a, b) => b - a).ShouldAllBe(step => step > 0);

            // What an encoder needs to be primed stands before zero, marked to be decoded and thrown away.
            packets.Where(p => !p.Discarded).Min(p => p.Pts!.Value).ShouldBeGreaterThanOrEqualTo(0, $"stream {stream.Index} of {path}");
        }

        if (probe.Video is { } video)
        {
            var packets = probe.PacketsOf(video);
            packets[0].Key.ShouldBeTrue($"{path} must begin with a key frame");
            packets.Min(p => p.Pts!.Value).ShouldBeLessThanOrEqualTo(probe.FrameOf(video) + 0.001, $"first picture of {path}");
        }

        return probe;
    }
}
