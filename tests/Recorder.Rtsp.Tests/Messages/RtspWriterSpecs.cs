using System.Text;
using Recorder.Rtsp.Messages;

namespace Recorder.Rtsp.Tests.Messages;

public sealed class RtspWriterSpecs
{
    [Fact]
    public void A_request_is_written_with_CSeq_and_headers() =>
        Text(RtspWriter.Request("DESCRIBE", "rtsp://cam/live", 2, [new("Accept", "application/sdp"), new("User-Agent", "recorder")]))
            .ShouldBe("DESCRIBE rtsp://cam/live RTSP/1.0\r\nCSeq: 2\r\nAccept: application/sdp\r\nUser-Agent: recorder\r\n\r\n");

    [Fact]
    public void A_body_has_its_length() =>
        Text(RtspWriter.Request("SET_PARAMETER", "rtsp://cam/live", 9, [], "a: b"u8))
            .ShouldBe("SET_PARAMETER rtsp://cam/live RTSP/1.0\r\nCSeq: 9\r\nContent-Length: 4\r\n\r\na: b");

    [Fact]
    public void A_request_of_the_server_is_answered_with_its_CSeq()
    {
        var request = (RtspRequest)ReceivedStream.One("OPTIONS * RTSP/1.0\r\nCSeq: 17\r\n\r\n");
        Text(RtspWriter.Response(request, 200, "OK", [])).ShouldBe("RTSP/1.0 200 OK\r\nCSeq: 17\r\n\r\n");
    }

    [Fact]
    public void What_a_server_sent_in_another_encoding_goes_back_byte_by_byte()
    {
        var stream = new ReceivedStream(new RtspReader());
        stream.Receive([.. "RTSP/1.0 200 OK\r\nSession: "u8, 0xe9, 0xff, .. "\r\n\r\n"u8]);
        var session = stream.Messages.Single().Headers["Session"]!;
        RtspWriter.Request("PLAY", "rtsp://cam/", 1, [new("Session", session)]).AsSpan().IndexOf(new byte[] { (byte)' ', 0xe9, 0xff, 13 })
            .ShouldBeGreaterThan(0);
    }

    [Theory]
    [InlineData("PLAY", "rtsp://cam/\r\nX: y", "a", "b")]
    [InlineData("PLAY", "rtsp://cam/ RTSP/1.0", "a", "b")]
    [InlineData("PLAY\n", "rtsp://cam/", "a", "b")]
    [InlineData("PLAY", "rtsp://cam/", "a\n", "b")]
    [InlineData("PLAY", "rtsp://cam/", "a: b", "c")]
    [InlineData("PLAY", "rtsp://cam/", "a", "secret\r\nX: y")]
    [InlineData("PLAY", "rtsp://cam/", "a", "secret\rX")]
    public void A_line_break_in_a_value_is_refused(string method, string url, string name, string value)
    {
        var refusal = Should.Throw<RtspException>(() => RtspWriter.Request(method, url, 1, [new(name, value)]));
        refusal.Fault.ShouldBe(RtspFault.Malformed);
        refusal.Message.ShouldNotContain("secret");
    }

    [Fact]
    public void A_packet_goes_between_the_messages_as_a_frame() => RtspWriter.Frame(1, [0x80, 201]).ShouldBe([0x24, 1, 0, 2, 0x80, 201]);

    private static string Text(byte[] bytes) => Encoding.Latin1.GetString(bytes);
}
