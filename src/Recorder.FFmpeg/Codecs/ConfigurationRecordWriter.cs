namespace Recorder.FFmpeg;

/// <summary>Makes decoder configuration records (ISO 14496-15) of parameter sets between start codes.</summary>
internal static class ConfigurationRecordWriter
{
    private const byte ArrayIsComplete = 0x80;
    private const int MostUnits = 31;

    public static byte[]? Avc(ReadOnlySpan<byte> sets, int lengthSize)
    {
        var sequence = Select(sets, NalUnit.IsAvcSequenceSet);
        if (sequence.Count == 0 || sequence[0].Length < 4)
            return null;
        List<byte> record = [1, .. sequence[0].AsSpan(1, 3), (byte)(0xfc | lengthSize - 1), (byte)(0xe0 | sequence.Count)];
        sequence.ForEach(unit => NalUnit.Append(record, unit, sizeof(ushort)));
        var picture = Select(sets, header => NalUnit.AvcType(header) == NalUnit.AvcPictureSet);
        record.Add((byte)picture.Count);
        picture.ForEach(unit => NalUnit.Append(record, unit, sizeof(ushort)));
        if (SequenceParameterSet.AvcFormat(AnnexB.Unescape(sequence[0])) is var (chroma, luma, depth))
            record.AddRange([(byte)(0xfc | chroma), (byte)(0xf8 | luma), (byte)(0xf8 | depth), 0]);
        return [.. record];
    }

    public static byte[]? Hevc(ReadOnlySpan<byte> sets, int lengthSize)
    {
        const int General = 12;
        var sequence = Select(sets, NalUnit.IsHevcSequenceSet);
        if (sequence.Count == 0)
            return null;
        var plain = AnnexB.Unescape(sequence[0]);
        if (plain.Length < 3 + General || SequenceParameterSet.HevcFormat(plain) is not var (chroma, luma, depth))
            return null;
        var subLayers = plain[2] >> 1 & 7;
        List<byte> record =
        [
            1, .. plain.AsSpan(3, General), 0xf0, 0, 0xfc, (byte)(0xfc | chroma), (byte)(0xf8 | luma), (byte)(0xf8 | depth), 0, 0,
            (byte)(subLayers + 1 << 3 | (plain[2] & 1) << 2 | lengthSize - 1), 3,
        ];
        foreach (var type in (ReadOnlySpan<byte>)[NalUnit.HevcVideoSet, NalUnit.HevcSequenceSet, NalUnit.HevcPictureSet])
        {
            var units = Select(sets, header => NalUnit.HevcType(header) == type);
            record.AddRange([(byte)(ArrayIsComplete | type), (byte)(units.Count >> 8), (byte)units.Count]);
            units.ForEach(unit => NalUnit.Append(record, unit, sizeof(ushort)));
        }
        return [.. record];
    }

    private static List<byte[]> Select(ReadOnlySpan<byte> sets, Func<byte, bool> header)
    {
        var units = new List<byte[]>();
        while (AnnexB.TryNext(ref sets, out var unit))
        {
            if (!unit.IsEmpty && header(unit[0]) && units.Count < MostUnits)
                units.Add(unit.ToArray());
        }
        return units;
    }
}
