using System.Buffers.Binary;
using System.Globalization;

namespace Recorder.Integration.Tests.Harness;

/// <summary>What the RTSP simulator sent of one track, frame by frame and packet by packet (its --payload and --copy).</summary>
public sealed class SentFrames
{
    private readonly List<(long Timestamp, bool IsDropped)> _packets;

    private SentFrames(List<byte[]> frames, List<double> captured, List<(long, bool)> packets) =>
        (Frames, Captured, _packets) = (frames, captured, packets);

    public IReadOnlyList<byte[]> Frames { get; }

    /// <summary>The wall clock of each frame's capture, in seconds since 1970.</summary>
    public IReadOnlyList<double> Captured { get; }

    public static SentFrames Read(string prefix)
    {
        var frames = new List<byte[]>();
        var bytes = File.ReadAllBytes(prefix + "-1.frames").AsSpan();
        while (bytes.Length >= 4 && BinaryPrimitives.ReadInt32BigEndian(bytes) is var length && length <= bytes.Length - 4)
        {
            frames.Add(bytes.Slice(4, length).ToArray());
            bytes = bytes[(4 + length)..];
        }

        var captured = File.ReadLines(prefix + "-1.times").Where(line => line.Contains('.', StringComparison.Ordinal))
            .Select(line => double.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture)).ToList();
        var packets = File.ReadLines(prefix + "-1.packets").Select(line => line.Split(' ')).Where(parts => parts.Length == 4)
            .Where(parts => parts[3] is "sent" or "dropped" or "late")
            .Select(parts => (Sequence: long.Parse(parts[0], CultureInfo.InvariantCulture), Timestamp: long.Parse(parts[1], CultureInfo.InvariantCulture), IsDropped: parts[3] == "dropped"))
            .ToList();
        // Lines are in the order of leaving; numbers give the order of sending, over their wrap.
        var first = packets.Count > 0 ? packets[0].Sequence : 0;
        return new SentFrames(frames, captured, [.. packets.OrderBy(packet => (short)(packet.Sequence - first)).Select(packet => (packet.Timestamp, packet.IsDropped))]);
    }

    /// <summary>The frames, by number, of packets that were lost behind one frame and before another.</summary>
    public IReadOnlyList<int> DroppedBetween(int frame, int later)
    {
        var timestamps = _packets.Select(packet => packet.Timestamp).Distinct().ToList();
        return [.. _packets.Where(packet => packet.IsDropped).Select(packet => timestamps.IndexOf(packet.Timestamp)).Where(index => index > frame && index < later)];
    }
}
