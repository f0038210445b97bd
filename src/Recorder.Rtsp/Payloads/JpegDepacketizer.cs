using System.Buffers.Binary;

namespace Recorder.Rtsp.Payloads;

/// <summary>Motion JPEG (RFC 2435): whole JPEG files again.</summary>
/// <param name="width">Of a picture whose packets do not say it; 0 if unknown.</param>
internal sealed class JpegDepacketizer(IFrameBuffer buffer, IFrameSink sink, int width, int height) : IDepacketizer
{
    private const int HeaderLength = 8;

    private readonly FrameAssembler _frame = new(buffer);
    private readonly JpegHeader _header = new();

    // Where the picture's own bytes begin in the file.
    private int _start;
    private long _timestamp;
    private bool _ended;

    public void Add(in RtpPayload packet)
    {
        if (packet.Lost > 0)
            Drop(packet.Timestamp);
        if (packet.Bytes.Length <= HeaderLength)
            return;

        var bytes = packet.Bytes.Span;
        var offset = (bytes[1] << 16) | (bytes[2] << 8) | bytes[3];
        if (offset == 0)
            Begin(packet);
        else if (!_frame.IsEmpty && offset == _frame.Length - _start)
            AddData(packet.Bytes[Math.Min(HeaderLength + RestartLength(bytes), bytes.Length)..]);
        else if (!_frame.IsEmpty)
            Drop(packet.Timestamp);

        if (packet.Marker && !_frame.IsEmpty)
            Deliver();
    }

    public void Park() => _frame.Park();

    public void Finish() => _frame.Clear();

    private void Begin(in RtpPayload packet)
    {
        // No packet is lost, so the picture before is whole: this camera does not set the marker.
        if (!_frame.IsEmpty)
            Deliver();

        if (WriteHeader(packet, out var header) is not { } data)
        {
            sink.Miss(packet.Timestamp, othersNeedIt: false);
            return;
        }

        (_start, _timestamp, _ended) = (header.Length, packet.Timestamp, false);
        _frame.Append(header);
        AddData(data);
    }

    // Returns the data behind the headers, or null for what cannot be understood.
    private ReadOnlyMemory<byte>? WriteHeader(in RtpPayload packet, out ReadOnlyMemory<byte> header)
    {
        header = default;
        var bytes = packet.Bytes.Span;
        var (type, q) = (bytes[4], bytes[5]);
        var data = packet.Bytes[Math.Min(HeaderLength + RestartLength(bytes), bytes.Length)..];

        // Some cameras send the whole file.
        if (data.Span.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]))
            return data;
        if ((type & ~0x40) > 1 || (type >= 64 && bytes.Length < HeaderLength + 4) || !TryTakeTables(ref data, q))
            return null;

        var (wide, high) = Size(packet);
        if (wide == 0 || high == 0)
            return null;

        var restartInterval = type >= 64 ? BinaryPrimitives.ReadUInt16BigEndian(bytes[HeaderLength..]) : 0;
        header = _header.Write(wide, high, halfHeight: (type & 1) != 0, restartInterval);
        return data;
    }

    private bool TryTakeTables(ref ReadOnlyMemory<byte> data, int q)
    {
        if (q < 128)
            return _header.TryUse(q);
        if (data.Length < 4)
            return false;

        var (precision, length) = (data.Span[1], BinaryPrimitives.ReadUInt16BigEndian(data.Span[2..]));
        data = data[4..];
        if (length == 0)
            return _header.TryUse(q);
        if (length > data.Length || !_header.TryTake(data.Span[..length], precision, q))
            return false;

        data = data[length..];
        return true;
    }

    // Sizes above 2040 do not fit. ONVIF sends 0, and the frame header of the file in the extension (Streaming Specification 5.1.3).
    private (int Width, int Height) Size(in RtpPayload packet)
    {
        var bytes = packet.Bytes.Span;
        var (wide, high) = (bytes[6] * 8, bytes[7] * 8);
        if (wide != 0 && high != 0)
            return (wide, high);

        var extension = packet.Extension.Span;
        for (int at; (at = extension.IndexOf((ReadOnlySpan<byte>)[0xFF, 0xC0])) >= 0; extension = extension[2..])
        {
            extension = extension[at..];
            if (extension.Length >= 9 && BinaryPrimitives.ReadUInt16BigEndian(extension[2..]) is >= 11 and < 64)
                return (BinaryPrimitives.ReadUInt16BigEndian(extension[7..]), BinaryPrimitives.ReadUInt16BigEndian(extension[5..]));
        }

        return (wide == 0 ? width : wide, high == 0 ? height : high);
    }

    private static int RestartLength(ReadOnlySpan<byte> bytes) => bytes[4] is >= 64 and < 128 ? 4 : 0;

    private void AddData(ReadOnlyMemory<byte> data)
    {
        _frame.Append(data);
        if (data.Length >= 2)
            _ended = data.Span[^2] == 0xFF && data.Span[^1] == 0xD9;
    }

    private void Deliver()
    {
        if (!_ended)
            _frame.AppendLiteral([0xFF, 0xD9]);
        sink.Deliver(new FrameInfo(_timestamp, 0, Key: true), _frame);
    }

    private void Drop(long timestamp)
    {
        _frame.Clear();
        sink.Miss(timestamp, othersNeedIt: false);
    }
}
