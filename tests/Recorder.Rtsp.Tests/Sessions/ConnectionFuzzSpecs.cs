using Recorder.Rtsp.Tests.Fuzzing;

namespace Recorder.Rtsp.Tests.Sessions;

/// <summary>Whole connections whose bytes are damaged and cut anywhere. See <see cref="Mutator"/> for the long form.</summary>
public sealed class ConnectionFuzzSpecs
{
    private const int ShortForm = 400;
    private const long MostBytes = 64 << 20;
    private const long MostMilliseconds = 2000;

    private static readonly string[] Challenges = ["Digest realm=\"cam\", nonce=\"NONCE\", qop=\"auth\"", "Basic realm=\"cam\""];

    [Fact]
    public void Connections_may_be_damaged_in_any_way() => Mutator.Run(ShortForm, random =>
    {
        var time = new SpecTime();
        var script = new CameraScript { Sdp = CameraScript.Describe(CameraScript.Sound, CameraScript.Video), Session = "77;timeout=2" };
        if (random.Next(3) == 0)
            script.Password = new CameraPassword(Challenges);

        var rate = random.Next(1, 12);
        var wire = new MemoryWire(script, time)
        {
            MostAtOnce = random.Next(3) == 0 ? random.Next(1, 20) : random.Next(1, 5000),
            Damages = bytes => bytes.Length > 0 && random.Next(rate) == 0 ? Mutator.Mutate(random, bytes) : bytes,
        };
        var begin = Environment.TickCount64;
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            Play(wire, time, random);
        }
        catch (RtspException error)
        {
            error.Message.ShouldNotBeNullOrWhiteSpace();
            error.Fault.ShouldNotBe(RtspFault.Unknown);
        }

        wire.IsDisposed.ShouldBeTrue();
        (Environment.TickCount64 - begin).ShouldBeLessThan(MostMilliseconds);
        (GC.GetAllocatedBytesForCurrentThread() - allocated).ShouldBeLessThan(MostBytes);
    });

    private static void Play(MemoryWire wire, SpecTime time, Random random)
    {
        var buffer = new byte[256 << 10];
        var receiver = new FrameCounter();
        using var session = wire.Open(receiver, user: "admin:s3cret@");
        for (var i = 0; i < 10; i++)
        {
            wire.Arrive(
                CameraClient.Frame(0, MediaLog.Sample(i)), CameraClient.Frame(2, Video(i)), CameraClient.Frame(1, ReportSpecs.SenderReport(0xEB00_0000_0000_0000, 160)),
                "OPTIONS * RTSP/1.0\r\nCSeq: 5\r\n\r\n"u8.ToArray(), CameraClient.Frame(0, MediaLog.Sample(i + 20, source: (uint)random.Next(6, 9))),
                random.Next(8) == 0 ? CameraClient.Frame(1, MediaLog.Goodbye()) : []);
            wire.IsAtEnd = random.Next(20) == 0;
            for (var reads = 0; reads < 20; reads++)
            {
                if (!session.Read(buffer))
                    return;
            }

            time.Advance(TimeSpan.FromMilliseconds(300));
        }

        session.BeginClosing();
        for (var reads = 0; session.Read(buffer); reads++)
        {
            reads.ShouldBeLessThan(100, "closing does not end");
            time.Advance(TimeSpan.FromMilliseconds(50));
        }
    }

    private static byte[] Video(int number) =>
        Rtp.TrackLog.Packet(number, number * 3600L, [(byte)(number % 4 == 0 ? 0x65 : 0x41), 0x88, 1, 2, 3, 4], marker: true, source: 9);
}
