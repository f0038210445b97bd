using System.Buffers.Binary;

namespace Recorder.Media.Mp4;

/// <summary>
/// The parameter sets of a decoder configuration record (ISO 14496-15: <c>avcC</c>, <c>hvcC</c>) as NAL units with their lengths,
/// ready to be inserted before a key frame: a decoder that reads them there goes on with another size or other settings.
/// </summary>
/// <param name="LengthSize">Bytes that the length of a NAL unit takes in the stream.</param>
/// <param name="Units">The sets, each behind its length; empty when the record has none.</param>
internal sealed record ParameterSets(int LengthSize, byte[] Units)
{
    private const int HevcArrays = 23;

    /// <summary>Reads the record of H.264; null when it is damaged or another format.</summary>
    public static ParameterSets? OfAvc(ReadOnlySpan<byte> record)
    {
        if (record.Length < 7 || record[0] != 1)
        {
            return null;
        }

        var sets = new Reader(record, 6, (record[4] & 3) + 1);
        return sets.Take(record[5] & 0x1f) && sets.TakeCount(out var pictureSets) && sets.Take(pictureSets) ? sets.Done() : null;
    }

    /// <summary>Reads the record of HEVC; null when it is damaged or another format.</summary>
    public static ParameterSets? OfHevc(ReadOnlySpan<byte> record)
    {
        if (record.Length < HevcArrays || record[0] != 1)
        {
            return null;
        }

        var sets = new Reader(record, HevcArrays, (record[21] & 3) + 1);
        for (var arrays = record[HevcArrays - 1]; arrays > 0; arrays--)
        {
            if (!sets.TakeArray())
            {
                return null;
            }
        }

        return sets.Done();
    }

    private ref struct Reader(ReadOnlySpan<byte> record, int at, int lengthSize)
    {
        private readonly ReadOnlySpan<byte> _record = record;
        private readonly MemoryStream _units = new();
        private int _at = at;

        public readonly ParameterSets Done() => new(lengthSize, _units.ToArray());

        public bool TakeCount(out int count)
        {
            count = _at < _record.Length ? _record[_at] : 0;
            return _at++ < _record.Length;
        }

        // An array has a type, a count and so many sets.
        public bool TakeArray()
        {
            if (_at + 3 > _record.Length)
            {
                return false;
            }

            var count = BinaryPrimitives.ReadUInt16BigEndian(_record[(_at + 1)..]);
            _at += 3;
            return Take(count);
        }

        // Takes so many sets; false when the record ends before.
        public bool Take(int count)
        {
            Span<byte> length = stackalloc byte[4];
            for (; count > 0; count--)
            {
                if (_at + 2 > _record.Length)
                {
                    return false;
                }

                var end = _at + 2 + BinaryPrimitives.ReadUInt16BigEndian(_record[_at..]);
                if (end > _record.Length)
                {
                    return false;
                }

                BinaryPrimitives.WriteInt32BigEndian(length, end - _at - 2);
                _units.Write(length[^lengthSize..]);
                _units.Write(_record[(_at + 2)..end]);
                _at = end;
            }

            return true;
        }
    }
}
