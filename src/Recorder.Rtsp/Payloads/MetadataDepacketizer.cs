namespace Recorder.Rtsp.Payloads;

/// <summary>Metadata of ONVIF (Streaming Specification section 5.1.2.1.1): XML documents in one or more packets.</summary>
internal sealed class MetadataDepacketizer(IFrameBuffer buffer, IFrameSink sink) : IDepacketizer
{
    private readonly FrameAssembler _frame = new(buffer);
    private long _timestamp;

    // Packets are lost: wait for the beginning of a document.
    private bool _skipping;

    public void Add(in RtpPayload packet)
    {
        if (packet.Lost > 0)
        {
            _frame.Clear();
            _skipping = true;
            sink.Miss(packet.Timestamp, othersNeedIt: false);
        }

        // Nothing is lost in between, so the document before is whole.
        if (packet.Timestamp != _timestamp && !_frame.IsEmpty)
            Deliver();

        _timestamp = packet.Timestamp;
        _skipping &= !IsBeginning(packet.Bytes.Span);
        if (!_skipping)
            _frame.Append(packet.Bytes);
        if (!packet.Marker)
            return;

        if (!_frame.IsEmpty)
            Deliver();
        _skipping = false;
    }

    public void Park() => _frame.Park();

    public void Finish()
    {
        _frame.Clear();
        _skipping = false;
    }

    private static bool IsBeginning(ReadOnlySpan<byte> bytes)
    {
        var text = bytes.TrimStart(" \t\r\n\uFEFF"u8);
        var root = text.IndexOf((byte)'>');
        return text.StartsWith("<?xml"u8)
            || (text.StartsWith("<"u8) && !text.StartsWith("</"u8) && root > 0 && text[..root].IndexOf("MetadataStream"u8) >= 0);
    }

    private void Deliver() => sink.Deliver(new FrameInfo(_timestamp, 0, Key: true), _frame);
}
