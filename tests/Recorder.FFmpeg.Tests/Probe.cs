using System.Globalization;
using System.Text.Json;

namespace Recorder.FFmpeg.Tests;

/// <summary>The description of a file by ffprobe.</summary>
internal sealed record Probe(string Format, double Duration, IReadOnlyList<Probe.Stream> Streams)
{
    public Stream Video => Streams.First(s => s.Kind == "video");

    public Stream Audio => Streams.First(s => s.Kind == "audio");

    public static Probe Of(string path)
    {
        using var json = JsonDocument.Parse(Tool.Run(
            "ffprobe", "-v", "error", "-show_streams", "-show_packets", "-show_format", "-of", "json", path));
        var root = json.RootElement;
        var streams = root.GetProperty("streams").EnumerateArray().Select(s => new Stream(
            s.GetProperty("codec_type").GetString()!,
            s.TryGetProperty("codec_name", out var codec) ? codec.GetString()! : "",
            s.TryGetProperty("codec_tag_string", out var tag) ? tag.GetString()! : "",
            s.TryGetProperty("width", out var width) ? width.GetInt32() : 0,
            s.TryGetProperty("height", out var height) ? height.GetInt32() : 0,
            s.TryGetProperty("tags", out var tags) && tags.TryGetProperty("language", out var language) ? language.GetString() : null,
            s.TryGetProperty("side_data_list", out var side) && side.EnumerateArray().FirstOrDefault(d => d.TryGetProperty("rotation", out _)) is { ValueKind: JsonValueKind.Object } matrix
                ? matrix.GetProperty("rotation").GetInt32() : 0,
            Number(s, "start_time") + Number(s, "duration"),
            [.. root.GetProperty("packets").EnumerateArray()
                .Where(p => p.GetProperty("stream_index").GetInt32() == s.GetProperty("index").GetInt32())
                .Select(p => new Packet(
                    Number(p, "pts_time"), Number(p, "dts_time"), Number(p, "duration_time"),
                    int.Parse(p.GetProperty("size").GetString()!, CultureInfo.InvariantCulture),
                    p.GetProperty("flags").GetString()![0] == 'K',
                    p.GetProperty("flags").GetString()!.Contains('D', StringComparison.Ordinal)))])).ToList();
        var format = root.GetProperty("format");
        return new Probe(format.GetProperty("format_name").GetString()!, Number(format, "duration"), streams);
    }

    private static double Number(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) ? double.Parse(value.GetString()!, CultureInfo.InvariantCulture) : double.NaN;

    public sealed record Stream(
        string Kind, string Codec, string Tag, int Width, int Height, string? Language, int Rotation, double StatedEnd, IReadOnlyList<Packet> Packets)
    {
        /// <summary>The first presentation time, including an encoder's priming.</summary>
        public double Start => Packets.Min(p => p.Pts);

        public double End => Packets.MaxBy(p => p.Pts) is var last && double.IsNaN(last!.Duration) ? StatedEnd : last.Pts + last.Duration;
    }

    public sealed record Packet(double Pts, double Dts, double Duration, int Size, bool Key, bool Discarded);
}
