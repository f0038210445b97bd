namespace Recorder.Rtsp.Payloads;

/// <summary>StreamMuxConfig of LATM (ISO/IEC 14496-3 section 1.7.3): one program of one layer, whose frames have a length each.</summary>
/// <param name="SubFrames">Frames in an element.</param>
/// <param name="OtherDataBits">Bits behind the frames.</param>
/// <param name="BitLength">Bits of the configuration itself.</param>
internal sealed record StreamMux(AudioSpecificConfig Config, int SubFrames, long OtherDataBits, long BitLength)
{
    /// <summary>Null if it is broken or of another form.</summary>
    /// <param name="skip">Bits before it.</param>
    public static StreamMux? Read(ReadOnlySpan<byte> bytes, long skip)
    {
        var bits = new BitReader(bytes);
        bits.Skip(skip);
        var later = bits.ReadFlag();
        if (later && bits.ReadFlag())
            return null;
        if (later)
            ReadValue(ref bits);

        var sameTiming = bits.ReadFlag();
        var subFrames = 1 + (int)bits.Read(6);
        if (!sameTiming || bits.Read(4) != 0 || bits.Read(3) != 0)
            return null;

        var length = later ? ReadValue(ref bits) : 0;
        if (bits.Left < 0 || AudioSpecificConfig.Read(bytes, bits.Position, embedded: true) is not { } config)
            return null;

        bits.Skip(later ? length : config.BitLength);
        if (bits.Read(3) != 0)
            return null;

        bits.Skip(8);
        var other = bits.ReadFlag() ? later ? ReadValue(ref bits) : ReadOtherLength(ref bits) : 0;
        if (bits.ReadFlag())
            bits.Skip(8);
        return bits.Left >= 0 ? new StreamMux(config, subFrames, other, bits.Position - skip) : null;
    }

    private static long ReadValue(ref BitReader bits)
    {
        var count = 1 + (int)bits.Read(2);
        return bits.Read(8 * count);
    }

    private static long ReadOtherLength(ref BitReader bits)
    {
        var length = 0L;
        for (var more = true; more && bits.Left > 0 && length < int.MaxValue;)
        {
            more = bits.ReadFlag();
            length = (length << 8) + bits.Read(8);
        }

        return length;
    }
}
