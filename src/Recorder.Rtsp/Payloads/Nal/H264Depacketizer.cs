using System.Buffers.Binary;

namespace Recorder.Rtsp.Payloads;

/// <summary>H.264 (RFC 6184), of all packetization modes.</summary>
internal sealed class H264Depacketizer(IFrameBuffer buffer, IFrameSink sink) : IDepacketizer
{
    private readonly AccessUnits _units = new(new H264Syntax(), buffer, sink);

    public void Add(in RtpPayload packet)
    {
        var bytes = packet.Bytes;
        _units.BeginPacket(packet);
        if (!bytes.IsEmpty)
            AddPayload(bytes, packet.Timestamp);
        _units.EndPacket(packet.Marker);
    }

    public void Park() => _units.Park();

    public void Finish() => _units.Finish();

    private void AddPayload(ReadOnlyMemory<byte> bytes, long timestamp)
    {
        switch (bytes.Span[0] & 31)
        {
            case 24:
                AddAggregate(bytes[1..]);
                break;
            case 25 when bytes.Length >= 3:
                AddAggregate(bytes[3..]);
                break;
            case 26 when bytes.Length >= 3:
                AddAggregate(bytes[3..], timestamp, offsetLength: 2);
                break;
            case 27 when bytes.Length >= 3:
                AddAggregate(bytes[3..], timestamp, offsetLength: 3);
                break;
            case 28 when bytes.Length >= 2:
                AddFragment(bytes, bytes[2..]);
                break;
            // FU-B is the first fragment only; the decoding order number behind its header is of no use without interleaving.
            case 29 when bytes.Length >= 4:
                AddFragment(bytes, bytes[4..]);
                break;
            case >= 25 and <= 29:
                _units.Reject();
                break;
            default:
                _units.Add(bytes);
                break;
        }
    }

    // STAP: units behind their lengths. A length of zero is padding.
    private void AddAggregate(ReadOnlyMemory<byte> bytes)
    {
        while (bytes.Length > 2)
        {
            var length = BinaryPrimitives.ReadUInt16BigEndian(bytes.Span);
            bytes = bytes[2..];
            if (length > bytes.Length)
            {
                _units.Reject();
                return;
            }

            _units.Add(bytes[..length]);
            bytes = bytes[length..];
        }
    }

    // MTAP: each unit has a timestamp of its own, and a difference of decoding order numbers.
    private void AddAggregate(ReadOnlyMemory<byte> bytes, long timestamp, int offsetLength)
    {
        var header = 3 + offsetLength;
        while (bytes.Length > header)
        {
            var span = bytes.Span;
            var length = BinaryPrimitives.ReadUInt16BigEndian(span);
            var offset = offsetLength == 2 ? BinaryPrimitives.ReadUInt16BigEndian(span[3..])
                : (span[3] << 16) | BinaryPrimitives.ReadUInt16BigEndian(span[4..]);
            bytes = bytes[header..];
            if (length > bytes.Length)
            {
                _units.Reject();
                return;
            }

            _units.MoveTo(timestamp + offset);
            _units.Add(bytes[..length]);
            bytes = bytes[length..];
        }
    }

    private void AddFragment(ReadOnlyMemory<byte> bytes, ReadOnlyMemory<byte> fragment)
    {
        var (indicator, header) = (bytes.Span[0], bytes.Span[1]);
        ReadOnlySpan<byte> unit = [(byte)((indicator & 0x60) | (header & 0x1F))];
        var last = (header & 0x40) != 0;
        if ((header & 0x80) != 0)
            _units.Open(unit, fragment, last);
        else
            _units.Continue(unit, fragment, last);
    }
}
