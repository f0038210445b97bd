using System.Buffers.Binary;

namespace Recorder.Media.Mp4;

/// <summary>A box of ISO BMFF inside bytes that hold all of it: where it is and what it is called.</summary>
/// <param name="Type">Its four characters as a number.</param>
/// <param name="Start">Where its header begins.</param>
/// <param name="Body">Where its content begins.</param>
/// <param name="End">The byte behind it.</param>
internal readonly record struct Mp4Box(uint Type, int Start, int Body, int End)
{
    public const uint Moov = 0x6d6f6f76, Trak = 0x7472616b, Tkhd = 0x746b6864, Edts = 0x65647473, Elst = 0x656c7374, Mdia = 0x6d646961,
        Mdhd = 0x6d646864, Hdlr = 0x68646c72, Minf = 0x6d696e66, Stbl = 0x7374626c, Stsd = 0x73747364, Mvhd = 0x6d766864,
        Mvex = 0x6d766578, Mehd = 0x6d656864, Trex = 0x74726578, Moof = 0x6d6f6f66, Mfhd = 0x6d666864, Traf = 0x74726166,
        Tfhd = 0x74666864, Tfdt = 0x74666474, Trun = 0x7472756e, Mdat = 0x6d646174, Ftyp = 0x66747970, Sidx = 0x73696478;

    /// <summary>Reads the header of a box.</summary>
    /// <param name="bytes">Its first bytes, at least 8, or 16 where the size takes 64 bits.</param>
    /// <param name="type">Its name.</param>
    /// <param name="size">All of its bytes; 0 means to the end of the file.</param>
    /// <returns>The header's length; 0 when there are too few bytes.</returns>
    public static int ReadHeader(ReadOnlySpan<byte> bytes, out uint type, out long size)
    {
        (type, size) = (0, 0);
        if (bytes.Length < 8)
        {
            return 0;
        }

        type = BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]);
        size = BinaryPrimitives.ReadUInt32BigEndian(bytes);
        if (size != 1)
        {
            return 8;
        }

        if (bytes.Length < 16)
        {
            return 0;
        }

        size = BinaryPrimitives.ReadInt64BigEndian(bytes[8..]);
        return 16;
    }

    /// <summary>The box that begins at a place; false when none does that ends before <paramref name="end"/>.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, int at, int end, out Mp4Box box)
    {
        box = default;
        var header = at < end ? ReadHeader(bytes[at..end], out var type, out var size) : ReadHeader([], out type, out size);
        if (header == 0 || size < header || size > end - at)
        {
            return false;
        }

        box = new Mp4Box(type, at, at + header, at + (int)size);
        return true;
    }

    /// <summary>The first box of a name among those between two places; false when there is none.</summary>
    public static bool TryFind(ReadOnlySpan<byte> bytes, int at, int end, uint wanted, out Mp4Box box)
    {
        while (TryRead(bytes, at, end, out box))
        {
            if (box.Type == wanted)
            {
                return true;
            }

            at = box.End;
        }

        return false;
    }
}
