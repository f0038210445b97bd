namespace Recorder.FFmpeg;

/// <summary>
/// The parameter sets of a decoder configuration record (ISO 14496-15: <c>avcC</c>, <c>hvcC</c>), each behind its length, ready
/// to be put in front of a frame: a decoder that reads them there continues with another size or other settings.
/// </summary>
/// <param name="LengthSize">Bytes of a NAL unit's length in the stream.</param>
/// <param name="Units">The sets, each behind its length; empty if the record has none.</param>
internal sealed record InBandSets(int LengthSize, byte[] Units)
{
    /// <summary>Reads the record of a codec; null if the codec has no such record or the record is damaged.</summary>
    public static InBandSets? Of(string codec, ReadOnlySpan<byte> record)
    {
        var h264 = codec == "h264";
        if (!h264 && codec != "hevc" || ConfigurationRecord.LengthSizeOf(record, h264) is not (> 0 and var lengthSize))
            return null;
        var units = new List<byte>(record.Length + 16);
        var reader = new ConfigurationRecord(record, h264);
        while (reader.TryNext(out var unit))
            NalUnit.Append(units, unit, lengthSize);
        return reader.IsTruncated ? null : new InBandSets(lengthSize, [.. units]);
    }
}
