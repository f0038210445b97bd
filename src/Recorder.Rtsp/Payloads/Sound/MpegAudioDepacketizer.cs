using System.Buffers.Binary;

namespace Recorder.Rtsp.Payloads;

/// <summary>MPEG audio of layers 1 to 3 (RFC 2250 section 3.5): whole frames, several in a packet, or fragments of one.</summary>
internal sealed class MpegAudioDepacketizer(IFrameBuffer buffer, IFrameSink sink, int clockRate) : IDepacketizer
{
    private const int HeaderLength = 4;

    private readonly FrameAssembler _frame = new(buffer);

    // The size of the frame that is sent in fragments.
    private MpegAudioFrame _wanted;
    private long _timestamp;

    public void Add(in RtpPayload packet)
    {
        if (packet.Lost > 0)
            Drop(packet.Timestamp);
        if (packet.Bytes.Length <= HeaderLength)
            return;

        var offset = BinaryPrimitives.ReadUInt16BigEndian(packet.Bytes.Span[2..]);
        var bytes = packet.Bytes[HeaderLength..];
        if (offset != 0 && offset == _frame.Length)
            AddFragment(bytes);
        else if (offset == 0)
            AddFrames(packet.Timestamp, bytes);
    }

    public void Park() => _frame.Park();

    public void Finish() => _frame.Clear();

    private void AddFrames(long timestamp, ReadOnlyMemory<byte> bytes)
    {
        if (!_frame.IsEmpty)
            Drop(timestamp);
        while (!bytes.IsEmpty)
        {
            if (MpegAudioFrame.Read(bytes.Span) is not { } frame)
            {
                sink.Miss(timestamp, othersNeedIt: false);
                return;
            }

            (_wanted, _timestamp) = (frame, timestamp);
            AddFragment(bytes[..Math.Min(bytes.Length, frame.Length)]);
            bytes = bytes[Math.Min(bytes.Length, frame.Length)..];
            timestamp += frame.Duration(clockRate);
        }
    }

    private void AddFragment(ReadOnlyMemory<byte> bytes)
    {
        _frame.Append(bytes[..Math.Min(bytes.Length, _wanted.Length - _frame.Length)]);
        if (_frame.Length == _wanted.Length)
            sink.Deliver(new FrameInfo(_timestamp, _wanted.Duration(clockRate), Key: true), _frame);
    }

    private void Drop(long timestamp)
    {
        if (!_frame.IsEmpty)
            _frame.Clear();
        sink.Miss(timestamp, othersNeedIt: false);
    }
}

/// <summary>What the header of a frame of MPEG audio says (ISO/IEC 11172-3 section 2.4.1.3).</summary>
internal readonly record struct MpegAudioFrame(int Length, int Samples, int SampleRate)
{
    private static ReadOnlySpan<short> FirstVersion =>
    [
        0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448, 0,
        0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384, 0,
        0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0,
    ];

    private static ReadOnlySpan<short> SecondVersion =>
    [
        0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256, 0,
        0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0,
        0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0,
    ];

    public static MpegAudioFrame? Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 4 || bytes[0] != 0xFF || (bytes[1] & 0xE0) != 0xE0)
            return null;

        // 0 is MPEG 2.5, 2 is MPEG 2, 3 is MPEG 1; layers count down from 3.
        var (version, layer, padding) = (bytes[1] >> 3 & 3, 4 - (bytes[1] >> 1 & 3), bytes[2] >> 1 & 1);
        if (version == 1 || layer == 4 || (bytes[2] >> 2 & 3) == 3)
            return null;

        var rate = (ReadOnlySpan<int>)[44_100, 48_000, 32_000];
        var sampleRate = rate[bytes[2] >> 2 & 3] >> (version switch { 3 => 0, 2 => 1, _ => 2 });
        var bitRate = 1000 * (version == 3 ? FirstVersion : SecondVersion)[(16 * (layer - 1)) + (bytes[2] >> 4)];
        if (bitRate == 0)
            return null;

        var samples = layer == 1 ? 384 : layer == 3 && version != 3 ? 576 : 1152;
        var length = layer == 1 ? ((12 * bitRate / sampleRate) + padding) * 4 : (samples / 8 * bitRate / sampleRate) + padding;
        return new MpegAudioFrame(length, samples, sampleRate);
    }

    public int Duration(int clockRate) => (int)((long)Samples * clockRate / SampleRate);
}
