using static Recorder.Rtsp.Tests.Payloads.Depacketizing;

namespace Recorder.Rtsp.Tests.Payloads;

public sealed class H265DepacketizerSpecs
{
    [Theory]
    [InlineData("a single unit", "2601 80 01", "00000004 26018001")]
    [InlineData("an aggregation packet", "6001 0003 400101 0004 26018001", "00000003 400101 00000004 26018001")]
    [InlineData("start codes inside", "400101 00000001 26018001", "00000003 400101 00000004 26018001")]
    [InlineData("zero bytes at the end", "26018001 0000", "00000004 26018001")]
    [InlineData("the forbidden bit", "A6018001", "00000004 26018001")]
    [InlineData("a fragment that is first and last", "6201 D3 8001", "00000004 26018001")]
    public void A_packet_becomes_units_behind_their_lengths(string what, string payload, string frame)
        => Find("H265").ReceiveOne(payload).ShouldBe(Convert.ToHexString(Hex(frame)), what);

    [Theory]
    [InlineData("a single unit", "2601 0007 80 01", "00000004 26018001")]
    [InlineData("an aggregation packet", "6001 0007 0003 400101 00 0004 26018001", "00000003 400101 00000004 26018001")]
    [InlineData("a fragment", "6201 D3 0007 8001", "00000004 26018001")]
    public void Decoding_order_numbers_are_left_out(string what, string payload, string frame)
        => Find("H265", parameters: ("sprop-max-don-diff", "2")).ReceiveOne(payload).ShouldBe(Convert.ToHexString(Hex(frame)), what);

    [Theory]
    [InlineData("an aggregation packet whose length is a lie", "6001 0009 2601")]
    [InlineData("PACI", "6401 2680 0000 8001")]
    [InlineData("the end of a fragmented unit", "6201 53 80")]
    [InlineData("a header only", "2601")]
    public void A_packet_that_cannot_be_understood_is_left_out(string what, string payload)
        => Find("H265").Receive(new Sent(Hex(payload), 0, true)).Frames.ShouldBeEmpty(what);

    [Theory]
    [InlineData("2601 8001", true)]
    [InlineData("2A01 8001", true)]
    [InlineData("2001 8001", true)]
    [InlineData("0201 8001", false)]
    public void A_frame_is_key_if_decoding_can_begin_with_its_slices(string payload, bool key)
        => Find("H265").Receive(new Sent(Hex(payload), 0, true)).Frames.ShouldHaveSingleItem().Info.Key.ShouldBe(key);

    [Fact]
    public void Slices_of_another_layer_begin_no_frame()
    {
        var log = Find("H265").Receive(new Sent(Hex("2601 8001"), 0, false), new Sent(Hex("2609 8001"), 0, true));
        log.Frames.ShouldHaveSingleItem().Bytes.ShouldBe(Hex("00000004 26018001 00000004 26098001"));
    }

    [Fact]
    public void The_header_is_made_of_the_three_parameter_sets()
        => Find("H265", parameters: [("sprop-vps", "QAEM"), ("sprop-sps", "QgEB"), ("sprop-pps", "RAHB")]).Format.Header
            .ShouldBe(Hex("00000001 40010C 00000001 420101 00000001 4401C1"));
}
