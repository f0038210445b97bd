using System.Buffers.Binary;
using Recorder.Rtsp.Payloads;
using Recorder.Rtsp.Rtp;
using Recorder.Rtsp.Tests.Payloads;

namespace Recorder.Rtsp.Tests.Rtp;

/// <summary>A track that is received by itself, and what came of it.</summary>
internal sealed class TrackLog : ITrackReceiver
{
    private readonly FrameLog _memory = new();

    public TrackLog(PayloadFormat format, TrackAlignment? alignment = null, int index = 0) =>
        Track = new RtpTrack(index, format, [96], _memory, this, alignment ?? new TrackAlignment());

    public RtpTrack Track { get; }

    public List<(RtpFrame Frame, byte[] Bytes)> Frames { get; } = [];

    public List<RtpLoss> Losses { get; } = [];

    public static byte[] Packet(int sequence, long timestamp, byte[] payload, bool marker, uint source = 7, byte type = 96)
    {
        byte[] packet = [0x80, (byte)(type | (marker ? 0x80 : 0)), .. new byte[10], .. payload];
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)sequence);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(4), (uint)timestamp);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(8), source);
        return packet;
    }

    public static SenderReport Report(long wallUs, long timestamp, uint source = 7)
    {
        var ntp = ((ulong)(wallUs / 1_000_000) + 2_208_988_800 << 32) | ((ulong)(wallUs % 1_000_000) << 32) / 1_000_000;
        return new SenderReport(source, ntp, (uint)timestamp, 0);
    }

    void ITrackReceiver.Deliver(RtpTrack track, in RtpFrame frame, IFrameBuffer buffer)
    {
        Frames.Add((frame, buffer.Bytes.ToArray()));
        buffer.Clear();
    }

    void ITrackReceiver.Lose(RtpTrack track, in RtpLoss loss) => Losses.Add(loss);
}
