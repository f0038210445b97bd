using Recorder.Rtsp.Messages;

namespace Recorder.Rtsp.Tests.Messages;

public sealed class HeaderSpecs
{
    [Fact]
    public void A_transport_over_TCP_names_its_channels()
    {
        var transport = TransportHeader.Parse("RTP/AVP/TCP;unicast;destination=192.168.1.9;source=192.168.1.2;interleaved=2-3;ssrc=5D3A1B00;mode=\"PLAY\"");
        transport.ShouldBe(new TransportHeader("RTP/AVP/TCP")
        {
            Destination = "192.168.1.9",
            Source = "192.168.1.2",
            Interleaved = new PortPair(2, 3),
            Ssrc = 0x5D3A1B00,
            Mode = "PLAY",
        });
        transport.IsTcp.ShouldBeTrue();
    }

    [Fact]
    public void A_transport_over_UDP_names_its_ports()
    {
        // RFC 2326, 12.39 and 14.
        var transport = TransportHeader.Parse("RTP/AVP;unicast;client_port=3456-3457;server_port=5000-5001");
        transport.ShouldBe(new TransportHeader("RTP/AVP") { ClientPort = new PortPair(3456, 3457), ServerPort = new PortPair(5000, 5001) });
        transport.IsTcp.ShouldBeFalse();
    }

    [Fact]
    public void A_multicast_transport_names_group_ports_and_ttl() =>
        TransportHeader.Parse("RTP/AVP/UDP;multicast;destination=224.2.0.1;port=3456-3457;ttl=16")
            .ShouldBe(new TransportHeader("RTP/AVP/UDP") { IsMulticast = true, Destination = "224.2.0.1", Port = new PortPair(3456, 3457), Ttl = 16 });

    [Theory]
    [InlineData("RTP/AVP/TCP;interleaved=4", 4, 5)]
    [InlineData("RTP/AVP/TCP; Unicast; Interleaved = 4 - 5 ;", 4, 5)]
    [InlineData("RTP/AVP/TCP;interleaved=4-,RTP/AVP;interleaved=8-9", 4, 5)]
    [InlineData("RTP/AVP/TCP;interleaved=255", 255, 255)]
    public void Channels_are_written_in_many_ways(string value, int rtp, int rtcp) =>
        TransportHeader.Parse(value).Interleaved.ShouldBe(new PortPair(rtp, rtcp));

    [Theory]
    [InlineData("")]
    [InlineData(";;,;")]
    [InlineData("RTP/AVP/TCP;interleaved=256-257;client_port=x;ssrc=;ttl=1000;source=")]
    public void What_is_wrong_in_a_transport_is_not_there(string value)
    {
        var transport = TransportHeader.Parse(value);
        (transport with { Protocol = "" }).ShouldBe(new TransportHeader(""));
    }

    [Theory]
    [InlineData("4C0B9D2E", 0x4C0B9D2Eu)]
    [InlineData(" 0x1a", 0x1au)]
    [InlineData("FFFFFFFF8C0B9D2E", 0x8C0B9D2Eu)]
    [InlineData("0000000A/0000000B", 10u)]
    [InlineData("0000000A mode=play", 10u)]
    [InlineData("junk", null)]
    [InlineData("-5", null)]
    public void An_SSRC_is_hexadecimal_with_junk_around_it(string text, uint? ssrc) =>
        TransportHeader.Parse($"RTP/AVP;ssrc={text}").Ssrc.ShouldBe(ssrc);

    [Fact]
    public void A_request_asks_for_a_transport()
    {
        TransportHeader.OverTcp(2).ToString().ShouldBe("RTP/AVP/TCP;unicast;interleaved=2-3");
        TransportHeader.OverUdp(50000).ToString().ShouldBe("RTP/AVP;unicast;client_port=50000-50001");
        TransportHeader.OverMulticast().ToString().ShouldBe("RTP/AVP;multicast");
    }

    [Theory]
    [InlineData("12345678", "12345678", 60)]
    [InlineData("12345678;timeout=30", "12345678", 30)]
    [InlineData(" ABC-_+$. ; Timeout = \"90\" ;x", "ABC-_+$.", 90)]
    [InlineData("1;timeout=0", "1", 60)]
    [InlineData("1;timeout=-5", "1", 60)]
    [InlineData("1;timeout=99999999999", "1", 60)]
    [InlineData("1;timeout=2000000000", "1", 86400)]
    [InlineData("1;timeout", "1", 60)]
    public void A_session_lives_sixty_seconds_unless_it_says_otherwise(string value, string id, int seconds) =>
        SessionHeader.Parse(value).ShouldBe(new SessionHeader(id, TimeSpan.FromSeconds(seconds)));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" ; ")]
    public void Without_an_id_there_is_no_session(string? value) => SessionHeader.Parse(value).ShouldBeNull();

    [Fact]
    public void RTP_info_tells_where_each_track_begins() =>
        RtpInfo.Parse("url=rtsp://foo.com/bar.avi/streamid=0;seq=45102,url=rtsp://foo.com/bar.avi/streamid=1;seq=30211;rtptime=3450012").ShouldBe(
        [
            new RtpInfo("rtsp://foo.com/bar.avi/streamid=0", 45102, null), new RtpInfo("rtsp://foo.com/bar.avi/streamid=1", 30211, 3450012),
        ]);

    [Theory]
    [InlineData("url=rtsp://c/a,b;c=d/t1;seq=1;rtptime=2", "rtsp://c/a,b;c=d/t1", 1, 2u)]
    [InlineData("URL = \"rtsp://c/a;seq=9\";seq=1;rtptime=2", "rtsp://c/a;seq=9", 1, 2u)]
    [InlineData("url=\"rtsp://c/a\" ssrc=0A13C760:seq=45102;rtptime=12345678", "rtsp://c/a", 45102, 12345678u)]
    [InlineData("url=trackID=1;seq=1;rtptime=-1;", "trackID=1", 1, 4294967295u)]
    [InlineData("url=rtsp://c/a;seq=70000;rtptime=99999999999", "rtsp://c/a", null, null)]
    [InlineData("url=rtsp://c/a?x=1&y=2;rtptime=5;seq=", "rtsp://c/a?x=1&y=2", null, 5u)]
    [InlineData("url=", "", null, null)]
    [InlineData("seq=3;rtptime=4", "", 3, 4u)]
    public void RTP_info_is_written_in_many_ways(string value, string url, int? sequence, uint? time) =>
        RtpInfo.Parse(value).ShouldBe([new RtpInfo(url, (ushort?)sequence, time)]);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("nothing, at all")]
    public void Without_values_there_is_no_RTP_info(string? value) => RtpInfo.Parse(value).ShouldBeEmpty();

    [Fact]
    public void The_methods_of_all_headers_are_known()
    {
        var methods = PublicMethods.Of((RtspResponse)ReceivedStream.One(
            "RTSP/1.0 200 OK\r\nPublic: OPTIONS, DESCRIBE,SETUP\r\nPublic: get_parameter PLAY\r\nAllow: TEARDOWN\r\n\r\n"));
        methods.Count.ShouldBe(6);
        methods.Contains("GET_PARAMETER").ShouldBeTrue();
        methods.Contains("TEARDOWN").ShouldBeTrue();
        methods.Contains("PAUSE").ShouldBeFalse();
    }
}
