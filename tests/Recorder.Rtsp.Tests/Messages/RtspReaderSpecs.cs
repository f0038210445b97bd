using System.Text;
using Recorder.Rtsp.Messages;

namespace Recorder.Rtsp.Tests.Messages;

public sealed class RtspReaderSpecs
{
    private readonly RtspReader _reader = new();

    [Fact]
    public void A_response_has_status_reason_headers_and_body()
    {
        // RFC 2326, 10.2.
        var response = (RtspResponse)ReceivedStream.One("""
            RTSP/1.0 200 OK
            CSeq: 312
            Date: 23 Jan 1997 15:35:06 GMT
            Content-Type: application/sdp
            Content-Length: 5

            v=0

            """.ReplaceLineEndings("\r\n"));
        response.Status.ShouldBe(200);
        response.Reason.ShouldBe("OK");
        response.Version.ShouldBe("RTSP/1.0");
        response.CSeq.ShouldBe(312);
        response.Headers["content-TYPE"].ShouldBe("application/sdp");
        Encoding.ASCII.GetString(response.Body.Span).ShouldBe("v=0\r\n");
    }

    [Fact]
    public void A_server_may_send_requests()
    {
        // RFC 2326, 10.10.
        var request = (RtspRequest)ReceivedStream.One(
            "REDIRECT rtsp://example.com/fizzle/foo RTSP/1.0\r\nCSeq: 732\r\nLocation: rtsp://bigserver.com:8001\r\n\r\n");
        request.Method.ShouldBe("REDIRECT");
        request.Url.ShouldBe("rtsp://example.com/fizzle/foo");
        request.CSeq.ShouldBe(732);
        request.Headers["Location"].ShouldBe("rtsp://bigserver.com:8001");
    }

    [Fact]
    public void Repeated_headers_are_kept_in_order()
    {
        var response = ReceivedStream.One("RTSP/1.0 401 Unauthorized\r\nWWW-Authenticate: Digest a\r\nX: 1\r\nwww-authenticate: Basic b\r\n\r\n");
        response.Headers.All("WWW-Authenticate").ShouldBe(["Digest a", "Basic b"]);
        response.Headers.Select(it => it.Name).ShouldBe(["WWW-Authenticate", "X", "www-authenticate"]);
    }

    [Theory]
    [InlineData("RTSP/1.0 200 OK\nCSeq: 7\n\n")]
    [InlineData("RTSP/1.0 200 OK\r\nCSeq:7\r\n\r\n")]
    [InlineData("RTSP/1.0 200\r\nCSeq : 7\r\n\r\n")]
    [InlineData("rtsp/1.0 200 ok\r\ncseq: 7\r\n\r\n")]
    [InlineData("RTSP/2.0 200 OK\r\nCSeq:\t7  \r\n\r\n")]
    [InlineData("\r\n\r\n \nRTSP/1.0  200  OK\r\nCSeq: 7\r\n\r\n")]
    [InlineData("RTSP/1.0 200 OK\r\nCSeq:\r\n  7\r\n\r\n")]
    [InlineData("RTSP/1.0 200 OK\r\nno header at all\r\n: nor this\r\nCSeq: 7\r\n\n")]
    [InlineData("RTSP/1.0 200 OK\nCSeq: 7\n\r\n")]
    public void Cameras_write_responses_in_many_ways(string text)
    {
        var response = ReceivedStream.One(text).ShouldBeOfType<RtspResponse>();
        response.Status.ShouldBe(200);
        response.CSeq.ShouldBe(7);
    }

    [Fact]
    public void A_folded_header_is_one_value() =>
        ReceivedStream.One("RTSP/1.0 200 OK\r\nPublic: OPTIONS,\r\n DESCRIBE,\r\n\tSETUP\r\n\r\n").Headers["Public"].ShouldBe("OPTIONS, DESCRIBE, SETUP");

    [Fact]
    public void A_control_character_in_a_value_does_not_come_back_in_a_request() =>
        ReceivedStream.One("RTSP/1.0 200 OK\r\nSession: 1\rX: y\0z\r\n\r\n").Headers["Session"].ShouldBe("1 X: y z");

    [Fact]
    public void A_frame_is_a_part_of_what_was_received()
    {
        byte[] received = [.. "$"u8, 2, 0, 3, 7, 8, 9, .. "RTSP/1"u8];
        _reader.TryRead(received, out var consumed, out var frame, out _).ShouldBe(ReadResult.Frame);
        consumed.ShouldBe(7);
        frame.Channel.ShouldBe((byte)2);
        frame.Payload.ToArray().ShouldBe([7, 8, 9]);
        received[4] = 1;
        frame.Payload.Span[0].ShouldBe((byte)1);
    }

