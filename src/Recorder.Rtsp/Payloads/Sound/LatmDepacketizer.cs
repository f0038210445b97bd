namespace Recorder.Rtsp.Payloads;

/// <summary>AAC as MP4A-LATM (RFC 3016, RFC 6416): the frames without the multiplex around them.</summary>
/// <param name="mux">The configuration, if the description has it.</param>
/// <param name="inBand">Whether elements have the configuration in them (cpresent).</param>
internal sealed class LatmDepacketizer(IFrameBuffer buffer, IFrameSink sink, StreamMux? mux, bool inBand, int clockRate)
    : IDepacketizer, IInBandHeader
{
    private const int MostElementBytes = 1 << 20;

    private readonly FrameAssembler _frame = new(buffer);
    private StreamMux? _mux = mux;
    private byte[] _configuration = [];

    // An element that is sent in several packets.
    private byte[] _element = [];
    private int _length;
    private long _timestamp;

    // A frame that does not begin at a byte.
    private byte[] _shifted = [];

    public byte[]? Header { get; private set; }

    public void Add(in RtpPayload packet)
    {
        if (packet.Lost > 0 || (_length > 0 && packet.Timestamp != _timestamp))
            Drop(packet.Timestamp);
        _timestamp = packet.Timestamp;

        var bytes = _length > 0 ? Gather(packet.Bytes) : packet.Bytes;
        if (bytes.IsEmpty)
            return;

        if (TryRead(bytes, deliver: false))
        {
            TryRead(bytes, deliver: true);
            _length = 0;
        }
        else if (packet.Marker)
        {
            Drop(packet.Timestamp);
        }
        else if (_length == 0)
        {
            Gather(bytes);
        }
    }

    public void Park() => _frame.Park();

    public void Finish() => _length = 0;

    // Elements follow each other up to the end of the packet; one with a configuration is alone.
    private bool TryRead(ReadOnlyMemory<byte> bytes, bool deliver)
    {
        var bits = new BitReader(bytes.Span);
        var timestamp = _timestamp;
        while (bits.Left >= 8)
        {
            if (inBand && !TryReadConfiguration(bytes.Span, ref bits))
                return false;
            if (_mux is not { } present)
                return false;

            for (var i = 0; i < present.SubFrames; i++, timestamp += present.Config.Duration(clockRate))
            {
                if (ReadLength(ref bits) is not { } length)
                    return false;
                if (deliver && length > 0)
                    Deliver(bytes, bits, length, timestamp);
                bits.Skip(8L * length);
            }

            bits.Skip(present.OtherDataBits);
            bits.Align();
            if (inBand)
                break;
        }

        return true;
    }

    private bool TryReadConfiguration(ReadOnlySpan<byte> bytes, ref BitReader bits)
    {
        if (bits.ReadFlag())
            return true;

        // Repeated all the time: it is read when it changed.
        var start = bits.Position;
        if (_mux is null || !IsConfiguration(bytes, bits))
        {
            if (StreamMux.Read(bytes, start) is not { } read)
                return false;

            (_mux, Header) = (read, read.Config.Bytes);
            _configuration = new byte[(read.BitLength + 7) / 8];
            Copy(bits, _configuration, read.BitLength);
        }

        bits.Skip(_mux.BitLength);
        return true;
    }

    private bool IsConfiguration(ReadOnlySpan<byte> bytes, BitReader bits)
    {
        if (_configuration.Length == 0 || bits.Left < _mux!.BitLength)
            return false;

        var left = _mux.BitLength;
        foreach (var known in _configuration)
        {
            var count = (int)Math.Min(8, left);
            if ((byte)(bits.Read(count) << (8 - count)) != known)
                return false;
            left -= count;
        }

        return true;
    }

    // PayloadLengthInfo: bytes, where 255 means that the number goes on. Null if the frame is not all there.
    private static int? ReadLength(ref BitReader bits)
    {
        var length = 0;
        while (bits.Left >= 8)
        {
            var next = (int)bits.Read(8);
            length += next;
            if (next != 255)
                return bits.Left >= 8L * length ? length : null;
        }

        return null;
    }

    private void Deliver(ReadOnlyMemory<byte> bytes, BitReader bits, int length, long timestamp)
    {
        if (bits.Position % 8 == 0)
        {
            _frame.Append(bytes.Slice((int)(bits.Position / 8), length));
        }
        else
        {
            if (_shifted.Length < length)
                _shifted = new byte[Math.Max(length, 2 * _shifted.Length)];
            Copy(bits, _shifted.AsSpan(0, length), 8L * length);
            _frame.Append(_shifted.AsMemory(0, length));
        }

        sink.Deliver(new FrameInfo(timestamp, _mux!.Config.Duration(clockRate), Key: true), _frame);
    }

    private static void Copy(BitReader bits, Span<byte> into, long count)
    {
        for (var i = 0; i < into.Length; i++, count -= 8)
        {
            var some = (int)Math.Min(8, count);
            into[i] = (byte)(bits.Read(some) << (8 - some));
        }
    }

    private ReadOnlyMemory<byte> Gather(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length > MostElementBytes - _length)
        {
            Drop(_timestamp);
            return default;
        }

        if (_element.Length < _length + bytes.Length)
            Array.Resize(ref _element, Math.Max(_length + bytes.Length, 2 * _element.Length));
        bytes.Span.CopyTo(_element.AsSpan(_length));
        _length += bytes.Length;
        return _element.AsMemory(0, _length);
    }

    private void Drop(long timestamp)
    {
        _length = 0;
        sink.Miss(timestamp, othersNeedIt: false);
    }
}
