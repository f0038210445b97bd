using System.Buffers.Binary;

namespace Recorder.Media.Mp4;

/// <summary>Reads the fields of a box one after another; a missing field is 0 and sets <see cref="IsCut"/>.</summary>
internal ref struct Mp4Fields(ReadOnlySpan<byte> bytes, Mp4Box box)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes[..box.End];

    /// <summary>Offset of the next field, counted as the box counts.</summary>
    public int Position { get; private set; } = box.Body;

    public bool IsCut { get; private set; }

    public uint UInt32() => Skip(4) ? BinaryPrimitives.ReadUInt32BigEndian(_bytes[(Position - 4)..]) : 0;

    public long Int64() => Skip(8) ? BinaryPrimitives.ReadInt64BigEndian(_bytes[(Position - 8)..]) : 0;

    public bool Skip(int count)
    {
        if (IsCut || count > _bytes.Length - Position)
        {
            IsCut = true;
            return false;
        }

        Position += count;
        return true;
    }

    public static uint ReadBehindTimes(ReadOnlySpan<byte> bytes, Mp4Box box)
    {
        var fields = new Mp4Fields(bytes, box);
        var version = (int)(fields.UInt32() >> 24);
        fields.Skip(box.OffsetBehindTimes(version) - fields.Position);
        return fields.UInt32();
    }
}
