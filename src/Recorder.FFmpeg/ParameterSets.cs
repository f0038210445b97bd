using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Recorder.FFmpeg;

/// <summary>
/// The parameter sets of H.264 and HEVC: in a codec header (avcC, hvcC, or NAL units between start codes) and in packets, whose NAL units
/// stand between start codes (Annex B) or behind their lengths. Taken out, they are written with start codes.
/// </summary>
internal sealed class ParameterSets
{
    private const byte ArrayIsComplete = 0x80;

    private readonly bool _h264;
    private readonly List<byte> _found = new(128);

    private ParameterSets(bool h264) => _h264 = h264;

    private static ReadOnlySpan<byte> StartCode => [0, 0, 1];

    /// <summary>For a codec by FFmpeg's name; null for one without parameter sets.</summary>
    public static ParameterSets? For(string codec) => codec switch
    {
        "h264" => new ParameterSets(h264: true),
        "hevc" => new ParameterSets(h264: false),
        _ => null,
    };

    /// <summary>Bytes of a length in packets made for a codec header; 0 where start codes stand instead.</summary>
    public int LengthSize(ReadOnlySpan<byte> header)
    {
        var (at, least) = _h264 ? (4, 7) : (21, 23);
        return header.Length >= least && header[0] == 1 ? (header[at] & 3) + 1 : 0;
    }

    /// <summary>The sets of a packet, valid until the next call; empty when it holds none.</summary>
    public ReadOnlySpan<byte> OfPacket(ReadOnlySpan<byte> data, int lengthSize)
    {
        _found.Clear();
        // Some senders put start codes where lengths were announced.
        if (lengthSize == 0 || AnnexB.Is(data))
        {
            for (var rest = AnnexB.Is(data) ? data : default; AnnexB.TryNext(ref rest, out var unit) && Note(unit);)
            {
            }
        }
        else
        {
            for (var rest = data; TryNext(ref rest, lengthSize, out var unit) && Note(unit);)
            {
            }
        }
        return CollectionsMarshal.AsSpan(_found);
    }

    /// <summary>The sets of a codec header, valid until the next call; empty when it holds none.</summary>
    public ReadOnlySpan<byte> OfHeader(ReadOnlySpan<byte> header)
    {
        if (LengthSize(header) == 0)
            return OfPacket(header, 0);
        _found.Clear();
        if (_h264)
        {
            var rest = header[6..];
            NoteSome(ref rest, header[5] & 0x1f);
            if (!rest.IsEmpty)
            {
                var picture = rest[1..];
                NoteSome(ref picture, rest[0]);
            }
        }
        else
        {
            var rest = header[23..];
            for (int arrays = header[22]; arrays > 0 && rest.Length >= 3; arrays--)
            {
                var count = BinaryPrimitives.ReadUInt16BigEndian(rest[1..]);
                rest = rest[3..];
                NoteSome(ref rest, count);
            }
        }
        return CollectionsMarshal.AsSpan(_found);
    }

    /// <summary>The codec header for sets between start codes, in the form that packets with such lengths need.</summary>
    /// <param name="sets">Sets between start codes.</param>
    /// <param name="lengthSize">Bytes of a length in packets; 0 for start codes.</param>
    /// <returns>Null when the sets cannot make one.</returns>
    public byte[]? ToHeader(ReadOnlySpan<byte> sets, int lengthSize) =>
        lengthSize == 0 ? sets.ToArray() : _h264 ? ToAvcC(sets, lengthSize) : ToHvcC(sets, lengthSize);

    /// <summary>NAL units between start codes as a packet carries them: behind lengths of so many bytes, or (0) between start codes.</summary>
    public static byte[] InBand(ReadOnlySpan<byte> units, int lengthSize)
    {
        var bytes = new List<byte>(units.Length + 16);
        while (AnnexB.TryNext(ref units, out var unit))
        {
            if (unit.IsEmpty)
                continue;
            if (lengthSize == 0)
                bytes.Add(0);
            for (var shift = (lengthSize - 1) * 8; shift >= 0; shift -= 8)
                bytes.Add((byte)(unit.Length >> shift));
            if (lengthSize == 0)
                bytes.AddRange(StartCode);
            bytes.AddRange(unit);
        }
        return [.. bytes];
    }

    /// <summary>Whether all of some sets are among others, both between start codes.</summary>
    public static bool Contains(ReadOnlySpan<byte> known, ReadOnlySpan<byte> sets)
    {
        while (AnnexB.TryNext(ref sets, out var unit))
        {
            var found = false;
            for (var rest = known; !found && AnnexB.TryNext(ref rest, out var other);)
                found = other.SequenceEqual(unit);
            if (!found)
                return false;
        }
        return true;
    }

    /// <summary>The sets in force after some came: they take the place of those with the same type and number.</summary>
    public byte[] Merge(ReadOnlySpan<byte> known, ReadOnlySpan<byte> sets)
    {
        var merged = new List<byte>(known.Length + sets.Length);
        while (AnnexB.TryNext(ref known, out var unit))
        {
            var replaced = false;
            for (var rest = sets; !replaced && AnnexB.TryNext(ref rest, out var other);)
                replaced = !unit.IsEmpty && !other.IsEmpty && NameOf(other) == NameOf(unit);
            if (!replaced)
            {
                merged.AddRange(StartCode);
                merged.AddRange(unit);
            }
        }
        merged.AddRange(sets);
        return [.. merged];
    }

