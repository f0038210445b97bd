using Recorder.Rtsp.Payloads;
using static Recorder.Rtsp.Tests.Payloads.Depacketizing;

namespace Recorder.Rtsp.Tests.Payloads;

public sealed class LatmDepacketizerSpecs
{
    // StreamMuxConfig of AAC-LC, 44.1 kHz, two channels, of one frame an element and of two.
    private const string One = "40002420 3FC0";
    private const string Two = "40802420 3FC0";

    [Fact]
    public void The_header_is_taken_out_of_the_config()
    {
        var format = Latm(("cpresent", "0"), ("config", One)).Format;
        (format.Codec, format.SampleRate, format.Channels, Convert.ToHexString(format.Header)).ShouldBe(("aac", 44_100, 2, "1210"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("FFFF")]
    public void A_config_that_is_missing_or_broken_is_made_up(string config)
    {
        var format = Find("MP4A-LATM", 16_000, 1, TrackKind.Audio, ("cpresent", "0"), ("config", config));
        Convert.ToHexString(format.Format.Header).ShouldBe("1408");
        format.ReceiveOne("03 112233").ShouldBe("112233");
    }

    [Fact]
    public void A_length_may_have_several_bytes()
    {
        var frame = new string('7', 2 * 258);
        Latm(("config", One)).ReceiveOne("FF 03" + frame).ShouldBe(frame);
    }

    [Theory]
    [InlineData(One, "02 1122 03 334455")]
    [InlineData(Two, "02 1122 03 334455")]
    public void Several_frames_of_a_packet_follow_each_other_in_time(string config, string packet)
    {
        var log = Latm(("config", config)).Receive(new Sent(Hex(packet), 100, true));
        log.Frames.Select(frame => (frame.Info.Timestamp, frame.Info.Duration, Convert.ToHexString(frame.Bytes)))
            .ShouldBe([(100L, 1024, "1122"), (1124L, 1024, "334455")]);
    }

    [Fact]
    public void Fragments_are_put_together_and_a_lost_one_costs_one_element()
    {
        Sent[] packets = [new(Hex("06 1122"), 0, false), new(Hex("3344"), 0, false), new(Hex("5566"), 0, true), new(Hex("01 77"), 1024, true)];
        Latm(("config", One)).Receive(packets).Frames.Select(frame => Convert.ToHexString(frame.Bytes)).ShouldBe(["112233445566", "77"]);

        var log = new FrameLog();
        var receiver = new Receiver(Latm(("config", One)).Create(log, log), new Random(1));
        receiver.Receive(packets[..1]);
        receiver.Lose();
        receiver.Receive(packets[2..]);
        log.Frames.ShouldHaveSingleItem().Bytes.ShouldBe([0x77]);
        log.Misses.ShouldNotBeEmpty();
    }

    [Fact]
    public void A_lost_packet_is_a_miss_and_leaves_no_part_behind()
    {
        var log = new FrameLog();
        var receiver = new Receiver(Latm(("config", One)).Create(log, log), new Random(1));
        receiver.Receive(new Sent(Hex("04 1122"), 0, false));
        receiver.Lose();
        receiver.Receive(new Sent(Hex("01 77"), 0, true));
        log.Frames.ShouldHaveSingleItem().Bytes.ShouldBe([0x77]);
        log.Misses.ShouldBe([(0L, false)]);
    }

    [Fact]
    public void A_configuration_in_the_stream_is_read_and_the_frame_behind_it_moved_to_a_byte()
    {
        // useSameStreamMux 0, the configuration (44 bits), the length, the frame; then useSameStreamMux 1.
        var format = Latm(("cpresent", "1"));
        var log = new FrameLog();
        var depacketizer = format.Create(log, log);
        var receiver = new Receiver(depacketizer, new Random(1));
        receiver.Receive(new Sent(Bits("1", "00000010", "11001100"), 0, true));
        log.Frames.ShouldBeEmpty("the configuration is not known");
        var mux = string.Concat(Hex(One).Select(value => Convert.ToString(value, 2).PadLeft(8, '0')))[..44];
        receiver.Receive([new Sent(Bits("0", mux, "00000010", "1010101011001100"), 1024, true), new Sent(Bits("1", "00000001", "11110000"), 2048, true)]);
        log.Frames.Select(frame => Convert.ToHexString(frame.Bytes)).ShouldBe(["AACC", "F0"]);
        depacketizer.ShouldBeAssignableTo<IInBandHeader>()!.Header.ShouldBe(Hex("1210"));
    }

    private static byte[] Bits(params string[] parts)
    {
        var bits = string.Concat(parts);
        bits = bits.PadRight((bits.Length + 7) / 8 * 8, '0');
        return [.. bits.Chunk(8).Select(chunk => Convert.ToByte(new string(chunk), 2))];
    }

    private static PayloadFormat Latm(params (string, string)[] parameters) => Find("MP4A-LATM", 44_100, 2, TrackKind.Audio, parameters);
}
