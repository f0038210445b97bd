using Recorder.Rtsp.Payloads;
using Recorder.Rtsp.Tests.Fuzzing;
using static Recorder.Rtsp.Tests.Payloads.Depacketizing;

namespace Recorder.Rtsp.Tests.Payloads;

/// <summary>Whatever a camera sends, no depacketizer throws but for a frame that is too large. RTSP_FUZZ says how many rounds.</summary>
public sealed class DepacketizerFuzzSpecs
{
    private const int Packets = 40;

    private static readonly int Rounds = Mutator.Rounds(300);

    [Theory]
    [InlineData("H264", "", "6588 0102 03", "78 0002 6742 0003 658801", "7C 85 8801", "7C 05 02", "7C 45 03", "7A 1234 0002 00 0000 6742", "00000001 6742 000001 658801")]
    [InlineData("H265", "", "2601 8001", "6001 0003 400101 0004 26018001", "6201 93 8001", "6201 13 01", "6201 53 01", "6401 2680 0000 8001")]
    [InlineData("H265", "sprop-max-don-diff=1", "2601 0007 8001", "6001 0007 0003 400101 00 0004 26018001", "6201 93 0007 8001")]
    [InlineData("AV1", "", "38 01 10 03 08 AABB 30 1122", "68 03 08 AABB 30 1122", "D0 3344", "A0 01 55 30 3166", "10 36 00 02 1122")]
    [InlineData("JPEG", "", "00 000000 01 32 08 06 112233", "00 000003 01 32 08 06 445566", "00 000000 41 80 08 06 0010 FFFF 0001 0004 11223344")]
    [InlineData("MPEG4-GENERIC", "config=1210", "0030 0010 0018 0008 1122 334455 66", "0010 0030 1122", "0010 0030 3344", "0002 0018 112233")]
    [InlineData("MP4A-LATM", "config=400024203FC0", "02 1122 03 334455", "FF 03", "06 1122")]
    [InlineData("MP4A-LATM", "cpresent=1", "20001210 1FE0 1122 3344", "8111 2233")]
    [InlineData("opus", "", "FB03 112233", "08")]
    [InlineData("MPA", "", "00000000 FFFB14C0 1122", "00000006 3344")]
    [InlineData("L24", "", "112233445566")]
    [InlineData("vnd.onvif.metadata", "", "3C3F786D6C", "3C74743A4D6574616461746153747265616D3E")]
    public void Mutated_packets_do_no_harm(string encoding, string parameter, params string[] packets)
    {
        for (var round = 0; round < Rounds; round++)
        {
            var random = new Random(round);
            var format = PayloadFormats.Find(encoding, 96, 48_000, 2, Fmtp(parameter), TrackKind.Data).ShouldNotBeNull();
            var log = new FrameLog();
            var depacketizer = format.Create(log, log);
            var timestamp = 0L;
            for (var i = 0; i < Packets; i++)
            {
                timestamp += random.Next(3) == 0 ? random.Next(-10, 4000) : 0;
                var lost = random.Next(10) == 0 ? random.Next(1, 5) : 0;
                var bytes = Mutate(random, Hex(packets[random.Next(packets.Length)]));
                depacketizer.Add(new RtpPayload(bytes, timestamp, random.Next(3) == 0, lost) { Extension = Mutate(random, [0xFF, 0xC0, 0, 17]) });
                if (random.Next(3) == 0)
                    depacketizer.Park();
            }

            depacketizer.Finish();
            log.MostBytes.ShouldBeLessThan(1 << 20, $"round {round}");
            foreach (var frame in log.Frames)
                CheckLengths(format.Format.Codec, frame.Bytes);
        }
    }

    [Theory]
    [InlineData("H264", "sprop-parameter-sets", "Z0IACpY1QPAQ,aM48gA==")]
    [InlineData("H265", "sprop-sps", "QgEBAWAAAAMAsAAAAwAAAwB7oAPAgBDlja")]
    [InlineData("MPEG4-GENERIC", "config", "2B8A08001210EB8A0800")]
    [InlineData("MPEG4-GENERIC", "config", "1200050848012345678900")]
    [InlineData("MP4A-LATM", "config", "400024203FC08001")]
    [InlineData("MPEG4-GENERIC", "sizelength", "13")]
    [InlineData("opus", "sprop-stereo", "1")]
    public void Mutated_parameters_count_as_missing(string encoding, string name, string value)
    {
        for (var round = 0; round < Rounds; round++)
        {
            var random = new Random(round);
            var mutated = string.Concat(Mutate(random, [.. value.Select(letter => (byte)letter)]).Select(letter => (char)letter));
            var hex = random.Next(2) == 0 ? mutated : Convert.ToHexString(Mutate(random, Convert.FromHexString(value.Length % 2 == 0 && value.All(char.IsAsciiHexDigit) ? value : "1210")));
            var format = PayloadFormats.Find(encoding, 96, 48_000, 2, Parameters((name, hex)), TrackKind.Unknown).ShouldNotBeNull();
            format.Receive(new Sent(Hex("0010 0018 112233"), 0, true));
            format.Format.Header.Length.ShouldBeLessThan(100_000);
        }
    }

    [Fact]
    public void A_frame_without_end_is_refused()
    {
        var log = new FrameLog();
        var depacketizer = Find("H264").Create(log, log);
        depacketizer.Add(new RtpPayload(Hex("7C 85 8801"), 0, false, 0));
        byte[] more = [0x7C, 0x05, .. Enumerable.Repeat((byte)1, 1 << 20)];
        Should.Throw<RtspException>(() =>
        {
            for (var i = 0; i < 65; i++)
                depacketizer.Add(new RtpPayload(more, 0, false, 0));
        }).Fault.ShouldBe(RtspFault.TooMuch);
    }

    private static Func<string, string?> Fmtp(string parameter)
    {
        var parts = parameter.Split('=');
        return parts.Length == 2 ? Parameters((parts[0], parts[1])) : Parameters();
    }

    // What is stored must be readable: units fill the frame.
    private static void CheckLengths(string codec, ReadOnlySpan<byte> frame)
    {
        while (codec is "h264" or "hevc" && !frame.IsEmpty)
        {
            var length = System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(frame);
            length.ShouldBeGreaterThan(0);
            frame = frame[(4 + length)..];
        }
    }

    private static byte[] Mutate(Random random, byte[] bytes)
    {
        List<byte> mutated = [.. bytes];
        for (var count = random.Next(4); count > 0; count--)
        {
            var at = random.Next(mutated.Count + 1);
            switch (random.Next(5))
            {
                case 0:
                    mutated.Insert(at, (byte)random.Next(256));
                    break;
                case 1 when at < mutated.Count:
                    mutated.RemoveAt(at);
                    break;
                case 2 when at < mutated.Count:
                    mutated[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 3 when at < mutated.Count:
                    mutated[at] = (byte)(random.Next(2) == 0 ? 0 : 255);
                    break;
                case 4:
                    mutated.RemoveRange(at, mutated.Count - at);
                    break;
            }
        }

        return [.. mutated];
    }
}
