using System.Buffers.Binary;

namespace Recorder.Media.Mp4;

/// <summary>Where a box (ISO/IEC 14496-12, 4.2) lies in bytes that hold all of it.</summary>
internal readonly record struct Mp4Box(uint Type, int Start, int Body, int End)
{
    public const uint Moov = 0x6d6f6f76, Trak = 0x7472616b, Tkhd = 0x746b6864, Edts = 0x65647473, Elst = 0x656c7374, Mdia = 0x6d646961,
        Mdhd = 0x6d646864, Hdlr = 0x68646c72, Minf = 0x6d696e66, Stbl = 0x7374626c, Stsd = 0x73747364, Mvhd = 0x6d766864,
        Mvex = 0x6d766578, Mehd = 0x6d656864, Trex = 0x74726578, Moof = 0x6d6f6f66, Mfhd = 0x6d666864, Traf = 0x74726166,
        Tfhd = 0x74666864, Tfdt = 0x74666474, Trun = 0x7472756e, Mdat = 0x6d646174, Ftyp = 0x66747970, Sidx = 0x73696478,
        Free = 0x66726565, Meta = 0x6d657461, Keys = 0x6b657973, Ilst = 0x696c7374, Data = 0x64617461, Mdta = 0x6d647461, Uuid = 0x75756964,
        Stts = 0x73747473, Stco = 0x7374636f, Co64 = 0x636f3634, Tmcd = 0x746d6364, Vide = 0x76696465, Mfra = 0x6d667261;

    public int Length => End - Start;

    /// <summary>Offset behind creation and modification time: of a track's id (<c>tkhd</c>) or a timescale.</summary>
    /// <param name="version">The first byte of the box: version 1 has times of 64 bits.</param>
    public int OffsetBehindTimes(int version) => Body + (version == 1 ? 20 : 12);

    /// <summary>Stands for bytes that are boxes, as if they were the content of one.</summary>
    public static Mp4Box Around(int start, int end) => new(0, start, start, end);

    /// <param name="bytes">Its first bytes, at least 8, or 16 where the size takes 64 bits.</param>
    /// <param name="size">Bytes of the whole box; 0 means up to the end of the file.</param>
    /// <returns>The header's length; 0 when there are too few bytes.</returns>
    public static int ReadHeader(ReadOnlySpan<byte> bytes, out uint type, out long size)
    {
        (type, size) = (0, 0);
        if (bytes.Length < 8)
            return 0;

        type = BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]);
        size = BinaryPrimitives.ReadUInt32BigEndian(bytes);
        if (size != 1)
            return 8;

        if (bytes.Length < 16)
            return 0;

        size = BinaryPrimitives.ReadInt64BigEndian(bytes[8..]);
        return 16;
    }

    /// <summary>Reads the box at an offset; false when none begins there that ends at or before <paramref name="end"/>.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, int at, int end, out Mp4Box box)
    {
        box = default;
        var header = at < end ? ReadHeader(bytes[at..end], out var type, out var size) : ReadHeader([], out type, out size);
        if (header == 0 || size < header || size > end - at)
            return false;

        box = new Mp4Box(type, at, at + header, at + (int)size);
        return true;
    }

    /// <summary>Lists the boxes in this one, up to the first that is damaged.</summary>
    public Mp4Boxes Children(ReadOnlySpan<byte> bytes) => new(bytes, Body, End);

    /// <summary>Finds the first box of a type in this one, or, with more types, further down; false without one.</summary>
    public bool TryFind(ReadOnlySpan<byte> bytes, out Mp4Box found, params ReadOnlySpan<uint> path)
    {
        found = this;
        foreach (var type in path)
        {
            var children = found.Children(bytes);
            do
            {
                if (!children.MoveNext())
                    return false;
            }
            while (children.Current.Type != type);
            found = children.Current;
        }

        return true;
    }
}

/// <summary>Boxes one behind another, for <c>foreach</c>.</summary>
internal ref struct Mp4Boxes(ReadOnlySpan<byte> bytes, int start, int end)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private int _next = start;

    public Mp4Box Current { get; private set; }

    /// <summary>Whether the boxes fill their place to the last byte; known when <see cref="MoveNext"/> returned false.</summary>
    public readonly bool AreWhole => _next == end;

    public readonly Mp4Boxes GetEnumerator() => this;

    public bool MoveNext()
    {
        if (!Mp4Box.TryRead(_bytes, _next, end, out var box))
            return false;

        (Current, _next) = (box, box.End);
        return true;
    }
}
