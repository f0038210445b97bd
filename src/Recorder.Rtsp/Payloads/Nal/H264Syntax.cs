namespace Recorder.Rtsp.Payloads;

/// <summary>The NAL units of H.264 (ITU-T H.264 section 7.3.1 and table 7-1).</summary>
internal sealed class H264Syntax : INalSyntax
{
    public const int Sps = 7;
    public const int Pps = 8;

    public int HeaderLength => 1;

    public NalUnit Read(ReadOnlySpan<byte> unit)
    {
        var type = (byte)(unit[0] & 31);
        return type switch
        {
            // first_mb_in_slice is an Exp-Golomb number: 0 is a single bit 1.
            1 or 2 or 5 => new NalUnit(type, NalRole.Slice)
            {
                First = unit.Length > 1 && (unit[1] & 0x80) != 0,
                Key = type == 5,
                Disposable = (unit[0] & 0x60) == 0,
            },
            3 or 4 => new NalUnit(type, NalRole.Slice) { Disposable = (unit[0] & 0x60) == 0 },
            6 => new NalUnit(type, NalRole.Leading) { Key = SaysRecoveryPoint(unit[1..]) },
            Sps => new NalUnit(type, NalRole.Opening),
            Pps or 13 or 15 or 16 or 17 or 18 => new NalUnit(type, NalRole.Leading),
            9 => new NalUnit(type, NalRole.Delimiter),
            0 or > 23 => new NalUnit(type, NalRole.Unusable),
            _ => new NalUnit(type, NalRole.Other),
        };
    }

    // SEI: messages of type, size and payload, where 255 means that the number goes on (section 7.3.2.3.1).
    private static bool SaysRecoveryPoint(ReadOnlySpan<byte> messages)
    {
        const int recoveryPoint = 6;
        while (messages.Length > 2)
        {
            var type = Number(ref messages);
            var size = Number(ref messages);
            if (type == recoveryPoint)
                return true;
            if (size >= messages.Length)
                return false;

            messages = messages[size..];
        }

        return false;
    }

    private static int Number(ref ReadOnlySpan<byte> bytes)
    {
        var number = 0;
        while (!bytes.IsEmpty)
        {
            var next = bytes[0];
            bytes = bytes[1..];
            number += next;
            if (next != 255)
                break;
        }

        return number;
    }
}
