using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;

namespace Recorder.Integration.Tests.Harness;

/// <summary>Hashes of frames, whatever their packaging: NAL units without lengths, start codes and parameter sets; the scan of a JPEG picture, whose header
/// a receiver makes.</summary>
public static class FrameContent
{
    /// <summary>The packets of a recorded file's first track.</summary>
    public static async Task<IReadOnlyList<byte[]>> PacketsAsync(string path)
    {
        var probe = await Command.RunAsync("ffprobe", ["-v", "error", "-select_streams", "0", "-show_packets", "-show_data", "-of", "json", path]);
        probe.ExitCode.ShouldBe(0, probe.Error);
        using var json = JsonDocument.Parse(probe.Output);
        return [.. json.RootElement.GetProperty("packets").EnumerateArray().Select(packet => Bytes(packet.GetProperty("data").GetString()!))];
    }

    public static string OfRecorded(string payload, byte[] packet) => payload switch
    {
        "h264" or "h265" => OfUnits(payload, Lengths(packet)),
        _ => OfSent(payload, packet),
    };

    public static string OfSent(string payload, byte[] frame) => payload switch
    {
        "h264" or "h265" => OfUnits(payload, StartCodes(frame)),
        "mjpeg" => Hash(frame.AsSpan(frame.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xff, 0xda]))),
        _ => Hash(frame),
    };

    /// <summary>Whether a frame of H.264, as it was sent, can be decoded without others.</summary>
    public static bool IsKeyFrame(byte[] frame) => StartCodes(frame).Exists(unit => unit.Length > 0 && (unit[0] & 31) == 5);

    private static string OfUnits(string payload, IEnumerable<byte[]> units) => Hash(
        [.. units.Where(unit => unit.Length > 0 && IsSlice(payload, unit[0])).SelectMany(unit => (byte[])[0, 0, 1, .. unit])]);

    private static bool IsSlice(string payload, byte header) => payload == "h264" ? (header & 31) is >= 1 and <= 5 : (header >> 1 & 63) < 32;

    private static IEnumerable<byte[]> Lengths(byte[] packet)
    {
        for (var at = 0; at + 4 <= packet.Length;)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(packet.AsSpan(at));
            yield return packet.AsSpan(at + 4, length).ToArray();
            at += 4 + length;
        }
    }

    private static List<byte[]> StartCodes(byte[] frame)
    {
        var units = new List<byte[]>();
        ReadOnlySpan<byte> code = [0, 0, 1];
        var rest = frame.AsSpan();
        while (rest.IndexOf(code) is >= 0 and var at)
        {
            rest = rest[(at + 3)..];
            var end = rest.IndexOf(code);
            units.Add((end < 0 ? rest : rest[..end]).TrimEnd((byte)0).ToArray());
        }

        return units;
    }

    private static string Hash(ReadOnlySpan<byte> bytes) => Convert.ToHexString(SHA256.HashData(bytes));

    // Lines of "00000010: 6162 6364 ...  abcd...".
    private static byte[] Bytes(string dump) =>
    [
        .. dump.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .SelectMany(line => Convert.FromHexString(line[10..50].Replace(" ", "", StringComparison.Ordinal))),
    ];
}
