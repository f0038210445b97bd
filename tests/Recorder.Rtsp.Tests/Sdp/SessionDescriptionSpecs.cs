using System.Text;
using Recorder.Rtsp.Payloads;
using Recorder.Rtsp.Sdp;

namespace Recorder.Rtsp.Tests.Sdp;

public sealed class SessionDescriptionSpecs
{
    [Fact]
    public void The_example_of_RFC_4566()
    {
        var session = Parse("""
            v=0
            o=jdoe 2890844526 2890842807 IN IP4 10.47.16.5
            s=SDP Seminar
            i=A Seminar on the session description protocol
            u=http://www.example.com/seminars/sdp.pdf
            e=j.doe@example.com (Jane Doe)
            c=IN IP4 224.2.17.12/127
            t=2873397496 2873404696
            a=recvonly
            m=audio 49170 RTP/AVP 0
            m=video 51372 RTP/AVP 99
            a=rtpmap:99 h263-1998/90000
            """);
        session.Name.ShouldBe("SDP Seminar");
        session.Connection.ShouldBe(new ConnectionAddress("224.2.17.12", 127));
        session.Connection!.IsMulticast.ShouldBeTrue();
        session.Media.Select(it => (it.Kind, it.Port, it.Protocol, it.Direction)).ShouldBe(
        [
            (TrackKind.Audio, 49170, "RTP/AVP", MediaDirection.ReceiveOnly), (TrackKind.Video, 51372, "RTP/AVP", MediaDirection.ReceiveOnly),
        ]);
        session.Media[0].Formats.ShouldHaveSingleItem().ShouldBe(MediaFormat.WithoutMap(0));
        session.Media[1].Connection.ShouldBe(session.Connection);
        session.Media[1].IsBackChannel.ShouldBeFalse();
        var format = session.Media[1].Formats.ShouldHaveSingleItem();
        (format.Encoding, format.ClockRate, format.Channels).ShouldBe(("H263-1998", 90000, 0));
    }

    [Fact]
    public void The_control_attributes_of_RFC_2326()
    {
        // C.3.
        var session = Parse("""
            v=0
            o=- 2890844256 2890842807 IN IP4 204.34.34.32
            s=I came from a web page
            c=IN IP4 0.0.0.0
            t=0 0
            a=control:rtsp://example.com/movie/
            a=range:npt=0-7.741
            m=video 8002 RTP/AVP 31
            a=control:trackID=1
            m=audio 8004 RTP/AVP 3
            a=control:trackID=2
            """);
        session.Control.ShouldBe("rtsp://example.com/movie/");
        session.Range.ShouldBe("npt=0-7.741");
        session.Media.Select(it => it.Control).ShouldBe(["trackID=1", "trackID=2"]);
        session.Media.Select(it => it.Formats[0].Encoding).ShouldBe(["H261", "GSM"]);
    }

    [Fact]
    public void Parameters_are_split_at_semicolons_and_their_first_equals_sign()
    {
        // RFC 6184, 8.2.1, and what cameras make of it.
        var parameters = Format("""
            m=video 49170 RTP/AVP 98
            a=fmtp:98 profile-level-id=42A01E; Packetization-Mode = 1;sprop-parameter-sets=Z0IACpZTBYmI,aMljiA==;;flag;
            a=rtpmap:98 H264/90000
            a=fmtp:98 packetization-mode=0;max-br="4000"
            """).Parameters;
        parameters["PROFILE-level-id"].ShouldBe("42A01E");
        parameters["packetization-mode"].ShouldBe("1");
        parameters["sprop-parameter-sets"].ShouldBe("Z0IACpZTBYmI,aMljiA==");
        parameters["flag"].ShouldBe("");
        parameters["max-br"].ShouldBe("4000");
        parameters.Count.ShouldBe(5);
    }

    [Theory]
    [InlineData(0, "PCMU", 8000, 1)]
    [InlineData(3, "GSM", 8000, 1)]
    [InlineData(8, "PCMA", 8000, 1)]
    [InlineData(9, "G722", 8000, 1)]
    [InlineData(10, "L16", 44100, 2)]
    [InlineData(11, "L16", 44100, 1)]
    [InlineData(14, "MPA", 90000, 0)]
    [InlineData(26, "JPEG", 90000, 0)]
    [InlineData(32, "MPV", 90000, 0)]
    [InlineData(33, "MP2T", 90000, 0)]
    public void Static_payload_types_need_no_rtpmap(int type, string encoding, int clockRate, int channels)
    {
        var format = Format($"m=audio 0 RTP/AVP {type}");
        (format.Encoding, format.ClockRate, format.Channels).ShouldBe((encoding, clockRate, channels));
    }

