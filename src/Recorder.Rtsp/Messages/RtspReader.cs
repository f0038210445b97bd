using System.Buffers.Binary;

namespace Recorder.Rtsp.Messages;

internal enum ReadResult
{
    /// <summary>All that can be understood is consumed; the rest needs more bytes behind it.</summary>
    More = 0,
    Frame = 1,
    Message = 2,
}

/// <summary>RTP or RTCP between the messages of a connection.</summary>
/// <param name="Payload">A part of the bytes that were given to the reader, not a copy.</param>
internal readonly record struct InterleavedFrame(byte Channel, ReadOnlyMemory<byte> Payload);

/// <summary>Splits what a server sends into interleaved frames and messages. The caller holds the bytes: it calls until More is answered,
/// then keeps what was not consumed in front of what it receives next. <see cref="MostKept"/> bytes are always enough for that. After
/// an exception the connection is of no use.</summary>
internal sealed class RtspReader
{
    public const int MostHeadBytes = 64 << 10;
    public const int MostBodyBytes = 1 << 20;

    /// <summary>Bytes in a row that are no RTSP.</summary>
    public const int MostSkippedBytes = 64 << 10;

    /// <summary>A connection is at an end before more bytes than this are kept.</summary>
    public const int MostKept = MostHeadBytes + FrameHead;

    private const int FrameHead = 4;

    private readonly bool[] _channels = new bool[256];
    private bool _hasUnderstood;

    // Between messages and frames is something else: what comes next must look like a frame or a response.
    private bool _isLost;
    private int _skippedInARow;

    private bool _isInHead;
    private int _headScanned;
    private RtspMessage? _withoutBody;
    private byte[] _body = [];
    private int _bodyReceived;

    /// <summary>Bytes of this connection that were neither message nor frame.</summary>
    public long SkippedBytes { get; private set; }

    /// <summary>A frame of this channel is a sign of where frames begin, after bytes that are no RTSP.</summary>
    public void UseChannel(byte channel) => _channels[channel] = true;

    /// <exception cref="RtspException">Malformed or TooMuch.</exception>
    public ReadResult TryRead(ReadOnlyMemory<byte> received, out int consumed, out InterleavedFrame frame, out RtspMessage? message)
    {
        (consumed, frame, message) = (0, default, null);
        var bytes = received.Span;
        while (consumed < bytes.Length)
        {
            if (_withoutBody is not null)
                return ReadBody(bytes, ref consumed, ref message);

            if (_isInHead)
            {
                if (!ReadHead(bytes, ref consumed, ref message))
                    return ReadResult.More;
                if (message is not null)
                    return ReadResult.Message;
                continue;
            }

            switch (RtspStart.Recognise(bytes[consumed..], _isLost, _channels))
            {
                case StartKind.Undecided:
                    return ReadResult.More;
                case StartKind.Frame:
                    return ReadFrame(received, ref consumed, ref frame);
                case StartKind.Head:
                    _isInHead = true;
                    break;
                case StartKind.Blank:
                    consumed++;
                    break;
                default:
                    Skip(bytes, ref consumed);
                    break;
            }
        }

        return ReadResult.More;
    }

    private ReadResult ReadFrame(ReadOnlyMemory<byte> received, ref int consumed, ref InterleavedFrame frame)
    {
        var rest = received.Span[consumed..];
        if (rest.Length < FrameHead)
            return ReadResult.More;

        var length = BinaryPrimitives.ReadUInt16BigEndian(rest[2..]);
        if (rest.Length - FrameHead < length)
            return ReadResult.More;

        frame = new InterleavedFrame(rest[1], received.Slice(consumed + FrameHead, length));
        consumed += FrameHead + length;
        Understand();
        return ReadResult.Frame;
    }

    // False if the head is not complete.
    private bool ReadHead(ReadOnlySpan<byte> bytes, ref int consumed, ref RtspMessage? message)
    {
        var rest = bytes[consumed..];
        var end = FindEnd(rest);
        if ((end == 0 ? rest.Length : end) > MostHeadBytes)
            throw new RtspException(RtspFault.TooMuch, "it sends a message whose head has more than 64 KiB");

        if (end == 0)
            return false;

        var head = RtspHead.Parse(rest[..end]);
        var length = RtspHead.BodyLength(head);
        if (length > MostBodyBytes)
            throw new RtspException(RtspFault.TooMuch, "it sends a message of more than 1 MiB");

        (_isInHead, _headScanned) = (false, 0);
        consumed += end;
        Understand();
        if (length == 0)
            message = head;
        else
            (_withoutBody, _body, _bodyReceived) = (head, new byte[length], 0);
        return true;
    }

    // The length of the head with its blank line; 0 if that is not there yet. Each byte is looked at once, however it is split.
    private int FindEnd(ReadOnlySpan<byte> rest)
    {
        while (true)
        {
            var at = rest[_headScanned..].IndexOf((byte)'\n');
            if (at < 0)
            {
                _headScanned = rest.Length;
                return 0;
            }

            var next = _headScanned + at + 1;
            var isReturn = next < rest.Length && rest[next] == '\r';
            var feed = isReturn ? next + 1 : next;
            if (feed >= rest.Length)
            {
                _headScanned = next - 1;
                return 0;
            }

            if (rest[feed] == '\n')
                return feed + 1;

            _headScanned = next;
        }
    }

    // Bodies are copied as they come, so that the caller need not keep a megabyte.
    private ReadResult ReadBody(ReadOnlySpan<byte> bytes, ref int consumed, ref RtspMessage? message)
    {
        var length = Math.Min(_body.Length - _bodyReceived, bytes.Length - consumed);
        bytes.Slice(consumed, length).CopyTo(_body.AsSpan(_bodyReceived));
        consumed += length;
        _bodyReceived += length;
        if (_bodyReceived < _body.Length)
            return ReadResult.More;

        message = _withoutBody! with { Body = _body };
        (_withoutBody, _body) = (null, []);
        return ReadResult.Message;
    }

    private void Understand() => (_hasUnderstood, _isLost, _skippedInARow) = (true, false, 0);

    private void Skip(ReadOnlySpan<byte> bytes, ref int consumed)
    {
        if (!_hasUnderstood)
            throw new RtspException(RtspFault.Malformed, "what answers there is no RTSP server");

        var length = bytes[(consumed + 1)..].IndexOfAny((byte)'$', (byte)'R', (byte)'r') + 1;
        if (length == 0)
            length = bytes.Length - consumed;

        _isLost = true;
        consumed += length;
        SkippedBytes += length;
        _skippedInARow += length;
        if (_skippedInARow > MostSkippedBytes)
            throw new RtspException(RtspFault.Malformed, "it sends more than 64 KiB that are no RTSP");
    }
}
