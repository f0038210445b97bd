using Recorder.Rtsp.Payloads;
using static Recorder.Rtsp.Tests.Payloads.Depacketizing;

namespace Recorder.Rtsp.Tests.Payloads;

public sealed class JpegDepacketizerSpecs
{
    private const string Beginning = "FFD8 FFE0 0010 4A46494600 0101 00 0001 0001 0000";

    // Type 1, Q 50, 64x48.
    private const string Plain = "00 000000 01 32 08 06";

    [Fact]
    public void Quality_50_means_the_tables_of_the_standard_and_fragments_are_put_together()
    {
        var frame = One(Packet(Plain + "112233", false), Packet("00 000003 01 32 08 06 445566"));
        frame.AsSpan().StartsWith(Hex(Beginning + "FFDB 0043 00 100B0C0E0C0A100E")).ShouldBeTrue();
        Segment(frame, 0xDB).Length.ShouldBe(67);
        Segment(frame, 0xC0).ShouldBe(Hex("0011 08 0030 0040 03 01 22 00 02 11 01 03 11 01"));
        Segment(frame, 0xC4).Length.ShouldBe(418);
        Segment(frame, 0xDA).ShouldBe(Hex("000C 03 01 00 02 11 03 11 00 3F 00"));
        frame[^8..].ShouldBe(Hex("112233 445566 FFD9"));
    }

    [Theory]
    [InlineData("00 000000 00 32 08 06 11", "21")]
    [InlineData("00 000000 01 32 08 06 11", "22")]
    public void The_type_says_how_colours_are_sampled(string packet, string sampling)
        => Segment(One(Packet(packet)), 0xC0)[9].ShouldBe(Convert.ToByte(sampling, 16));

    [Theory]
    [InlineData(1, 255)]
    [InlineData(75, 8)]
    [InlineData(99, 1)]
    [InlineData(110, 1)]
    public void The_quality_scales_the_tables(int quality, int first)
        => Segment(One(Packet($"00 000000 01 {quality:X2} 08 06 11")), 0xDB)[3].ShouldBe((byte)first);

    [Fact]
    public void A_restart_interval_is_written()
        => Segment(One(Packet("00 000000 41 32 08 06 0010 FFFF 11")), 0xDD).ShouldBe(Hex("0004 0010"));

    [Fact]
    public void Tables_that_are_sent_are_used_and_remembered()
    {
        var tables = Convert.ToHexString([.. Enumerable.Range(1, 128).Select(i => (byte)i)]);
        var log = Find("JPEG").Receive(Packet($"00 000000 01 80 08 06 0000 0080 {tables} 11"), Packet("00 000000 01 80 08 06 0000 0000 22"));
        log.Frames.Count.ShouldBe(2);
        foreach (var frame in log.Frames)
            Segment(frame.Bytes, 0xDB)[2..].ShouldBe([0, .. Enumerable.Range(1, 64).Select(i => (byte)i)]);
        log.Frames[1].Bytes[^3..].ShouldBe(Hex("22 FFD9"));
    }

    [Fact]
    public void Tables_may_have_sixteen_bits_or_be_alone()
    {
        var frame = One(Packet($"00 000000 01 FF 08 06 0001 0080 {new string('1', 256)} 11"));
        Segment(frame, 0xDB)[..3].ShouldBe(Hex("0083 10"));
        Segment(frame, 0xC0)[^4..].ShouldBe(Hex("00 03 11 00"));
    }

    [Fact]
    public void A_size_that_does_not_fit_is_in_the_extension_or_in_the_description()
    {
        var log = new FrameLog();
        var packet = Hex("00 000000 01 32 00 00 11");
        var extension = Hex("ABAC 0008 0000000000000000 00000000 FFD8 0004 FFC0 0011 08 0870 0F00 03 012200021101031101");
        Find("JPEG").Create(log, log).Add(new RtpPayload(packet, 0, true, 0) { Extension = extension });
        Segment(log.Frames.ShouldHaveSingleItem().Bytes, 0xC0)[2..7].ShouldBe(Hex("08 0870 0F00"));

        var described = Find("JPEG", parameters: [("width", "3840"), ("height", "2160")]).Receive(new Sent(packet, 0, true));
        Segment(described.Frames.ShouldHaveSingleItem().Bytes, 0xC0)[2..7].ShouldBe(Hex("08 0870 0F00"));
    }

    [Fact]
    public void A_picture_ends_with_the_marker_or_with_the_beginning_of_the_next_one()
    {
        var log = Find("JPEG").Receive(Packet(Plain + "11", false), Packet(Plain + "22", false, 3600), Packet(Plain + "33FFD9", true, 7200));
        log.Frames.Select(frame => (frame.Info.Timestamp, Convert.ToHexString(frame.Bytes[^3..]))).ShouldBe([(0L, "11FFD9"), (3600L, "22FFD9"), (7200L, "33FFD9")]);
        log.Frames.ShouldAllBe(frame => frame.Info.Key);
    }

    [Fact]
    public void A_lost_packet_costs_one_picture()
    {
        Sent[] packets = [.. Enumerable.Range(0, 4).SelectMany(i => (Sent[])
            [Packet(Plain + "1122", false, i), Packet("00 000002 01 32 08 06 33", false, i), Packet("00 000003 01 32 08 06 44", true, i)])];
        for (var lost = 0; lost < packets.Length - 1; lost++)
        {
            var log = new FrameLog();
            var receiver = new Receiver(Find("JPEG").Create(log, log), new Random(1));
            receiver.Receive(packets[..lost]);
            receiver.Lose();
            receiver.Receive(packets[(lost + 1)..]);
            log.Frames.Select(frame => frame.Info.Timestamp).ShouldBe(Enumerable.Range(0, 4).Select(i => (long)i).Except([packets[lost].Timestamp]));
            log.Misses.ShouldHaveSingleItem().OthersNeedIt.ShouldBeFalse();
        }
    }

    [Theory]
    [InlineData("00 000000 02 32 08 06 11")]
    [InlineData("00 000000 01 00 08 06 11")]
    [InlineData("00 000000 01 80 08 06 0000 0000 11")]
    [InlineData("00 000000 01 80 08 06 0000 0180 11")]
    [InlineData("00 000000 01 80 08 06 0000 0001 11")]
    [InlineData("00 000000 41 32 08 06 00")]
    [InlineData("00 000000 01 32 00 06 11")]
    [InlineData("00 000005 01 32 08 06 11")]
    [InlineData("00 00")]
    public void A_picture_that_cannot_be_understood_is_left_out(string packet) => Find("JPEG").Receive(Packet(packet)).Frames.ShouldBeEmpty();

    private static Sent Packet(string payload, bool marker = true, long timestamp = 0) => new(Hex(payload), timestamp, marker);

    private static byte[] One(params Sent[] packets) => Find("JPEG").Receive(packets).Frames.ShouldHaveSingleItem().Bytes;

    // The first segment with this marker, from its length on.
    private static byte[] Segment(byte[] file, int marker)
    {
        var at = 2;
        while (file[at + 1] != marker)
            at += 2 + Length(at);
        return file[(at + 2)..(at + 2 + Length(at))];

        int Length(int segment) => (file[segment + 2] << 8) | file[segment + 3];
    }
}