    [Theory]
    [InlineData("video", "96", "a=rtpmap:96 H264/90000", "96 H264/90000/0")]
    [InlineData("video", "96", "a=rtpmap: 96  h264 / 90000 ", "96 H264/90000/0")]
    [InlineData("video", "96", "a=rtpmap:96 H265", "96 H265/90000/0")]
    [InlineData("video", "96", "a=rtpmap:96 H264/0", "96 H264/90000/0")]
    [InlineData("video", "96", "a=rtpmap 96 H264/90000", "96 H264/90000/0")]
    [InlineData("video", "96", "A=RTPMAP:96 H264/90000\na=rtpmap:96 JPEG/1", "96 H264/90000/0")]
    [InlineData("video", "96", "a=rtpmap:97 H264/90000", "96 H264/90000/0, 97 H264/90000/0")]
    [InlineData("video", "96", "a=rtpmap:H264/90000", "96 H264/90000/0")]
    [InlineData("video", "", "a=rtpmap:96 H264/90000", "96 H264/90000/0")]
    [InlineData("video", "smart/1/90000", "a=rtpmap:96 H264/90000", "96 H264/90000/0")]
    [InlineData("video", "96", "", "96 /90000/0")]
    [InlineData("video", "26", "a=rtpmap:96 H264/90000", "26 JPEG/90000/0")]
    [InlineData("audio", "8", "a=rtpmap:8 PCMA/16000", "8 PCMA/16000/1")]
    [InlineData("audio", "0 8 300 x 8", "", "0 PCMU/8000/1, 8 PCMA/8000/1")]
    [InlineData("audio", "97", "a=rtpmap:97 MPEG4-GENERIC/16000/2", "97 MPEG4-GENERIC/16000/2")]
    [InlineData("audio", "97", "a=rtpmap:97 mpeg4-generic\na=fmtp:97 config=1190", "97 MPEG4-GENERIC/48000/0")]
    [InlineData("audio", "97", "a=rtpmap:97 mpeg4-generic/0\na=fmtp:97 config=zz", "97 MPEG4-GENERIC/16000/0")]
    [InlineData("audio", "97", "a=rtpmap:97 opus", "97 OPUS/48000/0")]
    [InlineData("audio", "97", "a=rtpmap:97 L16/8000", "97 L16/8000/1")]
    [InlineData("audio", "97", "a=rtpmap:97 G726-32", "97 G726-32/8000/1")]
    [InlineData("application", "107", "a=rtpmap:107 vnd.onvif.metadata/90000", "107 VND.ONVIF.METADATA/90000/0")]
    public void Formats_are_written_in_many_ways(string kind, string types, string attributes, string expected) =>
        string.Join(", ", Parse($"m={kind} 0 RTP/AVP {types}\n{attributes}").Media[0].Formats
            .Select(it => $"{it.PayloadType} {it.Encoding}/{it.ClockRate}/{it.Channels}")).ShouldBe(expected);

    [Fact]
    public void Parameters_of_another_payload_type_are_those_of_the_only_one()
    {
        // The field case 36, fmtp.py.
        var format = Format("m=audio 0 RTP/AVP 104\na=rtpmap:104 MPEG4-GENERIC/16000\na=fmtp:97 mode=AAC-hbr;config=1408");
        (format.PayloadType, format.Parameters["config"]).ShouldBe((104, "1408"));
        Format("m=audio 0 RTP/AVP 97\na=rtpmap:97 MP4A-LATM/16000/1\na=fmtp:40 cpresent=0;config=").Parameters["config"].ShouldBe("");
        Format("m=audio 0 RTP/AVP 97 98\na=fmtp:99 x=1").Parameters.ShouldBeEmpty();
    }

    [Fact]
    public void Attributes_before_the_first_media_count_for_media_without_their_own()
    {
        var session = Parse("""
            a=rtpmap:96 H264/90000
            a=fmtp:96 packetization-mode=1
            a=framerate:25
            a=x-dimensions:640,480
            a=lang:en
            a=control:*
            m=video 0 RTP/AVP 96
            m=video 0 RTP/AVP 96
            a=rtpmap:96 H265/90000
            a=framerate:10
            a=framesize:96 1920-1080
            a=control:b
            """);
        session.Media.Select(it => (it.Formats[0].Encoding, it.FrameRate, it.Size, it.Control, it.Language)).ShouldBe(
        [
            ("H264", 25, new FrameSize(640, 480), null, "en"), ("H265", 10, new FrameSize(1920, 1080), "b", "en"),
        ]);
        session.Media[0].Formats[0].Parameters["packetization-mode"].ShouldBe("1");
    }

    [Theory]
    [InlineData("25", 25)]
    [InlineData(" 29.97", 29.97)]
    [InlineData("30000/1000", 30)]
    [InlineData("15fps", 15)]
    [InlineData("0S", 0)]
    [InlineData("-5", 0)]
    [InlineData("1/0", 0)]
    [InlineData("0/0", 0)]
    [InlineData("99999999999999999", 0)]
    [InlineData("1.2.3", 0)]
    [InlineData("", 0)]
    public void A_frame_rate_is_a_number_or_unknown(string text, double rate) =>
        Parse($"m=video 0 RTP/AVP 96\na=framerate:{text}").Media[0].FrameRate.ShouldBe(rate);

