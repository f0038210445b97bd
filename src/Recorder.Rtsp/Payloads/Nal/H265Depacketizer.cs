using System.Buffers.Binary;

namespace Recorder.Rtsp.Payloads;

/// <summary>H.265 (RFC 7798).</summary>
/// <param name="orderNumbers">Whether payloads hold decoding order numbers (sprop-max-don-diff above 0).</param>
internal sealed class H265Depacketizer(IFrameBuffer buffer, IFrameSink sink, bool orderNumbers) : IDepacketizer
{
    private const int AggregationPacket = 48;
    private const int FragmentationUnit = 49;
    private const int Paci = 50;
    private const int HeaderLength = 2;

    // Bytes of a decoding order number at the beginning of a packet.
    private readonly int _orderLength = orderNumbers ? 2 : 0;
    private readonly AccessUnits _units = new(new H265Syntax(), buffer, sink);

    public void Add(in RtpPayload packet)
    {
        var bytes = packet.Bytes;
        _units.BeginPacket(packet);
        if (bytes.Length > HeaderLength)
            AddPayload(bytes);
        _units.EndPacket(packet.Marker);
    }

    public void Park() => _units.Park();

    public void Finish() => _units.Finish();

    private void AddPayload(ReadOnlyMemory<byte> bytes)
    {
        var type = (bytes.Span[0] >> 1) & 63;
        if (type == AggregationPacket)
            AddAggregate(bytes[HeaderLength..]);
        else if (type == FragmentationUnit)
            AddFragment(bytes);
        else if (type == Paci)
            _units.Reject();
        else if (!orderNumbers)
            _units.Add(bytes);
        else if (bytes.Length >= HeaderLength + _orderLength)
            _units.Open(bytes.Span[..HeaderLength], bytes[(HeaderLength + _orderLength)..], last: true);
    }

    private void AddAggregate(ReadOnlyMemory<byte> bytes)
    {
        // The first unit has a whole number before it, each other one a difference in one byte.
        var skip = _orderLength;
        while (bytes.Length > skip + 2)
        {
            var length = BinaryPrimitives.ReadUInt16BigEndian(bytes.Span[skip..]);
            bytes = bytes[(skip + 2)..];
            if (length > bytes.Length)
            {
                _units.Reject();
                return;
            }

            _units.Add(bytes[..length]);
            bytes = bytes[length..];
            skip = orderNumbers ? 1 : 0;
        }
    }

    private void AddFragment(ReadOnlyMemory<byte> bytes)
    {
        var payload = bytes.Span;
        var fu = payload[HeaderLength];
        var (first, last) = ((fu & 0x80) != 0, (fu & 0x40) != 0);

        // The header of the unit is the payload's, with the unit's own type and without the forbidden bit.
        ReadOnlySpan<byte> header = [(byte)((payload[0] & 1) | ((fu & 63) << 1)), payload[1]];
        var start = HeaderLength + 1 + (first ? _orderLength : 0);
        if (start > bytes.Length)
            _units.Reject();
        else if (first)
            _units.Open(header, bytes[start..], last);
        else
            _units.Continue(header, bytes[start..], last);
    }
}