    [Fact]
    public void Frames_allocate_nothing()
    {
        var received = new byte[4 + 1000];
        (received[0], received[2], received[3]) = ((byte)'$', 1000 >> 8, 1000 & 255);
        Read();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
            Read();
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);

        void Read() => _reader.TryRead(received, out _, out _, out _);
    }

    [Fact]
    public void What_is_received_may_be_split_anywhere()
    {
        byte[] all =
        [
            .. "RTSP/1.0 200 OK\r\nCSeq: 1\r\nContent-Length: 4\r\n\r\nbody"u8, .. "$"u8, 0, 0, 2, 0x80, 1,
            .. "\r\nOPTIONS * RTSP/1.0\r\nCSeq: 2\r\n\r\n"u8, .. "$"u8, 1, 0, 0, .. "RTSP/1.0 454 Session Not Found\nCSeq:3\n\n"u8,
        ];
        for (var split = 0; split <= all.Length; split++)
        {
            for (var size = 1; size < 4; size++)
            {
                var stream = new ReceivedStream(new RtspReader());
                stream.Receive(all.AsSpan(0, split));
                foreach (var piece in all[split..].Chunk(size == 3 ? all.Length : size))
                    stream.Receive(piece);

                stream.Messages.Select(it => it.CSeq).ShouldBe([1, 2, 3]);
                Encoding.ASCII.GetString(stream.Messages.First().Body.Span).ShouldBe("body");
                stream.Frames.Select(it => (it.Channel, it.Payload.Length)).ShouldBe([((byte)0, 2), ((byte)1, 0)]);
                stream.Kept.ShouldBe(0);
            }
        }
    }

    [Fact]
    public void A_body_does_not_depend_on_what_the_caller_keeps()
    {
        var stream = new ReceivedStream(_reader);
        stream.Receive("RTSP/1.0 200 OK\r\nContent-Length: 300000\r\n\r\n" + new string('x', 100_000));
        stream.Kept.ShouldBe(0);
        stream.Receive(new string('x', 200_000));
        stream.Messages.ShouldHaveSingleItem().Body.Length.ShouldBe(300_000);
    }

    [Theory]
    [InlineData("HTTP/1.1 400 Bad Request\r\n\r\n")]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n")]
    [InlineData("\x15\x03\x03\0\x02")]
    [InlineData("login: ")]
    public void What_speaks_no_RTSP_at_all_is_malformed(string text) =>
        Should.Throw<RtspException>(() => new ReceivedStream(_reader).Receive(text)).Fault.ShouldBe(RtspFault.Malformed);

    [Theory]
    [InlineData("RTSP/1.0 OK\r\n\r\n")]
    [InlineData("RTSP/1.0\r\n\r\n")]
    [InlineData("RTSP/1.0 20 OK\r\n\r\n")]
    [InlineData("RTSP/1.0 099 OK\r\n\r\n")]
    [InlineData("RTSP/1.0 200 OK\r\nContent-Length: many\r\n\r\n")]
    [InlineData("RTSP/1.0 200 OK\r\nContent-Length: -1\r\n\r\n")]
    public void A_message_that_makes_no_sense_is_malformed(string text) =>
        Should.Throw<RtspException>(() => new ReceivedStream(_reader).Receive(text)).Fault.ShouldBe(RtspFault.Malformed);

    [Fact]
    public void More_than_a_client_takes_is_too_much()
    {
        var headers = string.Concat(Enumerable.Repeat("A: b\r\n", 257));
        string[] texts =
        [
            $"RTSP/1.0 200 OK\r\n{headers}\r\n",
            $"RTSP/1.0 200 OK\r\nX: {new string('x', 65536)}",
            $"RTSP/1.0 200 OK\r\nX: {new string('x', 65536)}\r\n\r\n",
            "RTSP/1.0 200 OK\r\nContent-Length: 1048577\r\n\r\n",
            "RTSP/1.0 200 OK\r\nContent-Length: 9000000000\r\n\r\n",
        ];
        foreach (var text in texts)
            Should.Throw<RtspException>(() => new ReceivedStream(new RtspReader()).Receive(text)).Fault.ShouldBe(RtspFault.TooMuch);

        new ReceivedStream(_reader).Receive($"RTSP/1.0 200 OK\r\n{headers[6..]}\r\n");
    }
}
