using System.Buffers.Binary;

namespace Recorder.FFmpeg;

/// <summary>The codec header of H.264 in MP4 and Matroska (avcC, ISO/IEC 14496-15), and the NAL units that go with it.</summary>
internal static class AvcConfiguration
{
    private const int Prefix = 6;
    private const int SequenceSet = 7;
    private const int PictureSet = 8;

    public static bool Is(ReadOnlySpan<byte> header) => header.Length > Prefix && header[0] == 1;

    /// <summary>Bytes of a unit's length in the packets.</summary>
    public static int LengthSize(ReadOnlySpan<byte> header) => (header[4] & 3) + 1;

    /// <summary>The header with further parameter sets, which have other numbers than those that are there.</summary>
    /// <param name="header">The header.</param>
    /// <param name="sets">In the byte stream format.</param>
    /// <exception cref="ArgumentOutOfRangeException">The header is damaged.</exception>
    public static byte[] With(ReadOnlySpan<byte> header, ReadOnlySpan<byte> sets)
    {
        var (sequence, picture) = (new List<byte>(), new List<byte>());
        var (sequences, pictures) = (0, 0);
        while (AnnexB.TryNext(ref sets, out var unit))
        {
            if (!unit.IsEmpty && (unit[0] & 0x1f) == SequenceSet)
            {
                sequences++;
                AddUnit(sequence, unit, 2);
            }
            else if (!unit.IsEmpty && (unit[0] & 0x1f) == PictureSet)
            {
                pictures++;
                AddUnit(picture, unit, 2);
            }
        }
        var afterSequences = Pass(header, Prefix, header[5] & 0x1f);
        var afterPictures = Pass(header, afterSequences + 1, header[afterSequences]);
        return
        [
            .. header[..5], (byte)(header[5] + sequences), .. header[Prefix..afterSequences], .. sequence,
            (byte)(header[afterSequences] + pictures), .. header[(afterSequences + 1)..afterPictures], .. picture, .. header[afterPictures..],
        ];
    }

    /// <summary>A packet of the byte stream format as the packets of a container are.</summary>
    public static byte[] Packet(ReadOnlySpan<byte> stream, int lengthSize)
    {
        var packet = new List<byte>(stream.Length + 16);
        while (AnnexB.TryNext(ref stream, out var unit))
        {
            if (!unit.IsEmpty)
                AddUnit(packet, unit, lengthSize);
        }
        return [.. packet];
    }

    private static void AddUnit(List<byte> to, ReadOnlySpan<byte> unit, int lengthSize)
    {
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, unit.Length);
        to.AddRange(length[(4 - lengthSize)..]);
        to.AddRange(unit);
    }

    private static int Pass(ReadOnlySpan<byte> header, int at, int units)
    {
        for (; units > 0; units--)
        {
            at += 2 + BinaryPrimitives.ReadUInt16BigEndian(header[at..]);
        }
        return at;
    }
}
