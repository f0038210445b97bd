namespace Recorder.Rtsp.Payloads;

/// <summary>The NAL units of H.265 (ITU-T H.265 section 7.3.1.2 and table 7-1).</summary>
internal sealed class H265Syntax : INalSyntax
{
    public const int Vps = 32;
    public const int Sps = 33;
    public const int Pps = 34;

    public int HeaderLength => 2;

    public NalUnit Read(ReadOnlySpan<byte> unit)
    {
        var type = (byte)((unit[0] >> 1) & 63);
        var layer = ((unit[0] & 1) << 5) | (unit[1] >> 3);
        if (layer != 0)
            return new NalUnit(type, NalRole.Other);

        return type switch
        {
            < 32 => new NalUnit(type, NalRole.Slice)
            {
                First = unit.Length > 2 && (unit[2] & 0x80) != 0,
                Key = type is >= 16 and <= 21,
                Disposable = type < 16 && type % 2 == 0,
            },
            Vps or Sps => new NalUnit(type, NalRole.Opening),
            Pps or 39 or (>= 41 and <= 44) => new NalUnit(type, NalRole.Leading),
            35 => new NalUnit(type, NalRole.Delimiter),
            >= 48 => new NalUnit(type, NalRole.Unusable),
            _ => new NalUnit(type, NalRole.Other),
        };
    }
}
