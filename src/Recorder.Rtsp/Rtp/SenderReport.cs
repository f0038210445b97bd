using System.Buffers.Binary;

namespace Recorder.Rtsp.Rtp;

/// <summary>What an RTCP sender report states (RFC 3550, 6.4.1).</summary>
/// <param name="Source">The sender (SSRC).</param>
/// <param name="Ntp">The sender's wall clock: seconds since 1900 in the upper, their fraction in the lower 32 bits; 0 if it has none.</param>
/// <param name="Timestamp">The RTP timestamp of the same moment.</param>
/// <param name="Packets">Packets sent so far, modulo 2^32.</param>
internal readonly record struct SenderReport(uint Source, ulong Ntp, uint Timestamp, uint Packets)
{
    // From 1900 to 1970.
    private const long UnixEpochSeconds = 2_208_988_800;

    /// <summary>The sender's wall clock in microseconds since 1970; 0 if it states none. Clocks that count from 1970 are taken as
    /// they mean it, and the era that begins in 2036 as well.</summary>
    public long WallClockUs
    {
        get
        {
            if (Ntp >> 32 == 0)
                return 0;

            var seconds = (long)(Ntp >> 32);
            // A wall clock before 2016 in the first era is one of the second, or counts from 1970.
            const long Year2016 = UnixEpochSeconds + (46L * 365 * 86_400);
            if (seconds < Year2016)
                seconds += seconds > 1_450_000_000 ? UnixEpochSeconds : 1L << 32;

            var fraction = (long)(((Ntp & uint.MaxValue) * 1_000_000) + (1UL << 31) >> 32);
            return ((seconds - UnixEpochSeconds) * 1_000_000) + fraction;
        }
    }

    /// <summary>The middle 32 bits of the wall clock, which receiver reports return.</summary>
    public uint ShortNtp => (uint)(Ntp >> 16);

    internal static SenderReport Read(ReadOnlySpan<byte> body) => new(
        BinaryPrimitives.ReadUInt32BigEndian(body), BinaryPrimitives.ReadUInt64BigEndian(body[4..]),
        BinaryPrimitives.ReadUInt32BigEndian(body[12..]), BinaryPrimitives.ReadUInt32BigEndian(body[16..]));
}
