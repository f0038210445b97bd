using System.Buffers.Binary;

namespace Recorder.Rtsp.Payloads;

/// <summary>Opus (RFC 7587): each packet is a frame, whose clock is always 48 kHz.</summary>
internal sealed class OpusDepacketizer(IFrameBuffer buffer, IFrameSink sink) : IDepacketizer
{
    public const int ClockRate = 48_000;

    private const int MostDuration = ClockRate * 120 / 1000;

    private readonly FrameAssembler _frame = new(buffer);

    /// <summary>OpusHead (RFC 7845 section 5.1), with nothing to skip: a stream is joined in the middle.</summary>
    public static byte[] Header(int channels)
    {
        byte[] header = [.. "OpusHead"u8, 1, (byte)channels, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(12), ClockRate);
        return header;
    }

    public void Add(in RtpPayload packet)
    {
        if (packet.Lost > 0)
            sink.Miss(packet.Timestamp, othersNeedIt: false);
        if (packet.Bytes.IsEmpty)
            return;

        _frame.Append(packet.Bytes);
        sink.Deliver(new FrameInfo(packet.Timestamp, Duration(packet.Bytes.Span), Key: true), _frame);
    }

    public void Park() => _frame.Park();

    public void Finish() => _frame.Clear();

    // From the table of contents (RFC 6716 section 3.1): the duration of a frame, and how many there are.
    private static int Duration(ReadOnlySpan<byte> packet)
    {
        var configuration = packet[0] >> 3;
        var frame = configuration switch
        {
            < 12 => (configuration % 4) switch { 0 => 480, 1 => 960, 2 => 1920, _ => 2880 },
            < 16 => 480 << (configuration % 2),
            _ => 120 << (configuration % 4),
        };
        var count = (packet[0] & 3) switch { 0 => 1, 3 => packet.Length > 1 ? packet[1] & 63 : 0, _ => 2 };
        return Math.Min(frame * count, MostDuration);
    }
}
