namespace Recorder.Rtsp.Payloads;

/// <summary>Sound without frames (RFC 3551 section 4.5): each packet is one, as long as it has samples.</summary>
/// <param name="blockBits">Bits that must stay together: one sample of each channel.</param>
/// <param name="tickBits">Bits of one unit of the RTP clock.</param>
internal sealed class SampleDepacketizer(IFrameBuffer buffer, IFrameSink sink, int blockBits, int tickBits) : IDepacketizer
{
    private readonly FrameAssembler _frame = new(buffer);

    public void Add(in RtpPayload packet)
    {
        if (packet.Lost > 0)
            sink.Miss(packet.Timestamp, othersNeedIt: false);

        // A part of a sample at the end would make noise of all that follow.
        var blockBytes = Math.Max(1, blockBits / 8);
        var bytes = packet.Bytes[..(packet.Bytes.Length / blockBytes * blockBytes)];
        if (bytes.IsEmpty)
            return;

        _frame.Append(bytes);
        sink.Deliver(new FrameInfo(packet.Timestamp, (int)(bytes.Length * 8L / tickBits), Key: true), _frame);
    }

    public void Park() => _frame.Park();

    public void Finish() => _frame.Clear();
}
