namespace Recorder.Rtsp.Tests.Sessions;

public sealed class SessionAllocationSpecs
{
    private const int MostBytesPerPacket = 10;

    // Ten seconds of sound with 20 ms in a packet, and of video with 50 packets in a frame, all in reads of 100 ms.
    private const int Reads = 100;
    private const int SoundPackets = 5;
    private const int VideoPackets = 125;

    [Fact]
    public void Packets_cost_no_memory_but_that_of_their_frames()
    {
        var time = new SpecTime();
        var script = new CameraScript { Sdp = CameraScript.Describe(CameraScript.Sound, CameraScript.Video), Session = "77;timeout=3600" };
        var wire = new MemoryWire(script, time);
        var receiver = new FrameCounter();
        using var session = wire.Open(receiver);
        var buffer = new byte[256 << 10];
        var stream = Stream(0);
        var pieces = new List<byte[]>();
        for (var i = 0; i < 2 * Reads; i++)
            pieces.Add(Stream(i));

        // Cut anywhere, so that a part of a frame is kept from read to read.
        wire.MostAtOnce = (stream.Length * 9 / 10) + 13;
        var before = 0L;
        for (var i = 0; i < 2 * Reads; i++)
        {
            if (i == Reads)
                before = GC.GetAllocatedBytesForCurrentThread();

            wire.Replace(pieces[i]);
            session.Read(buffer).ShouldBeTrue();
            session.Read(buffer).ShouldBeTrue();
            time.Advance(TimeSpan.FromMilliseconds(100));
        }

        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        receiver.Sound.ShouldBe(2 * Reads * SoundPackets);
        receiver.Video.ShouldBeGreaterThan(2 * Reads * 2);
        (allocated / (Reads * (SoundPackets + VideoPackets))).ShouldBeLessThan(MostBytesPerPacket);
    }

    private static byte[] Stream(int read)
    {
        var packets = new List<byte>();
        for (var i = 0; i < SoundPackets; i++)
            packets.AddRange(CameraClient.Frame(0, MediaLog.Sample((read * SoundPackets) + i)));

        for (var i = 0; i < VideoPackets; i++)
        {
            var number = (read * VideoPackets) + i;
            var (frame, part) = (number / 50, number % 50);
            // A key frame in fragments (FU-A).
            byte[] payload = [0x7c, (byte)((part == 0 ? 0x80 : 0) | (part == 49 ? 0x40 : 0) | 5), 0x88, .. new byte[997]];
            packets.AddRange(CameraClient.Frame(2, Rtp.TrackLog.Packet(number, frame * 3600L, payload, part == 49)));
        }

        return [.. packets];
    }
}
