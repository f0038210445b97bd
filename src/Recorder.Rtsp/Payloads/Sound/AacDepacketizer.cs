using System.Buffers.Binary;

namespace Recorder.Rtsp.Payloads;

/// <summary>How the headers of access units are coded: bits of each of their fields (RFC 3640 section 4.1).</summary>
internal readonly record struct AccessUnitHeader(int SizeLength, int IndexLength, int IndexDeltaLength);

/// <summary>AAC as MPEG4-GENERIC (RFC 3640).</summary>
/// <param name="header">How the headers of access units are coded.</param>
/// <param name="duration">Of an access unit, in units of the RTP clock.</param>
internal sealed class AacDepacketizer(IFrameBuffer buffer, IFrameSink sink, AccessUnitHeader header, int duration) : IDepacketizer
{
    private const int MostUnits = 64;

    private readonly FrameAssembler _frame = new(buffer);
    private readonly int[] _sizes = new int[MostUnits];
    private readonly int[] _places = new int[MostUnits];

    // Of the access unit that is sent in fragments.
    private int _wanted;
    private long _timestamp;

    private bool _started;

    public void Add(in RtpPayload packet)
    {
        var bytes = packet.Bytes;
        var count = ReadHeaders(ref bytes);
        var goesOn = packet.Timestamp == _timestamp && count == 1 && _sizes[0] == _wanted;
        if (packet.Lost > 0 || (_wanted > 0 && !goesOn))
            Drop(packet.Timestamp);
        if (count == 0)
            sink.Miss(packet.Timestamp, othersNeedIt: false);
        else if (count == 1 && (_wanted > 0 || _sizes[0] > bytes.Length))
            AddFragment(packet, bytes);
        else
            AddUnits(packet.Timestamp, bytes, count);
        _started = true;
    }

    public void Park() => _frame.Park();

    public void Finish()
    {
        _frame.Clear();
        (_wanted, _started) = (0, false);
    }

    private void AddUnits(long timestamp, ReadOnlyMemory<byte> bytes, int count)
    {
        for (var i = 0; i < count && _sizes[i] <= bytes.Length; i++)
        {
            Deliver(timestamp + ((long)_places[i] * duration), bytes[.._sizes[i]]);
            bytes = bytes[_sizes[i]..];
        }
    }

    // Each fragment has the size of the whole access unit in its header.
    private void AddFragment(in RtpPayload packet, ReadOnlyMemory<byte> bytes)
    {
        if (_wanted == 0 && packet.Marker)
        {
            // The end of an access unit whose beginning is lost; or a whole one, whose size is wrong.
            if (packet.Lost == 0 && _started)
                Deliver(packet.Timestamp, bytes);
            return;
        }

        (_wanted, _timestamp) = (_sizes[0], packet.Timestamp);
        _frame.Append(bytes.Length > _wanted - _frame.Length ? bytes[..(_wanted - _frame.Length)] : bytes);
        if (_frame.Length < _wanted)
            return;

        _wanted = 0;
        sink.Deliver(new FrameInfo(packet.Timestamp, duration, Key: true), _frame);
    }

    private void Deliver(long timestamp, ReadOnlyMemory<byte> unit)
    {
        unit = WithoutAdts(unit);
        if (unit.IsEmpty)
            return;

        _frame.Append(unit);
        sink.Deliver(new FrameInfo(timestamp, duration, Key: true), _frame);
    }

    // Some cameras send the header of a file, too. AAC itself never begins with its twelve ones.
    private static ReadOnlyMemory<byte> WithoutAdts(ReadOnlyMemory<byte> unit)
    {
        var bytes = unit.Span;
        if (bytes.Length < 7 || bytes[0] != 0xFF || (bytes[1] & 0xF6) != 0xF0)
            return unit;

        var length = (bytes[1] & 1) != 0 ? 7 : 9;
        return unit.Length > length ? unit[length..] : default;
    }

    private void Drop(long timestamp)
    {
        if (_wanted > 0)
            _frame.Clear();
        _wanted = 0;
        sink.Miss(timestamp, othersNeedIt: false);
    }

    // Fills sizes and places, and leaves the data. Some cameras give the length of the headers in bytes, or one that is just wrong:
    // then there is one header.
    private int ReadHeaders(ref ReadOnlyMemory<byte> packet)
    {
        var bytes = packet.Span;
        if (bytes.Length <= 2)
            return 0;

        int stated = BinaryPrimitives.ReadUInt16BigEndian(bytes);
        var one = header.SizeLength + header.IndexLength;
        var count = ReadHeaders(bytes[2..], stated, out var length);
        if (count == 0)
            count = ReadHeaders(bytes[2..], stated * 8, out length);
        if (count == 0)
            count = ReadHeaders(bytes[2..], one, out length);
        packet = count > 0 ? packet[(2 + length)..] : default;
        if (count == 1 && _sizes[0] == 0)
            _sizes[0] = packet.Length;
        return count;
    }

    // Returns 0 if this cannot be the number of bits.
    private int ReadHeaders(ReadOnlySpan<byte> bytes, int bitCount, out int length)
    {
        length = (bitCount + 7) / 8;
        var first = header.SizeLength + header.IndexLength;
        var next = header.SizeLength + header.IndexDeltaLength;
        if (bitCount < first || length >= bytes.Length || (next > 0 && (bitCount - first) % next >= 8))
            return 0;

        var bits = new BitReader(bytes[..length]);
        var (count, place, sum) = (0, 0, 0L);
        while (count < MostUnits && bitCount - bits.Position >= (count == 0 ? first : next))
        {
            _sizes[count] = (int)bits.Read(header.SizeLength);
            var delta = (int)bits.Read(count == 0 ? header.IndexLength : header.IndexDeltaLength);
            place += count == 0 ? 0 : 1 + delta;
            _places[count] = place;
            sum += _sizes[count++];
        }

        return count == 1 || sum <= bytes.Length - length ? count : 0;
    }
}
