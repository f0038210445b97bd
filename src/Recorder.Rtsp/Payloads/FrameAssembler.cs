using System.Buffers.Binary;

namespace Recorder.Rtsp.Payloads;

/// <summary>Gathers the pieces of a frame where they were received, and copies them once: when the frame is complete and its size
/// known, or before the receive buffer is used again.</summary>
internal sealed class FrameAssembler(IFrameBuffer buffer)
{
    /// <summary>The largest frame: 64 MiB.</summary>
    public const int MostBytes = 64 << 20;

    private Piece[] _pieces = new Piece[16];
    private int _count;

    // The bytes that are in the buffer already.
    private int _parked;

    /// <summary>The bytes of the frame so far.</summary>
    public int Length { get; private set; }

    public bool IsEmpty => Length == 0;

    /// <summary>Appends received bytes, which stay where they are until <see cref="Park"/>.</summary>
    public void Append(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.IsEmpty)
            return;

        Add(new Piece(bytes, 0, 0), bytes.Length);
    }

    /// <summary>Appends up to 8 bytes of the caller's own, such as a header that is not sent as it is stored.</summary>
    public void AppendLiteral(ReadOnlySpan<byte> bytes)
    {
        Span<byte> literal = stackalloc byte[8];
        bytes.CopyTo(literal);
        Add(new Piece(default, BinaryPrimitives.ReadUInt64LittleEndian(literal), (byte)bytes.Length), bytes.Length);
    }

    /// <summary>Appends more than 8 bytes of the caller's own. They are copied at once.</summary>
    public void AppendCopy(ReadOnlySpan<byte> bytes)
    {
        Park();
        Check(bytes.Length);
        bytes.CopyTo(buffer.Append(bytes.Length));
        Length += bytes.Length;
        _parked = Length;
    }

    /// <summary>Appends four bytes for a length that is not known yet, and returns their place for <see cref="SetLength"/>.</summary>
    public int AppendLengthPlace()
    {
        var place = Length;
        Add(new Piece(default, 0, sizeof(uint)), sizeof(uint));
        return place;
    }

    /// <summary>Fills four bytes that <see cref="AppendLengthPlace"/> left, big-endian.</summary>
    public void SetLength(int place, int length)
    {
        if (place < _parked)
        {
            BinaryPrimitives.WriteInt32BigEndian(buffer.Bytes[place..], length);
            return;
        }

        var at = _parked;
        for (var i = 0; i < _count; i++)
        {
            if (at == place)
            {
                _pieces[i] = _pieces[i] with { Literal = BinaryPrimitives.ReverseEndianness((uint)length) };
                return;
            }

            at += _pieces[i].Length;
        }

        throw new ArgumentOutOfRangeException(nameof(place));
    }

    /// <summary>Removes what was appended from <paramref name="length"/> on.</summary>
    public void Truncate(int length)
    {
        Park();
        if (length >= Length)
            return;

        // Rare: a piece of a frame turned out to be damaged. What is before it is copied again.
        var kept = buffer.Bytes[..length].ToArray();
        Clear();
        AppendCopy(kept);
    }

    /// <summary>Copies the pieces that are still in the receive buffer, which may then be used again. Called after each read.</summary>
    public void Park()
    {
        if (_count == 0)
            return;

        var into = buffer.Append(Length - _parked);
        for (var i = 0; i < _count; i++)
        {
            ref readonly var piece = ref _pieces[i];
            if (piece.LiteralLength > 0)
            {
                var literal = piece.Literal;
                for (var n = 0; n < piece.LiteralLength; n++, literal >>= 8)
                    into[n] = (byte)literal;
            }
            else
            {
                piece.Bytes.Span.CopyTo(into);
            }

            into = into[piece.Length..];
        }

        Array.Clear(_pieces, 0, _count);
        (_count, _parked) = (0, Length);
    }

    /// <summary>The whole frame, whose bytes are then in the buffer.</summary>
    public IFrameBuffer Complete()
    {
        Park();
        (Length, _parked) = (0, 0);
        return buffer;
    }

    /// <summary>Forgets the frame.</summary>
    public void Clear()
    {
        Array.Clear(_pieces, 0, _count);
        (_count, _parked, Length) = (0, 0, 0);
        buffer.Clear();
    }

    private void Add(in Piece piece, int length)
    {
        Check(length);
        if (_count == _pieces.Length)
            Array.Resize(ref _pieces, _count * 2);

        _pieces[_count++] = piece;
        Length += length;
    }

    private void Check(int more)
    {
        if (more > MostBytes - Length)
            throw new RtspException(RtspFault.TooMuch, "it sends a frame of more than 64 MiB");
    }

    private readonly record struct Piece(ReadOnlyMemory<byte> Bytes, ulong Literal, byte LiteralLength)
    {
        public int Length => LiteralLength > 0 ? LiteralLength : Bytes.Length;
    }
}
