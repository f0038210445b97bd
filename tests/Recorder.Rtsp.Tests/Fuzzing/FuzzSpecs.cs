using System.Text;
using Recorder.Rtsp.Authentication;
using Recorder.Rtsp.Messages;
using Recorder.Rtsp.Sdp;
using Recorder.Rtsp.Tests.Messages;
using Recorder.Rtsp.Tests.Sdp;

namespace Recorder.Rtsp.Tests.Fuzzing;

/// <summary>Nothing that a server sends brings another exception than <see cref="RtspException"/>, takes long or takes much memory. See <see
/// cref="Mutator"/> for the long form.</summary>
public sealed class FuzzSpecs
{
    private const int ShortForm = 1500;
    private const int MostBytes = 48 << 20;

    // A round of a few kilobytes takes well under a millisecond; the rest is for a busy machine.
    private const long MostMilliseconds = 2000;

    private static readonly byte[][] Sdps = [.. CameraSdp.All.Select(it => Encoding.UTF8.GetBytes(it.Text.ReplaceLineEndings("\r\n")))];

    private static readonly byte[][] Streams =
    [
        [
            .. "RTSP/1.0 200 OK\r\nCSeq: 1\r\nPublic: OPTIONS,\r\n DESCRIBE\r\nContent-Length: 5\r\n\r\nv=0\r\n"u8, .. "$"u8, 0, 0, 6, 0x80, 96, 1, 2, 3, 4,
            .. "\r\nOPTIONS * RTSP/1.0\r\nCSeq: 9\r\n\r\n"u8, .. "$"u8, 1, 0, 4, 0x81, 200, 0, 0, 0, 0, 7,
            .. "RTSP/1.0 401 Unauthorized\nCSeq:2\nWWW-Authenticate: Digest realm=\"a\", nonce=\"b\"\n\n"u8, .. "$"u8, 0, 0, 0,
        ],
        [.. Enumerable.Range(0, 20).SelectMany(i => (byte[])[.. "$"u8, (byte)(i & 1), 0, 8, 0x80, 96, 0, (byte)i, 0, 0, 0, 0])],
    ];

    private static readonly string[] Challenges =
    [
        "Digest realm=\"http-auth@example.org\", qop=\"auth, auth-int\", algorithm=SHA-256, nonce=\"7ypf/xlj9XX\", "
            + "opaque=\"FQhe/qaU925k\", stale=true",
        "Newauth realm=\"apps\", title=\"Login to \\\"apps\\\"\", Basic realm=\"simple\", Digest nonce=1,algorithm=MD5-sess,qop=auth",
        "Basic realm=\"IP\\Camera\"",
    ];

    private static readonly string[] Headers =
    [
        "RTP/AVP/TCP;unicast;destination=1.2.3.4;source=\"a\";interleaved=0-1;ssrc=5D3A1B00;mode=\"PLAY\",RTP/AVP;client_port=5000-5001;ttl=3",
        "12345678;timeout=60",
        "url=rtsp://foo.com/bar,a;b/streamid=0;seq=45102;rtptime=1,url=\"rtsp://c/a\" ssrc=0A13C760:seq=4;rtptime=12345678",
        "OPTIONS, DESCRIBE, SETUP",
        "rtsp://user:p%41ss@[fe80::1]:554/a?b=c&d/trackID=1",
    ];

    [Fact]
    public void Streams_may_be_damaged_and_split() => Mutator.Run(ShortForm, random =>
    {
        var bytes = Mutator.Mutate(random, Pick(random, Streams));
        var reader = new RtspReader();
        reader.UseChannel(0);
        reader.UseChannel(1);
        var stream = new ReceivedStream(reader);
        Try(bytes, it =>
        {
            foreach (var piece in Mutator.Pieces(random, it.Length))
            {
                stream.Receive(it.AsSpan(piece));
                stream.Kept.ShouldBeLessThan(RtspReader.MostKept + 1);
            }
        });
        reader.SkippedBytes.ShouldBeLessThanOrEqualTo(bytes.Length);
    });

    [Fact]
    public void A_stream_means_the_same_however_it_is_split() => Mutator.Run(ShortForm / 3, random =>
    {
        var bytes = Mutator.Mutate(random, Pick(random, Streams));
        Read(bytes, [Range.All]).ShouldBe(Read(bytes, Mutator.Pieces(random, bytes.Length)));
    });

