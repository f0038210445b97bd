using Recorder.Rtsp.Payloads;
using static Recorder.Rtsp.Tests.Payloads.Depacketizing;

namespace Recorder.Rtsp.Tests.Payloads;

public sealed class AacDepacketizerSpecs
{
    private static readonly (string, string)[] Hbr =
        [("mode", "AAC-hbr"), ("sizelength", "13"), ("indexlength", "3"), ("indexdeltalength", "3"), ("config", "1408")];

    [Theory]
    [InlineData("one access unit", "0010 0018 112233", "112233")]
    [InlineData("the length of the headers in bytes", "0002 0018 112233", "112233")]
    [InlineData("no length of the headers", "0000 0018 112233", "112233")]
    [InlineData("a length that is just wrong", "0077 0018 112233", "112233")]
    [InlineData("a size that is too large", "0010 0FF8 112233", "112233")]
    [InlineData("no size", "0010 0000 112233", "112233")]
    [InlineData("ADTS inside", "0010 0050 FFF16C4001 7FFC 112233", "112233")]
    public void Cameras_that_cannot_count_are_understood(string what, string payload, string frame)
    {
        var log = Aac(Hbr).Receive(Packet(0, "0010 0018 778899"), Packet(1024, payload));
        log.Frames.Count.ShouldBe(2, what);
        log.Frames[1].Bytes.ShouldBe(Hex(frame), what);
        log.Frames[1].Info.ShouldBe(new FrameInfo(1024, 1024, Key: true));
    }

    [Theory]
    [InlineData("0030")]
    [InlineData("0006")]
    public void Several_access_units_of_a_packet_follow_each_other_in_time(string length)
    {
        var log = Aac(Hbr).Receive(Packet(100, length + "0010 0018 0008 1122 334455 66"));
        log.Frames.Select(frame => (frame.Info.Timestamp, Convert.ToHexString(frame.Bytes))).ShouldBe([(100L, "1122"), (1124L, "334455"), (2148L, "66")]);
    }

    [Fact]
    public void Fragments_are_put_together_and_a_lost_one_costs_one_access_unit()
    {
        Sent[] packets = [Packet(0, "0010 0030 1122", false), Packet(0, "0010 0030 3344", false), Packet(0, "0010 0030 5566"), Packet(1024, "0010 0008 77")];
        Aac(Hbr).Receive(packets).Frames.Select(frame => Convert.ToHexString(frame.Bytes)).ShouldBe(["112233445566", "77"]);
        for (var lost = 0; lost < 3; lost++)
        {
            var log = new FrameLog();
            var receiver = new Receiver(Aac(Hbr).Create(log, log), new Random(1));
            receiver.Receive(packets[..lost]);
            receiver.Lose();
            receiver.Receive(packets[(lost + 1)..]);
            log.Frames.ShouldHaveSingleItem().Bytes.ShouldBe([0x77]);
            log.Misses.ShouldNotBeEmpty();
            log.Misses.ShouldAllBe(miss => !miss.OthersNeedIt);
        }
    }

    [Fact]
    public void A_low_bit_rate_has_small_headers()
        => Convert.ToHexString(Aac([("mode", "AAC-lbr"), ("config", "1408")]).Receive(Packet(0, "0008 0C 112233")).Frames.ShouldHaveSingleItem().Bytes)
            .ShouldBe("112233");

    [Theory]
    [InlineData("1408", 16_000, 1, 1024)]
    [InlineData("1210", 44_100, 2, 1024)]
    [InlineData("1214", 44_100, 2, 960)]
    [InlineData("2B8A0800", 44_100, 1, 2048)]
    [InlineData("138856E5A5", 44_100, 1, 1024)]
    [InlineData("EB8A0800", 44_100, 2, 2048)]
    public void A_config_says_rate_and_channels(string config, int sampleRate, int channels, int duration)
    {
        var format = Aac([("config", config)], 44_100);
        (format.Format.SampleRate, format.Format.Channels).ShouldBe((sampleRate, channels));
        format.Format.Header.ShouldBe(Hex(config));
        var expected = config == "1408" ? 1024 * 44_100 / 16_000 : config == "138856E5A5" ? 2048 : duration;
        format.Receive(Packet(0, "0010 0018 112233")).Frames[0].Info.Duration.ShouldBe(expected);
    }

    [Theory]
    [InlineData("", 16_000, 1, "1408")]
    [InlineData("zz", 44_100, 2, "1210")]
    [InlineData("F", 48_000, 6, "11B0")]
    [InlineData("FFFF", 8000, 0, "1588")]
    [InlineData("1408140", 11_000, 1, "17801 57C 08")]
    public void A_config_that_is_missing_or_broken_is_made_up(string config, int clockRate, int channels, string header)
    {
        var format = Find("mpeg4-generic", clockRate, channels, TrackKind.Audio, ("config", config)).Format;
        (format.SampleRate, format.Channels, Convert.ToHexString(format.Header)).ShouldBe((clockRate, Math.Max(1, channels), Convert.ToHexString(Hex(header))));
        AudioSpecificConfig.Read(format.Header).ShouldNotBeNull().SampleRate.ShouldBe(clockRate);
    }

    private static PayloadFormat Aac((string, string)[] parameters, int clockRate = 16_000)
        => Find("MPEG4-GENERIC", clockRate, 1, TrackKind.Audio, parameters);

    private static Sent Packet(long timestamp, string payload, bool marker = true) => new(Hex(payload), timestamp, marker);
}
