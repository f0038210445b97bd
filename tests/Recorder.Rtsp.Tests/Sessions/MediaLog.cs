using System.Buffers.Binary;
using Recorder.Rtsp.Payloads;
using Recorder.Rtsp.Rtp;
using Recorder.Rtsp.Sessions;
using Recorder.Rtsp.Tests.Payloads;

namespace Recorder.Rtsp.Tests.Sessions;

/// <summary>Takes the media of a session and remembers what came.</summary>
internal sealed class MediaLog : IMediaReceiver
{
    public List<TrackFormat> Formats { get; } = [];

    /// <summary>The numbers in the frames that <see cref="Sample"/> made, by track.</summary>
    public List<(int Track, int Number)> Frames { get; } = [];

    public List<RtpLoss> Losses { get; } = [];

    public IEnumerable<int> Of(int track) => Frames.Where(it => it.Track == track).Select(it => it.Number);

    /// <summary>An RTP packet of G.711 that is one frame, with a number in it.</summary>
    public static byte[] Sample(int number, uint source = 7, byte type = 8, int sequence = -1)
    {
        byte[] packet = [0x80, type, .. new byte[30]];
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)(sequence < 0 ? number : sequence));
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(4), (uint)number * 160);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(8), source);
        BinaryPrimitives.WriteInt32BigEndian(packet.AsSpan(12), number);
        return packet;
    }

    /// <summary>The sender (SSRC) says goodbye.</summary>
    public static byte[] Goodbye(uint source = 7)
    {
        byte[] packet = [0x81, 203, 0, 1, 0, 0, 0, 0];
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(4), source);
        return packet;
    }

    public IFrameBuffer CreateBuffer(int track, TrackFormat format)
    {
        Formats.Add(format);
        return new FrameLog();
    }

    public void Deliver(RtpTrack track, in RtpFrame frame, IFrameBuffer buffer)
    {
        Frames.Add((track.Index, buffer.Bytes.Length < 4 ? -1 : BinaryPrimitives.ReadInt32BigEndian(buffer.Bytes)));
        buffer.Clear();
    }

    public void Lose(RtpTrack track, in RtpLoss loss) => Losses.Add(loss);
}