    [Fact]
    public void Descriptions_may_be_damaged() =>
        Mutator.Run(ShortForm, random => Try(Mutator.Mutate(random, Pick(random, Sdps)), bytes => SessionDescription.Parse(bytes)));

    [Fact]
    public void Challenges_may_be_damaged() => Mutator.Run(ShortForm, random =>
        Try(Mutator.Mutate(random, Encoding.Latin1.GetBytes(Pick(random, Challenges))), bytes =>
        {
            var headers = new RtspHeaders([new("WWW-Authenticate", Encoding.Latin1.GetString(bytes))]);
            var authenticator = new Authenticator(new Credentials("user", "secret"), () => "cnonce");
            for (var i = 0; i < 3 && authenticator.Challenged(headers) == ChallengeOutcome.SendAgain; i++)
                RtspWriter.Request("PLAY", "rtsp://cam/", 1, [new("Authorization", authenticator.Authorize("PLAY", "rtsp://cam/")!)]);
        }));

    [Fact]
    public void Headers_may_be_damaged() => Mutator.Run(ShortForm, random =>
        Try(Mutator.Mutate(random, Encoding.Latin1.GetBytes(Pick(random, Headers))), bytes =>
        {
            var text = Encoding.Latin1.GetString(bytes);
            _ = TransportHeader.Parse(text).ToString();
            _ = SessionHeader.Parse(text);
            RtpInfo.Parse(text).Count.ShouldBeLessThan(65);
            _ = PublicMethods.Parse([text]);
            var joined = RtspUrl.Join(RtspUrl.Base(new RtspHeaders([new("Content-Base", text)]), "rtsp://cam/x", text), text);
            _ = RtspWriter.Request("SETUP", joined, 1, []);
            _ = Credentials.Of(RtspUrl.Parse(text));
        }));

    [Fact]
    public void The_worst_that_fits_takes_no_time()
    {
        string[] units = [";", ",", "\"", "=", " ", "url=", ",url=", ";seq=", "a=b,", "a ", "\\\"", "/", "a=rtpmap:96 \n", "a=fmtp:96 a\n", "$", "R"];
        foreach (var unit in units)
        {
            var text = string.Concat(Enumerable.Repeat(unit, (60 << 10) / unit.Length));
            Try(Encoding.Latin1.GetBytes(text), bytes =>
            {
                _ = TransportHeader.Parse(text);
                _ = SessionHeader.Parse(text);
                _ = RtpInfo.Parse("url=" + text);
                _ = ChallengeParser.Parse(["Digest " + text]);
                _ = RtspUrl.Join("rtsp://cam/", text);
                SessionDescription.Parse([.. bytes, .. bytes, .. "m=video 0 RTP/AVP 96\n"u8, .. bytes]);
            });
            Try(Encoding.Latin1.GetBytes("RTSP/1.0 200 OK\r\nA: b\r\n " + text), bytes =>
            {
                var stream = new ReceivedStream(new RtspReader());
                foreach (var piece in bytes.Chunk(4096))
                    stream.Receive(piece);
            });
        }
    }

    private static T Pick<T>(Random random, T[] choices) => choices[random.Next(choices.Length)];

    private static List<string> Read(byte[] bytes, IEnumerable<Range> pieces)
    {
        var reader = new RtspReader();
        reader.UseChannel(0);
        var stream = new ReceivedStream(reader);
        var end = "";
        try
        {
            foreach (var piece in pieces)
                stream.Receive(bytes.AsSpan(piece));
        }
        catch (RtspException e)
        {
            end = e.Fault.ToString();
        }

        return [.. stream.Items.Select(it => it is RtspMessage message
            ? $"{message.Headers.Count} headers, {Convert.ToHexString(message.Body.Span)}"
            : Convert.ToHexString((((byte Channel, byte[] Payload))it).Payload)), end];
    }

    private static void Try(byte[] bytes, Action<byte[]> read)
    {
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var start = Environment.TickCount64;
        try
        {
            read(bytes);
        }
        catch (RtspException e)
        {
            e.Fault.ShouldBeOneOf(RtspFault.Malformed, RtspFault.TooMuch, RtspFault.NoTrack);
        }

        (Environment.TickCount64 - start).ShouldBeLessThan(MostMilliseconds);
        (GC.GetAllocatedBytesForCurrentThread() - allocated).ShouldBeLessThan(MostBytes);
    }
}
