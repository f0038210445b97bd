namespace Recorder.Rtsp.Payloads;

/// <summary>An open bitstream unit of AV1 (AV1 Bitstream &amp; Decoding Process Specification section 5.3).</summary>
/// <param name="First">The first byte of its header, without the flag of a size.</param>
/// <param name="Extension">The second byte, if there is one.</param>
/// <param name="Payload">What follows header and size.</param>
internal readonly record struct Obu(byte First, byte Extension, ReadOnlyMemory<byte> Payload)
{
    public const int SequenceHeader = 1;
    public const int TemporalDelimiter = 2;
    public const int FrameHeader = 3;
    public const int Frame = 6;
    public const int TileList = 8;

    /// <summary>The bit that says that a size follows the header.</summary>
    public const byte HasSize = 2;

    public int Type => (First >> 3) & 15;

    public bool Extended => (First & 4) != 0;

    // show_existing_frame 0, frame_type 0, show_frame 1.
    public bool IsShownKeyFrame => Type is FrameHeader or Frame && !Payload.IsEmpty && (Payload.Span[0] & 0xF0) == 0x10;

    /// <summary>Reads an OBU or its first fragment, with or without a size; null if it is broken.</summary>
    public static Obu? TryRead(ReadOnlyMemory<byte> bytes)
    {
        var first = bytes.Span[0];
        var extended = (first & 4) != 0;
        if ((first & 0x80) != 0 || (extended && bytes.Length < 2))
            return null;

        var extension = extended ? bytes.Span[1] : (byte)0;
        var payload = bytes[(extended ? 2 : 1)..];
        if ((first & HasSize) == 0)
            return new Obu(first, extension, payload);
        if (!Leb128.TryRead(ref payload, out var size))
            return null;

        return new Obu((byte)(first & ~HasSize), extension, size < payload.Length ? payload[..size] : payload);
    }
}

/// <summary>Numbers in groups of seven bits, the lowest first (AV1 specification section 4.10.5).</summary>
internal static class Leb128
{
    /// <summary>Enough for the size of any frame.</summary>
    public const int MostBytes = 5;

    /// <summary>Reads a number and leaves what follows it. False if it does not end or is too large.</summary>
    public static bool TryRead(ref ReadOnlyMemory<byte> bytes, out int value)
    {
        var span = bytes.Span;
        var number = 0L;
        value = 0;
        for (var i = 0; i < Math.Min(8, span.Length); i++)
        {
            number |= (span[i] & 0x7FL) << (7 * i);
            if ((span[i] & 0x80) != 0)
                continue;
            if (number > FrameAssembler.MostBytes)
                return false;

            value = (int)number;
            bytes = bytes[(i + 1)..];
            return true;
        }

        return false;
    }

    public static int Write(Span<byte> into, int value)
    {
        var count = 0;
        do
        {
            into[count++] = (byte)((value & 0x7F) | (value > 0x7F ? 0x80 : 0));
            value >>= 7;
        }
        while (value > 0);
        return count;
    }

    /// <summary>The number in four bytes whatever its size, to be written big-endian.</summary>
    public static int InFourBytes(int value) => (int)(0x8080_8000u
        | ((uint)(value & 0x7F) << 24) | ((uint)(value >> 7 & 0x7F) << 16) | ((uint)(value >> 14 & 0x7F) << 8) | (uint)(value >> 21 & 0x7F));
}
