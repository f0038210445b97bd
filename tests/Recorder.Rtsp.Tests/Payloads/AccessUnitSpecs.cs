using Recorder.Rtsp.Payloads;

namespace Recorder.Rtsp.Tests.Payloads;

/// <summary>What H.264 and H.265 have in common: round trips, losses and markers.</summary>
public sealed class AccessUnitSpecs
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Every_frame_arrives_as_it_was_sent_however_it_was_packed(bool h265)
    {
        for (var seed = 0; seed < 60; seed++)
        {
            var random = new Random(seed);
            var frames = new NalCamera(h265, random).Frames(24);
            var habit = (MarkerHabit)(seed % 4);
            var log = Receive(h265, frames.SelectMany(frame => Pack(h265, random, frame, habit)), random);

            // The last one is whole only if the marker said so.
            ShouldBe(log, frames.Take(log.Frames.Count));
            log.Frames.Count.ShouldBeGreaterThanOrEqualTo(habit == MarkerHabit.Last ? 24 : 23, $"seed {seed}");
            log.Misses.ShouldBeEmpty($"seed {seed}");
        }
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void A_lost_packet_costs_the_frames_it_was_part_of_and_no_other(bool h265, bool delimiters)
    {
        var random = new Random(5);
        var camera = new NalCamera(h265, random);
        List<AccessUnit> frames = [.. Enumerable.Range(0, 24).Select(i => camera.Frame(1000 + (3600L * i), i % 8 == 0, i % 8 == 7, delimiters))];
        List<(Sent Packet, AccessUnit Frame)> packets = [.. frames.SelectMany(frame => Pack(h265, random, frame, MarkerHabit.Last).Select(packet => (packet, frame)))];

        // The first group shows what the camera does with the marker.
        for (var lost = packets.FindIndex(packet => packet.Frame == frames[8]); lost < packets.Count; lost++)
        {
            var log = new FrameLog();
            var depacketizer = Create(h265, log);
            var receiver = new Receiver(depacketizer, random);
            for (var i = 0; i < packets.Count; i++)
            {
                if (i == lost)
                    receiver.Lose();
                else
                    receiver.Receive(packets[i].Packet);
            }

            depacketizer.Finish();
            var gone = packets[lost].Frame;
            ShouldBe(log, frames.Where(frame => frame != gone));
            if (gone != frames[^1])
                log.Misses.Count.ShouldBe(1, $"packet {lost}");
            if (log.Misses.Count > 0 && !log.Misses[0].OthersNeedIt)
                gone.Disposable.ShouldBeTrue($"packet {lost}");
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void No_frame_with_a_hole_is_delivered_whatever_the_marker_and_however_many_packets_are_lost(bool h265)
    {
        for (var seed = 0; seed < 150; seed++)
        {
            var random = new Random(seed);
            var frames = new NalCamera(h265, random).Frames(40);
            var habit = (MarkerHabit)(seed % 4);
            var log = new FrameLog();
            var receiver = new Receiver(Create(h265, log), random);
            HashSet<long> damaged = [];
            foreach (var packet in frames.SelectMany((frame, i) => Pack(h265, random, frame, habit)))
            {
                if (packet.Timestamp > 1000 + (9 * 3600) && random.Next(15) == 0)
                {
                    receiver.Lose();
                    damaged.Add(packet.Timestamp);
                }
                else
                {
                    receiver.Receive(packet);
                }
            }

            foreach (var frame in log.Frames)
            {
                damaged.Contains(frame.Info.Timestamp).ShouldBeFalse($"seed {seed}");
                var sent = frames[(int)(frame.Info.Timestamp / 3600)];
                frame.Bytes.AsSpan().SequenceEqual(sent.Bytes).ShouldBeTrue($"seed {seed}");
            }

            log.Misses.Count.ShouldBeGreaterThan(0);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_loss_within_a_frame_that_no_other_needs_breaks_nothing(bool h265)
    {
        var random = new Random(3);
        var camera = new NalCamera(h265, random);
        var packer = new NalPacketizer(h265, random);
        var frames = camera.Frames(16);
        var (spare, next) = (camera.Frame(100_000, key: false, disposable: true), camera.Frame(103_600, key: false, disposable: false));
        spare.Units[0] = [.. spare.Units[0][..3], .. Enumerable.Repeat((byte)7, 500)];

        for (var lost = 0; lost < 5; lost++)
        {
            var log = new FrameLog();
            var receiver = new Receiver(Create(h265, log), random);
            receiver.Receive(frames.SelectMany(frame => packer.Pack(frame.Units, frame.Timestamp)));
            var packets = packer.Pack(spare.Units, spare.Timestamp, mtu: 120, aggregate: false);
            receiver.Receive(packets[..lost]);
            receiver.Lose();
            receiver.Receive(packets[(lost + 1)..]);
            receiver.Receive(packer.Pack(next.Units, next.Timestamp));

            log.Misses.Count.ShouldBe(1);
            log.Misses[0].OthersNeedIt.ShouldBeFalse($"packet {lost}");
            ShouldBe(log, [.. frames, next]);
        }
    }

    [Fact]
    public void A_marker_that_has_proved_right_delivers_at_once_and_never_again_after_it_was_wrong()
    {
        var random = new Random(1);
        var log = new FrameLog();
        var receiver = new Receiver(Create(h265: false, log), random);

        receiver.Receive([new Sent([0x65, 0x88, 1], 0, false), new Sent([0x65, 0x40, 2], 0, true)]);
        log.Frames.ShouldBeEmpty("the marker is not proven");
        receiver.Receive([new Sent([0x61, 0x88, 3], 1, true)]);
        log.Frames.Count.ShouldBe(2);
        receiver.Receive([new Sent([0x61, 0x40, 4], 1, true)]);
        receiver.Receive([new Sent([0x61, 0x88, 5], 2, true)]);
        log.Frames.Count.ShouldBe(3, "the late slice is not thrown away");
        receiver.Receive([new Sent([0x61, 0x40, 6], 2, true)]);
        receiver.Receive([new Sent([0x61, 0x88, 7], 3, true)]);
        log.Frames.Count.ShouldBe(4);
        log.Frames[^1].Bytes.ShouldBe([0, 0, 0, 3, 0x61, 0x88, 5, 0, 0, 0, 3, 0x61, 0x40, 6]);
        log.Misses.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("780002674200026801000365880100", "")]
    [InlineData("658801", "6742")]
    public void A_marker_on_the_only_packet_of_a_frame_proves_nothing(string only, string next)
    {
        Sent[] beginning = [new(Convert.FromHexString(only), 0, true)];
        if (next.Length > 0)
            beginning = [.. beginning, new Sent(Convert.FromHexString(next), 0, false)];
        var log = Receive(false, [.. beginning, new Sent([0x61, 0x88, 1], 1, true), new Sent([0x61, 0x40, 2], 1, true), new Sent([0x61, 0x88, 3], 2, true)], new Random(1));
        log.Frames.Count.ShouldBe(2);
        log.Frames[1].Bytes[^14..].ShouldBe([0, 0, 0, 3, 0x61, 0x88, 1, 0, 0, 0, 3, 0x61, 0x40, 2]);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(0, false)]
    [InlineData(500, true)]
    [InlineData(3600, false)]
    public void Parameter_sets_belong_to_the_frame_that_follows_them_whatever_their_timestamp(int later, bool marker)
    {
        var random = new Random(2);
        var camera = new NalCamera(h265: false, random);
        var packer = new NalPacketizer(h265: false, random);
        var frames = camera.Frames(25);
        List<Sent> packets = [];
        foreach (var frame in frames)
        {
            var sets = frame.Units.TakeWhile(unit => (unit[0] & 31) is 7 or 8).ToList();
            packets.AddRange(sets.Select(unit => new Sent(unit, frame.Timestamp - 3600 + later, marker)));
            packets.AddRange(packer.Pack(frame.Units[sets.Count..], frame.Timestamp));
        }

        var log = Receive(false, packets, random);
        ShouldBe(log, frames);
        log.Misses.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(MarkerHabit.Last)]
    [InlineData(MarkerHabit.Never)]
    public void Parameter_sets_between_the_slices_of_a_frame_do_not_divide_it(object habit)
    {
        var random = new Random(4);
        List<AccessUnit> frames = [.. new NalCamera(h265: false, random).Frames(24).Select(frame => frame with { Units = [.. frame.Units.SelectMany(Repeat)] })];
        var log = Receive(false, frames.SelectMany(frame => Pack(false, random, frame, (MarkerHabit)habit)), random);
        ShouldBe(log, frames.SkipLast((MarkerHabit)habit == MarkerHabit.Last ? 0 : 1));

        static byte[][] Repeat(byte[] unit) => (unit[0] & 31) == 5 ? [[0x67, 1, 2], [0x68, 3], unit] : [unit];
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Frames_of_a_camera_whose_clock_stands_still_are_told_apart(bool h265)
    {
        var random = new Random(2);
        List<AccessUnit> frames = [.. new NalCamera(h265, random).Frames(24).Select(frame => frame with { Timestamp = 77 })];
        var log = Receive(h265, frames.SelectMany(frame => Pack(h265, random, frame, MarkerHabit.Never)), random);
        ShouldBe(log, frames.SkipLast(1));
    }

    [Fact]
    public void A_stream_that_is_joined_in_the_middle_begins_with_its_first_whole_frame_and_misses_nothing()
    {
        var log = Receive(false, [new Sent([0x7C, 0x05, 1], 0, false), new Sent([0x7C, 0x45, 2], 0, true), new Sent([0x61, 0x88, 3], 1, true), new Sent([0x61, 0x88, 3], 2, true)], new Random(1));
        log.Frames.Select(frame => frame.Info.Timestamp).ShouldBe([1L, 2L]);
        log.Misses.ShouldBeEmpty();
    }

    private static List<Sent> Pack(bool h265, Random random, AccessUnit frame, MarkerHabit habit)
        => new NalPacketizer(h265, random).Pack(frame.Units, frame.Timestamp, habit, aggregate: habit != MarkerHabit.EachUnit);

    private static IDepacketizer Create(bool h265, FrameLog log)
        => PayloadFormats.Find(h265 ? "H265" : "h264", 96, 90_000, 0, _ => null, TrackKind.Video)!.Create(log, log);

    private static FrameLog Receive(bool h265, IEnumerable<Sent> packets, Random random)
    {
        var log = new FrameLog();
        var depacketizer = Create(h265, log);
        new Receiver(depacketizer, random).Receive(packets);
        depacketizer.Finish();
        return log;
    }

    private static void ShouldBe(FrameLog log, IEnumerable<AccessUnit> frames)
    {
        var expected = frames.ToList();
        Assert.Equal(expected.Select(frame => (frame.Timestamp, frame.Key)), log.Frames.Select(frame => (frame.Info.Timestamp, frame.Info.Key)));
        foreach (var (frame, sent) in log.Frames.Zip(expected))
            frame.Bytes.AsSpan().SequenceEqual(sent.Bytes).ShouldBeTrue($"frame {sent.Timestamp}");
    }
}