    /// <summary>The picture size that the sets state; 0 × 0 when they do not.</summary>
    public (int Width, int Height) SizeOf(ReadOnlySpan<byte> sets) => SequenceSize.Of(sets, _h264);

    private static bool TryNext(ref ReadOnlySpan<byte> rest, int lengthSize, out ReadOnlySpan<byte> unit)
    {
        unit = default;
        if (rest.Length < lengthSize)
            return false;
        var length = 0L;
        foreach (var value in rest[..lengthSize])
            length = length << 8 | value;
        rest = rest[lengthSize..];
        if (length > rest.Length)
            return false;
        unit = rest[..(int)length];
        rest = rest[(int)length..];
        return true;
    }

    private int TypeOf(ReadOnlySpan<byte> unit) => _h264 ? unit[0] & 0x1f : unit[0] >> 1 & 0x3f;

    /// <summary>Whether a NAL unit is a part of a picture.</summary>
    public bool IsPicture(ReadOnlySpan<byte> unit) => TypeOf(unit) is var type && (_h264 ? type is >= 1 and <= 5 : type < 32);

    /// <summary>Type and number of a set. Of HEVC's sequence parameter sets, whose number stands behind much else, a stream has one.</summary>
    private (int Type, int Number) NameOf(ReadOnlySpan<byte> unit)
    {
        var type = TypeOf(unit);
        var at = (_h264, type) switch
        {
            (true, 7) => 4,
            (true, _) => 1,
            (false, 34) => 2,
            _ => unit.Length,
        };
        return (type, at < unit.Length ? new BitReader(unit[at..]).ReadUnsigned() : 0);
    }

    private bool IsSet(int type) => _h264 ? type is 7 or 8 : type is 32 or 33 or 34;

    /// <summary>Whether sets may follow: not behind those that were found, and not behind the picture.</summary>
    private bool Note(ReadOnlySpan<byte> unit)
    {
        if (unit.IsEmpty)
            return true;
        var type = TypeOf(unit);
        if (!IsSet(type))
            return _found.Count == 0 && !IsPicture(unit);
        // Some senders say the same twice, with one key frame and not with the next.
        if (CollectionsMarshal.AsSpan(_found).IndexOf(unit) < 0)
        {
            _found.AddRange(StartCode);
            _found.AddRange(unit);
        }
        return true;
    }

    private void NoteSome(ref ReadOnlySpan<byte> rest, int count)
    {
        for (; count > 0 && TryNext(ref rest, sizeof(ushort), out var unit); count--)
        {
            if (!unit.IsEmpty && IsSet(TypeOf(unit)))
            {
                _found.AddRange(StartCode);
                _found.AddRange(unit);
            }
        }
    }

    private byte[]? ToAvcC(ReadOnlySpan<byte> sets, int lengthSize)
    {
        var sequence = Of(sets, 7);
        if (sequence.Count == 0 || sequence[0].Length < 4)
            return null;
        List<byte> header = [1, .. sequence[0].AsSpan(1, 3), (byte)(0xfc | lengthSize - 1), (byte)(0xe0 | sequence.Count)];
        sequence.ForEach(unit => AddUnit(header, unit));
        var picture = Of(sets, 8);
        header.Add((byte)picture.Count);
        picture.ForEach(unit => AddUnit(header, unit));
        if (SequenceSize.AvcFormat(AnnexB.Unescape(sequence[0])) is var (chroma, luma, depth))
            header.AddRange([(byte)(0xfc | chroma), (byte)(0xf8 | luma), (byte)(0xf8 | depth), 0]);
        return [.. header];
    }

    private byte[]? ToHvcC(ReadOnlySpan<byte> sets, int lengthSize)
    {
        const int General = 12;
        var sequence = Of(sets, 33);
        if (sequence.Count == 0)
            return null;
        var plain = AnnexB.Unescape(sequence[0]);
        if (plain.Length < 3 + General || SequenceSize.HevcFormat(plain) is not var (chroma, luma, depth))
            return null;
        var subLayers = plain[2] >> 1 & 7;
        List<byte> header =
        [
            1, .. plain.AsSpan(3, General), 0xf0, 0, 0xfc, (byte)(0xfc | chroma), (byte)(0xf8 | luma), (byte)(0xf8 | depth), 0, 0,
            (byte)(subLayers + 1 << 3 | (plain[2] & 1) << 2 | lengthSize - 1), 3,
        ];
        foreach (var type in (ReadOnlySpan<byte>)[32, 33, 34])
        {
            var units = Of(sets, type);
            header.AddRange([(byte)(ArrayIsComplete | type), (byte)(units.Count >> 8), (byte)units.Count]);
            units.ForEach(unit => AddUnit(header, unit));
        }
        return [.. header];
    }

    private List<byte[]> Of(ReadOnlySpan<byte> sets, int type)
    {
        var units = new List<byte[]>();
        while (AnnexB.TryNext(ref sets, out var unit))
        {
            if (!unit.IsEmpty && TypeOf(unit) == type && units.Count < 31)
                units.Add(unit.ToArray());
        }
        return units;
    }

    private static void AddUnit(List<byte> header, byte[] unit) =>
        header.AddRange([(byte)(unit.Length >> 8), (byte)unit.Length, .. unit]);
}
