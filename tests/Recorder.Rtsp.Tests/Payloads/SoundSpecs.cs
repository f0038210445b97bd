using Recorder.Rtsp.Payloads;
using static Recorder.Rtsp.Tests.Payloads.Depacketizing;

namespace Recorder.Rtsp.Tests.Payloads;

/// <summary>Sound whose packets are frames.</summary>
public sealed class SoundSpecs
{
    [Theory]
    [InlineData("PCMU", 8000, 0, "pcm_mulaw", 8000, 1, 0, 160, 160, 160)]
    [InlineData("PCMA", 16_000, 2, "pcm_alaw", 16_000, 2, 0, 160, 160, 80)]
    [InlineData("L8", 8000, 1, "pcm_u8", 8000, 1, 0, 160, 160, 160)]
    [InlineData("L16", 44_100, 2, "pcm_s16be", 44_100, 2, 0, 163, 160, 40)]
    [InlineData("L24", 48_000, 2, "pcm_s24be", 48_000, 2, 0, 66, 66, 11)]
    [InlineData("G722", 8000, 1, "adpcm_g722", 16_000, 1, 0, 160, 160, 160)]
    [InlineData("G726-16", 8000, 1, "adpcm_g726le", 8000, 1, 2, 40, 40, 160)]
    [InlineData("G726-24", 8000, 1, "adpcm_g726le", 8000, 1, 3, 60, 60, 160)]
    [InlineData("G726-32", 8000, 1, "adpcm_g726le", 8000, 1, 4, 80, 80, 160)]
    [InlineData("G726-40", 8000, 1, "adpcm_g726le", 8000, 1, 5, 100, 100, 160)]
    [InlineData("AAL2-G726-32", 8000, 1, "adpcm_g726", 8000, 1, 4, 80, 80, 160)]
    public void Sound_without_frames_lasts_as_long_as_its_bytes(
        string encoding, int clockRate, int channels, string codec, int sampleRate, int channelsFound, int bits, int sent, int received, int duration)
    {
        var format = Find(encoding, clockRate, channels, TrackKind.Audio);
        format.Format.ShouldBe(new TrackFormat(TrackKind.Audio, codec, clockRate)
        {
            SampleRate = sampleRate,
            Channels = channelsFound,
            BitsPerSample = bits,
            Header = format.Format.Header,
        });
        var bytes = Enumerable.Range(0, sent).Select(i => (byte)i).ToArray();
        var frame = format.Receive(new Sent(bytes, 5, false), new Sent([], 6, false)).Frames.ShouldHaveSingleItem();
        frame.Info.ShouldBe(new FrameInfo(5, duration, Key: true));
        frame.Bytes.ShouldBe(bytes[..received]);
    }

    [Theory]
    [InlineData("08", 960)]
    [InlineData("18", 2880)]
    [InlineData("60", 480)]
    [InlineData("68", 960)]
    [InlineData("80", 120)]
    [InlineData("F8", 960)]
    [InlineData("F9", 1920)]
    [InlineData("FB03", 2880)]
    [InlineData("1B3F", 5760)]
    [InlineData("1B", 0)]
    public void The_first_byte_of_opus_says_how_long_it_lasts(string packet, int duration)
        => Find("opus", 48_000, 2, TrackKind.Audio).Receive(new Sent(Hex(packet), 0, true)).Frames.ShouldHaveSingleItem()
            .Info.ShouldBe(new FrameInfo(0, duration, Key: true));

    [Theory]
    [InlineData("0", 1)]
    [InlineData("1", 2)]
    [InlineData("", 2)]
    public void The_channels_of_opus_are_those_of_sprop_stereo(string stereo, int channels)
    {
        var format = Find("OPUS", 48_000, 2, TrackKind.Audio, ("sprop-stereo", stereo)).Format;
        (format.SampleRate, format.Channels, format.ClockRate).ShouldBe((48_000, channels, 48_000));
        format.Header.ShouldBe([.. "OpusHead"u8, 1, (byte)channels, 0, 0, 0x80, 0xBB, 0, 0, 0, 0, 0]);
    }

    [Fact]
    public void Frames_of_mpeg_audio_are_told_apart_and_put_together()
    {
        // Layer 3, 32 kbit/s, 48 kHz: 96 bytes.
        byte[] frame = [0xFF, 0xFB, 0x14, 0xC0, .. new byte[92]];
        var format = Find("MPA", kind: TrackKind.Audio);
        var log = format.Receive(
            new Sent([0, 0, 0, 0, .. frame, .. frame], 0, true),
            new Sent([0, 0, 0, 0, .. frame[..50]], 4320, false),
            new Sent([0, 0, 0, 50, .. frame[50..]], 4320, false));
        log.Frames.Select(received => (received.Info.Timestamp, received.Info.Duration)).ShouldBe([(0L, 2160), (2160L, 2160), (4320L, 2160)]);
        log.Frames.ShouldAllBe(received => received.Bytes.SequenceEqual(frame));
        log.Misses.ShouldBeEmpty();
        format.Format.Codec.ShouldBe("mp3");
    }

    [Fact]
    public void A_fragment_of_mpeg_audio_without_its_beginning_is_left_out()
    {
        var log = new FrameLog();
        var receiver = new Receiver(Find("MPA", kind: TrackKind.Audio).Create(log, log), new Random(1));
        receiver.Receive(new Sent([0, 0, 0, 0, 0xFF, 0xFB, 0x14, 0xC0, .. new byte[46]], 0, false));
        receiver.Lose();
        receiver.Receive(new Sent([0, 0, 0, 50, .. new byte[46]], 0, false));
        log.Frames.ShouldBeEmpty();
        log.Misses.ShouldBe([(0L, false)]);
    }

    [Theory]
    [InlineData("opus")]
    [InlineData("PCMA")]
    [InlineData("MPEG4-GENERIC")]
    public void A_lost_packet_is_a_miss_that_nothing_else_needs(string encoding)
    {
        var log = new FrameLog();
        var receiver = new Receiver(Find(encoding, 8000, 1, TrackKind.Audio).Create(log, log), new Random(1));
        receiver.Lose();
        receiver.Receive(new Sent(Hex("0010 0008 77"), 320, true));
        log.Misses.ShouldBe([(320L, false)]);
        log.Frames.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData(0, "pcm_mulaw", 8000, 1)]
    [InlineData(8, "pcm_alaw", 8000, 1)]
    [InlineData(10, "pcm_s16be", 44_100, 2)]
    public void Some_payload_types_need_no_name(int payloadType, string codec, int clockRate, int channels)
    {
        var format = PayloadFormats.Find("", payloadType, 0, 0, _ => null, TrackKind.Audio)!.Format;
        (format.Codec, format.ClockRate, format.Channels).ShouldBe((codec, clockRate, channels));
    }

    [Theory]
    [InlineData("telephone-event", false)]
    [InlineData("", true)]
    [InlineData("H264", false)]
    public void What_cannot_be_received_has_no_format(string encoding, bool video)
        => PayloadFormats.Find(encoding, 96, 90_000, 0, _ => null, video ? TrackKind.Video : TrackKind.Audio).ShouldBeNull();
}
