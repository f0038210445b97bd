using static Recorder.Rtsp.Tests.Payloads.Depacketizing;

namespace Recorder.Rtsp.Tests.Payloads;

public sealed class H264DepacketizerSpecs
{
    [Theory]
    [InlineData("a single unit", "6588 0102", "00000004 65880102")]
    [InlineData("STAP-A", "78 0002 6742 0002 6801 0003 658801", "00000002 6742 00000002 6801 00000003 658801")]
    [InlineData("STAP-A with empty units and padding", "78 0000 0002 6742 0003 658801 0000 00", "00000002 6742 00000003 658801")]
    [InlineData("STAP-B", "79 1234 0002 6742 0003 658801", "00000002 6742 00000003 658801")]
    [InlineData("MTAP16", "7A 1234 0002 00 0000 6742 0003 01 0000 658801", "00000002 6742 00000003 658801")]
    [InlineData("MTAP24", "7B 1234 0002 00 000000 6742 0003 01 000000 658801", "00000002 6742 00000003 658801")]
    [InlineData("start codes inside", "00000001 6742 000001 6801 00000001 658801", "00000002 6742 00000002 6801 00000003 658801")]
    [InlineData("zero bytes at the end", "658801 0000", "00000003 658801")]
    [InlineData("the forbidden bit", "E58801", "00000003 658801")]
    [InlineData("a delimiter", "78 0002 09F0 0003 658801", "00000002 09F0 00000003 658801")]
    [InlineData("a fragment that is first and last", "7C C5 8801", "00000003 658801")]
    [InlineData("FU-B", "7D C5 1234 8801", "00000003 658801")]
    [InlineData("units that a file may not hold", "78 0002 6001 0001 00 0003 658801 0001 7F", "00000003 658801")]
    public void A_packet_becomes_units_behind_their_lengths(string what, string payload, string frame)
        => Find("H264").ReceiveOne(payload).ShouldBe(Convert.ToHexString(Hex(frame)), what);

    [Theory]
    [InlineData("STAP-A whose length is a lie", "78 0009 6588")]
    [InlineData("STAP-B without a number", "79 00")]
    [InlineData("MTAP whose length is a lie", "7A 1234 0009 00 0000 6588")]
    [InlineData("FU without a header", "7C")]
    [InlineData("the end of a fragmented unit", "7C 45 88")]
    [InlineData("nothing", "")]
    [InlineData("parameter sets only", "78 0002 6742 0002 6801")]
    public void A_packet_that_cannot_be_understood_is_left_out(string what, string payload)
        => Find("H264").Receive(new Sent(Hex(payload), 0, true)).Frames.ShouldBeEmpty(what);

    [Fact]
    public void Start_codes_in_fragments_divide_units()
    {
        var log = Find("H264").Receive(
            new Sent(Hex("7C 87 42 000001 68"), 0, false), new Sent(Hex("7C 07 01 00000001 6588"), 0, false), new Sent(Hex("7C 47 01 00"), 0, true));
        log.Frames.ShouldHaveSingleItem().Bytes.ShouldBe(Hex("00000002 6742 00000002 6801 00000003 658801"));
    }

    [Fact]
    public void A_fragmented_unit_may_lack_its_end_bit()
    {
        var log = Find("H264").Receive(
            new Sent(Hex("7C 85 8801"), 0, false), new Sent(Hex("7C 05 02"), 0, false), new Sent(Hex("6140 03"), 0, true));
        log.Frames.ShouldHaveSingleItem().Bytes.ShouldBe(Hex("00000004 65880102 00000003 614003"));
    }

    [Fact]
    public void A_fragment_between_frames_does_not_outlive_a_packet_that_cannot_be_understood()
    {
        // Found by mutation: the length of the SEI was never filled in.
        var log = Find("H264").Receive(
            new Sent(Hex("78 0003 060102 0003 658801"), 0, true), new Sent(Hex("658802"), 1, true),
            new Sent(Hex("658803"), 2, false), new Sent(Hex("7C 86 0102"), 2, false), new Sent(Hex("78 0009 6588"), 2, false),
            new Sent(Hex("658804"), 3, true), new Sent(Hex("658805"), 4, true));
        log.Frames.Select(frame => frame.Info.Timestamp).ShouldBe([0L, 1L, 3L, 4L]);
        log.Frames[2].Bytes.ShouldBe(Hex("00000003 658804"));
    }

    [Fact]
    public void Units_of_an_mtap_have_timestamps_of_their_own()
    {
        var log = Find("H264").Receive(new Sent(Hex("7A 1234 0002 00 0000 6588 0002 01 0E10 6188"), 100, true));
        log.Frames.Select(frame => frame.Info.Timestamp).ShouldBe([100L, 3700L]);
    }

    [Theory]
    [InlineData("78 0003 658801", true)]
    [InlineData("78 0003 618801", false)]
    [InlineData("78 0005 06 06 01 C4 80 0003 618801", true)]
    [InlineData("78 000A 06 05 02 FFFF 06 01 C4 80 00 0003 618801", true)]
    [InlineData("78 0005 06 05 01 06 80 0003 618801", false)]
    public void A_frame_is_key_if_it_has_an_idr_slice_or_a_recovery_point(string payload, bool key)
        => Find("H264").Receive(new Sent(Hex(payload), 0, true)).Frames.ShouldHaveSingleItem().Info.Key.ShouldBe(key);

    [Theory]
    [InlineData("Z0IACpY1QPAQ,aM48gA==", "00000001 6742000A963540F010 00000001 68CE3C80")]
    [InlineData("Z0IACpY1QPAQ,aM48gA", "00000001 6742000A963540F010 00000001 68CE3C80")]
    [InlineData("AAAAAWdCAAqWNUDwEA==,aM48gA==,", "00000001 6742000A963540F010 00000001 68CE3C80")]
    [InlineData("Z0IACpY1QPAQ,???", "")]
    [InlineData("", "")]
    public void The_header_is_made_of_sprop_parameter_sets(string value, string header)
    {
        var expected = Hex(header);
        Find("H264", parameters: ("sprop-parameter-sets", value)).Format.Header.ShouldBe(expected);
    }
}
