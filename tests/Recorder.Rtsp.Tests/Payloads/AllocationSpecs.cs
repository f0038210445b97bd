using Recorder.Rtsp.Payloads;
using static Recorder.Rtsp.Tests.Payloads.Depacketizing;

namespace Recorder.Rtsp.Tests.Payloads;

public sealed class AllocationSpecs
{
    [Theory]
    [InlineData("H264", "", "78 0002 6742 0003 658801", "7C 85 8801", "7C 05 02", "7C 45 03", "6141 03")]
    [InlineData("H265", "", "6001 0003 400101 0004 26018001", "6201 93 8001", "6201 13 01", "6201 53 01")]
    [InlineData("H265", "sprop-max-don-diff=1", "2601 0007 8001", "6201 93 0007 8001")]
    [InlineData("AV1", "", "28 03 08 AABB 30 1122", "50 36 00 02 1122", "90 3344")]
    [InlineData("JPEG", "", "00 000000 01 32 08 06 112233", "00 000003 01 32 08 06 445566")]
    [InlineData("MPEG4-GENERIC", "config=1210", "0030 0010 0018 0008 1122 334455 66", "0010 0020 1122", "0010 0020 3344")]
    [InlineData("MP4A-LATM", "config=400024203FC0", "02 1122 03 334455", "04 1122", "3344")]
    [InlineData("MP4A-LATM", "cpresent=1", "20001210 1FE0 1122 3344", "8111 2233")]
    [InlineData("opus", "", "FB03 112233")]
    [InlineData("L16", "", "11223344")]
    [InlineData("vnd.onvif.metadata", "", "3C3F786D6C", "3C74743A4D6574616461746153747265616D3E")]
    public void Frames_cost_no_memory_but_the_owners(string encoding, string parameter, params string[] packets)
    {
        var parts = parameter.Split('=');
        var format = PayloadFormats.Find(encoding, 96, 48_000, 2, Parameters((parts[0], parts[^1])), TrackKind.Unknown).ShouldNotBeNull();
        var sink = new Counter();
        var depacketizer = format.Create(sink, sink);
        var payloads = packets.Select(Hex).ToArray();
        Receive(depacketizer, payloads, 0);

        var before = GC.GetAllocatedBytesForCurrentThread();
        Receive(depacketizer, payloads, 100_000);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
        sink.Frames.ShouldBeGreaterThan(50);
    }

    private static void Receive(IDepacketizer depacketizer, byte[][] payloads, long timestamp)
    {
        for (var i = 0; i < 100; i++, timestamp += 100)
        {
            for (var n = 0; n < payloads.Length; n++)
            {
                depacketizer.Add(new RtpPayload(payloads[n], timestamp, n == payloads.Length - 1, 0));
                if (i % 2 == 0)
                    depacketizer.Park();
            }
        }
    }

    private sealed class Counter : IFrameBuffer, IFrameSink
    {
        private readonly byte[] _bytes = new byte[4096];
        private int _length;

        public int Frames { get; private set; }

        public Span<byte> Bytes => _bytes.AsSpan(0, _length);

        public Span<byte> Append(int length)
        {
            _length += length;
            return _bytes.AsSpan(_length - length, length);
        }

        public void Clear() => _length = 0;

        public void Deliver(in FrameInfo frame, FrameAssembler assembler)
        {
            assembler.Complete();
            Frames++;
            Clear();
        }

        public void Miss(long timestamp, bool othersNeedIt)
        {
        }
    }
}
