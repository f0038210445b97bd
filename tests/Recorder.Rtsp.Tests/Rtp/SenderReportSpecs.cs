using System.Buffers.Binary;
using Recorder.Rtsp.Rtp;

namespace Recorder.Rtsp.Tests.Rtp;

public class SenderReportSpecs
{
    private const ulong Second = 1UL << 32;
    private const ulong Year2026 = 3_976_000_000;

    [Fact]
    public void Report_goodbye_and_others_are_read_of_one_compound_packet()
    {
        var compound = new byte[28 + 8 + 8];
        compound[0] = 0x80;
        compound[1] = 200;
        compound[3] = 6;
        BinaryPrimitives.WriteUInt32BigEndian(compound.AsSpan(4), 7);
        BinaryPrimitives.WriteUInt64BigEndian(compound.AsSpan(8), (Year2026 * Second) + (Second / 2));
        BinaryPrimitives.WriteUInt32BigEndian(compound.AsSpan(16), 90000);
        BinaryPrimitives.WriteUInt32BigEndian(compound.AsSpan(20), 11);
        (compound[28], compound[29], compound[31]) = (0x81, 202, 1);
        (compound[36], compound[37], compound[39], compound[43]) = (0x81, 203, 1, 7);

        var reader = new RtcpReader(compound);
        reader.TryNext().ShouldBeTrue();
        var report = reader.Report.ShouldNotBeNull();
        (report.Source, report.Timestamp, report.Packets).ShouldBe((7u, 90000u, 11u));
        report.WallClockUs.ShouldBe(((long)Year2026 - 2_208_988_800) * 1_000_000 + 500_000);
        reader.TryNext().ShouldBeTrue();
        (reader.Report, reader.Goodbye).ShouldBe((null, null));
        reader.TryNext().ShouldBeTrue();
        reader.Goodbye.ShouldBe(7u);
        reader.TryNext().ShouldBeFalse();
    }

    [Fact]
    public void Every_cut_of_a_compound_packet_ends_the_reading()
    {
        byte[] bytes = [0x80, 200, 0, 6, .. new byte[24], 0x81, 203, 0, 1, 0, 0, 0, 7];
        for (var length = 0; length < bytes.Length; length++)
        {
            var reader = new RtcpReader(bytes.AsSpan(0, length));
            var read = 0;
            while (reader.TryNext())
                read++;

            read.ShouldBe(length >= 28 ? 1 : 0);
        }
    }

    [Fact]
    public void Sender_without_a_clock_states_no_time() => new SenderReport(1, 12345, 0, 0).WallClockUs.ShouldBe(0);

    [Fact]
    public void Clock_that_counts_from_1970_is_taken_as_it_is_meant() =>
        new SenderReport(1, 1_790_000_000 * Second, 0, 0).WallClockUs.ShouldBe(1_790_000_000L * 1_000_000);

    [Fact]
    public void Era_after_2036_is_known() =>
        new SenderReport(1, 86_400 * Second, 0, 0).WallClockUs.ShouldBe(DateTimeOffset.Parse("2036-02-08T06:28:16Z", null).ToUnixTimeMilliseconds() * 1000);
}