    [Theory]
    [InlineData("x-dimensions: 1920, 1080", 1920, 1080)]
    [InlineData("framesize:96 704x576", 704, 576)]
    [InlineData("x-dimensions:0,0", 0, 0)]
    [InlineData("x-dimensions:1920", 0, 0)]
    [InlineData("framesize:96", 0, 0)]
    [InlineData("framesize:", 0, 0)]
    public void A_frame_size_is_two_numbers_or_unknown(string attribute, int width, int height) =>
        (Parse($"m=video 0 RTP/AVP 96\na={attribute}").Media[0].Size ?? default).ShouldBe(new FrameSize(width, height));

    [Theory]
    [InlineData("IN IP4 224.2.1.1/127/3", "224.2.1.1", 127, true)]
    [InlineData("IN IP4 192.168.1.2", "192.168.1.2", null, false)]
    [InlineData("IN IP4 239.0.0.1/300", "239.0.0.1", null, true)]
    [InlineData("IN IP6 FF15::101/3", "FF15::101", null, true)]
    [InlineData("IN IP4 camera.local", "camera.local", null, false)]
    public void A_connection_address_may_have_a_time_to_live(string value, string address, int? ttl, bool isMulticast)
    {
        var connection = Parse($"m=video 0 RTP/AVP 96\nc={value}").Media[0].Connection;
        connection.ShouldBe(new ConnectionAddress(address, ttl));
        connection!.IsMulticast.ShouldBe(isMulticast);
    }

    [Theory]
    [InlineData("IN IP4")]
    [InlineData("IN IP4 /1")]
    [InlineData("")]
    public void A_connection_without_address_is_none(string value) => ConnectionAddress.Parse(value).ShouldBeNull();

    [Theory]
    [InlineData("recvonly", "sendonly", true)]
    [InlineData("", "sendonly", true)]
    [InlineData("sendonly", "recvonly", true)]
    [InlineData("recvonly", "recvonly", false)]
    [InlineData("sendonly", "sendonly", false)]
    [InlineData("sendrecv", "sendrecv", false)]
    [InlineData("", "", false)]
    public void A_back_channel_is_sound_in_the_other_direction_than_the_video(string video, string sound, bool isBackChannel)
    {
        var media = Parse($"m=video 0 RTP/AVP 96\na={video}\nm=audio 0 RTP/AVP 0\na={sound}").Media;
        media.Select(it => it.IsBackChannel).ShouldBe([false, isBackChannel]);
    }

    [Fact]
    public void The_only_track_is_no_back_channel() =>
        Parse("m=audio 0 RTP/AVP 0\na=sendonly").Media[0].IsBackChannel.ShouldBeFalse();

    [Fact]
    public void Text_is_UTF_8_or_else_Latin_1()
    {
        SessionDescription.Parse("s=Büro\nm=video 0 RTP/AVP 96"u8).Name.ShouldBe("Büro");
        SessionDescription.Parse([.. "s=B"u8, 0xfc, .. "ro\nm=video 0 RTP/AVP 96"u8]).Name.ShouldBe("Büro");
    }

    [Fact]
    public void Zeros_and_garbage_at_the_end_are_left_out()
    {
        var media = SessionDescription.Parse([.. "m=video 0 RTP/AVP 26\r\na=control:track1\0\0\0\r\n"u8, 0xff, 0, 1, 2, .. "=\r\n==\r\na"u8]).Media;
        media.ShouldHaveSingleItem().Control.ShouldBe("track1");
    }

    [Theory]
    [InlineData("")]
    [InlineData("v=0\r\no=- 0 0 IN IP4 0.0.0.0\r\ns=nothing\r\n")]
    [InlineData("<html></html>")]
    public void Without_media_there_is_no_track(string text) =>
        Should.Throw<RtspException>(() => Parse(text)).Fault.ShouldBe(RtspFault.NoTrack);

    [Theory]
    [InlineData("m=")]
    [InlineData("m=video")]
    [InlineData("m=image 99999 TCP/TLS")]
    public void A_media_line_may_be_incomplete(string text)
    {
        var media = Parse(text).Media.ShouldHaveSingleItem();
        media.Formats.ShouldBeEmpty();
        media.Port.ShouldBe(0);
    }

    [Fact]
    public void More_than_a_client_takes_is_too_much()
    {
        Parse(Media(32)).Media.Count.ShouldBe(32);
        Parse($"m=audio 0 RTP/AVP {Types(64)}").Media[0].Formats.Count.ShouldBe(64);
        foreach (var text in new[] { Media(33), $"m=audio 0 RTP/AVP {Types(65)}", "m=video 0 RTP/AVP 96\na=" + new string('x', 256 << 10) })
            Should.Throw<RtspException>(() => Parse(text)).Fault.ShouldBe(RtspFault.TooMuch);

        static string Media(int count) => string.Concat(Enumerable.Repeat("m=video 0 RTP/AVP 96\n", count));
        static string Types(int count) => string.Join(' ', Enumerable.Range(0, count));
    }

    private static SessionDescription Parse(string text) => SessionDescription.Parse(Encoding.UTF8.GetBytes(text));

    private static MediaFormat Format(string text) => Parse(text).Media[0].Formats[0];
}
