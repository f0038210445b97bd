namespace Recorder.FFmpeg;

/// <summary>Parameter sets of a configuration record, each behind its length, to stand in front of a frame.</summary>
internal sealed record InBandSets(int LengthSize, byte[] Units)
{
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
