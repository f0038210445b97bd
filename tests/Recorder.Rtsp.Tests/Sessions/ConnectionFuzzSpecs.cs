using Recorder.Rtsp.Payloads;
using Recorder.Rtsp.Rtp;
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

    [Fact]
    public void Datagrams_may_be_damaged_and_come_in_any_order() => Mutator.Run(ShortForm, random =>
    {
        var format = PayloadFormats.Find("PCMA", 8, 8000, 1, _ => null, TrackKind.Audio)!;
        var log = new MediaLog();
        var track = new RtpTrack(0, format, [8], log.CreateBuffer(0, format.Format), log, new TrackAlignment());
        var buffer = new byte[8 << 10];
        var now = TimeSpan.FromHours(1);
        var number = random.Next(200_000);
        for (var i = 0; i < 200; i++)
        {
            number += random.Next(50) == 0 ? random.Next(-70_000, 70_000) : random.Next(-3, 6);
            var packet = MediaLog.Sample(Math.Abs(number), source: random.Next(40) == 0 ? 8u : 7u);
            if (random.Next(5) == 0)
                packet = Mutator.Mutate(random, packet);

            packet.AsSpan(0, Math.Min(packet.Length, buffer.Length)).CopyTo(buffer);
            track.ReceiveUnordered(buffer.AsMemory(0, Math.Min(packet.Length, buffer.Length)), now);
            if (random.Next(3) == 0)
                track.Park(now);

            now += TimeSpan.FromMilliseconds(random.Next(30));
            _ = track.Reports.Write(new byte[ReceiverReports.Size], 1, 7, now);
        }

        track.Finish();
        // Each packet is delivered at most once.
        log.Frames.Count.ShouldBeLessThanOrEqualTo(200);
        log.Losses.ShouldAllBe(it => it.Packets >= 0 && it.To >= it.From);
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
        Tests.Rtp.TrackLog.Packet(number, number * 3600L, [(byte)(number % 4 == 0 ? 0x65 : 0x41), 0x88, 1, 2, 3, 4], marker: true, source: 9);
}
