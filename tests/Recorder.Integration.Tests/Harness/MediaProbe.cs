using System.Globalization;
using System.Text.Json;

namespace Recorder.Integration.Tests.Harness;

/// <summary>A stream as ffprobe sees it; times in seconds.</summary>
public sealed record ProbedStream(
    int Index, string Kind, string Codec, int Width, int Height, int SampleRate, int Channels, double TimeBase, int Rotation,
    bool AttachedPicture);

/// <summary>A packet as ffprobe sees it; times in seconds.</summary>
public sealed record ProbedPacket(int Stream, double? Pts, double? Dts, double Duration, bool Key, bool Discarded, long Size)
{
    /// <summary>When it is shown; AVI tells only when it is decoded.</summary>
    public double Time => Pts ?? Dts ?? 0;
}

/// <summary>What ffprobe, an implementation that shares nothing with ours but the libraries, says about a file.</summary>
public sealed record MediaProbe(
    string Path, string Format, double Start, double Duration, IReadOnlyList<ProbedStream> Streams,
    IReadOnlyList<ProbedPacket> Packets)
{
    public ProbedStream? Video => Streams.FirstOrDefault(s => s is { Kind: "video", AttachedPicture: false });

    public ProbedStream? Audio => Streams.FirstOrDefault(s => s.Kind == "audio");

    public static async Task<MediaProbe> OfAsync(string path)
    {
        var result = await Command.RunAsync(
            "ffprobe", ["-v", "error", "-show_format", "-show_streams", "-show_packets", "-of", "json", path]);
        result.ExitCode.ShouldBe(0, $"ffprobe {path}\n{result.Error}");
        using var document = JsonDocument.Parse(result.Output);
        var root = document.RootElement;
        var format = root.GetProperty("format");
        return new MediaProbe(
            path,
            Text(format, "format_name"),
            Seconds(format, "start_time") ?? double.NaN,
            Seconds(format, "duration") ?? double.NaN,
            [.. root.GetProperty("streams").EnumerateArray().Select(ReadStream)],
            [.. root.GetProperty("packets").EnumerateArray().Select(ReadPacket)]);
    }

    public IReadOnlyList<ProbedPacket> PacketsOf(ProbedStream stream) => [.. Packets.Where(p => p.Stream == stream.Index)];

    /// <summary>From the first presented packet to the end of the last, of one stream.</summary>
    public double Span(ProbedStream stream)
    {
        var packets = PacketsOf(stream);
        var end = packets.MaxBy(p => p.Time)!;
        var length = end.Duration > 0 ? end.Duration : FrameOf(stream);
        return end.Time + length - packets.Min(p => p.Time);
    }

    /// <summary>The usual distance of two packets.</summary>
    public double FrameOf(ProbedStream stream)
    {
        var times = PacketsOf(stream).Select(p => p.Time).Order().ToList();
        var steps = times.Zip(times.Skip(1), (a, b) => b - a).Order().ToList();
        return steps.Count == 0 ? 0.04 : steps[steps.Count / 2];
    }

    /// <summary>
    /// The hash of each packet's payload, whatever the container's packaging: start codes instead of lengths, no parameter
    /// sets, delimiters or ADTS headers, which containers add and drop.
    /// </summary>
    public async Task<IReadOnlyList<string>> PayloadsAsync(ProbedStream stream) =>
        (await (_payloads ??= HashPayloadsAsync()))[stream.Index];

    // One start of ffmpeg for all streams of a file: it costs more than the hashing.
    private Task<IReadOnlyDictionary<int, List<string>>>? _payloads;

    private async Task<IReadOnlyDictionary<int, List<string>>> HashPayloadsAsync()
    {
        var streams = Streams.Where(s => s.Kind is "video" or "audio" && !s.AttachedPicture).ToList();
        var result = await Command.RunAsync(
            "ffmpeg",
            [
                "-hide_banner", "-nostdin", "-v", "error", "-i", Path,
                .. streams.SelectMany(stream => (string[])["-map", $"0:{stream.Index}"]),
                "-c", "copy",
                .. streams.SelectMany((stream, output) => (string[])[$"-bsf:{output}", PayloadFilter(stream)]),
                "-f", "framehash", "-hash", "md5", "-",
            ]);
        result.ExitCode.ShouldBe(0, $"ffmpeg framehash {Path}\n{result.Error}");
        var hashes = streams.ToDictionary(stream => stream.Index, _ => new List<string>());
        foreach (var line in result.Output.Split('\n').Where(l => l.Length > 0 && l[0] != '#').Select(l => l.Split(',')))
            hashes[streams[int.Parse(line[0], CultureInfo.InvariantCulture)].Index].Add(line[5].Trim());

        return hashes;
    }

    private string PayloadFilter(ProbedStream stream) => stream.Codec switch
    {
        "h264" => "h264_mp4toannexb,filter_units=remove_types=6-9",
        "hevc" => "hevc_mp4toannexb,filter_units=remove_types=32-40",
        "aac" when Format is "mpegts" or "aac" => "aac_adtstoasc",
        "av1" => "av1_metadata=td=remove",
        _ => "null",
    };

    /// <summary>Decodes every stream of each to the end: FFmpeg must find nothing to say. Many at once cost one start of ffmpeg.</summary>
    public static async Task DecodesAsync(params IReadOnlyList<string> paths)
    {
        var result = await Command.RunAsync(
            "ffmpeg",
            [
                "-hide_banner", "-nostdin", "-v", "error", "-xerror",
                .. paths.SelectMany(path => (string[])["-i", path]),
                .. paths.SelectMany((_, input) => (string[])["-map", $"{input}"]),

                // Each frame as it is: nothing dropped, doubled or moved to a constant frame rate.
                "-vsync", "passthrough", "-enc_time_base:v", "-1", "-f", "null", "-",
            ]);
        if (result.ExitCode != 0 || result.Error.Length > 0)
            throw new ShouldAssertException($"{string.Join(", ", paths)} does not decode ({result.ExitCode}):\n{result.Error}");
    }

    private static ProbedStream ReadStream(JsonElement stream)
    {
        var timeBase = Text(stream, "time_base").Split('/');
        var rotation = 0;
        if (stream.TryGetProperty("side_data_list", out var sideData))
        {
            foreach (var entry in sideData.EnumerateArray())
                rotation = entry.TryGetProperty("rotation", out var degrees) ? degrees.GetInt32() : rotation;
        }

        return new ProbedStream(
            stream.GetProperty("index").GetInt32(),
            Text(stream, "codec_type"),
            Text(stream, "codec_name"),
            Integer(stream, "width"),
            Integer(stream, "height"),
            int.TryParse(Text(stream, "sample_rate"), CultureInfo.InvariantCulture, out var rate) ? rate : 0,
            Integer(stream, "channels"),
            double.Parse(timeBase[0], CultureInfo.InvariantCulture) / double.Parse(timeBase[1], CultureInfo.InvariantCulture),
            rotation,
            stream.TryGetProperty("disposition", out var disposition) && Integer(disposition, "attached_pic") == 1);
    }

    private static ProbedPacket ReadPacket(JsonElement packet)
    {
        var flags = Text(packet, "flags");
        return new ProbedPacket(
            packet.GetProperty("stream_index").GetInt32(),
            Seconds(packet, "pts_time"),
            Seconds(packet, "dts_time"),
            Seconds(packet, "duration_time") ?? 0,
            flags.StartsWith('K'),
            flags.Contains('D', StringComparison.Ordinal),
            long.Parse(Text(packet, "size"), CultureInfo.InvariantCulture));
    }

    private static string Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    private static int Integer(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetInt32() : 0;

    private static double? Seconds(JsonElement element, string name) =>
        double.TryParse(Text(element, name), CultureInfo.InvariantCulture, out var value) ? value : null;
}
