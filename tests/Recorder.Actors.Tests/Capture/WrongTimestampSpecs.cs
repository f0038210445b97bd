using Recorder.Actors.Capture;
using Recorder.FFmpeg;

namespace Recorder.Actors.Tests.Capture;

/// <summary>Cameras whose clocks are set, or run at a wrong rate.</summary>
public sealed class WrongTimestampSpecs
{
    private const double Close = SimulatedCamera.Frame + (2 * SimulatedCamera.Jitter);

    [Theory]
    [InlineData(-3)]
    [InlineData(-5)]
    [InlineData(8)]
    [InlineData(-0.4)]
    [InlineData(0.7)]
    [InlineData(-3600)]
    [InlineData(40_000)]
    public void A_clock_that_is_set_does_not_change_the_timeline_and_is_reported(double by)
    {
        var camera = new SimulatedCamera([new Incident(20, Disturbance.Jump, by)]);
        var packets = camera.Run(60);

        packets.ShouldAllBe(packet => Math.Abs(packet.Error) < Close);
        Steps(packets, SimulatedCamera.Video).ShouldAllBe(step => Math.Abs(step - 0.04) < 0.021);
        var (at, correction) = camera.Corrections.Where(reported => reported.Correction.IsNoticeable).ShouldHaveSingleItem();
        at.ShouldBe(20, 0.1);
        correction.By.TotalSeconds.ShouldBe(by, 0.05);
        correction.IsNoticeable.ShouldBeTrue();
    }

    [Theory]
    [InlineData(-3)]
    [InlineData(8)]
    public void A_clock_that_is_set_right_after_the_beginning_does_not_change_the_timeline(double by)
    {
        var packets = new SimulatedCamera([new Incident(4, Disturbance.Jump, by)]).Run(40);

        packets.ShouldAllBe(packet => Math.Abs(packet.Error) < Close);
    }

    [Fact]
    public void A_clock_that_is_set_and_set_back_leaves_sound_and_video_in_place()
    {
        var packets = new SimulatedCamera([new Incident(20, Disturbance.Jump, -3), new Incident(30, Disturbance.Jump, 3)], jitters: false).Run(40);

        packets.Where(packet => packet.True > 31).ShouldAllBe(packet => Math.Abs(packet.Error) < 0.0001);
    }

    [Theory]
    [InlineData(0.8, true)]
    [InlineData(0.8, false)]
    [InlineData(1.25, false)]
    public void Frames_whose_timestamps_run_at_a_wrong_rate_follow_arrival_within_a_minute(double rate, bool hasSound)
    {
        var camera = new SimulatedCamera([new Incident(0, Disturbance.Rate, rate, SimulatedCamera.Video)]) { HasSound = hasSound };
        var packets = camera.Run(240);

        packets.Where(packet => packet.True > 90).ShouldAllBe(packet => Math.Abs(packet.Error) < Close);
        packets.Where(packet => packet.Track == SimulatedCamera.Audio).ShouldAllBe(packet => packet.Out == Math.Round(packet.Stated, 9));
        camera.Corrections.ShouldContain(reported => reported.Correction.Verdict == DriftVerdict.Began && reported.Correction.IsNoticeable);
        Steps(packets, SimulatedCamera.Video).ShouldAllBe(step => step > 0.02 && step < 0.08);
    }

    [Fact]
    public void Sound_with_a_slow_clock_stays_in_step_with_video()
    {
        var camera = new SimulatedCamera([new Incident(0, Disturbance.Rate, 0.95, SimulatedCamera.Audio)]);
        var packets = camera.Run(300);

        packets.Where(packet => packet.True > 60).ShouldAllBe(packet => Math.Abs(packet.Error) < Close);
        packets.ShouldAllBe(packet => Math.Abs(packet.Error) < 1);
        packets.Where(packet => packet.Track == SimulatedCamera.Video).ShouldAllBe(packet => packet.Out == Math.Round(packet.Stated, 9));
    }

    [Fact]
    public void A_clock_that_is_slightly_wrong_is_corrected_too_gently_to_be_reported()
    {
        var camera = new SimulatedCamera([new Incident(0, Disturbance.Rate, 0.9997)]);
        var packets = camera.Run(600);

        packets.ShouldAllBe(packet => Math.Abs(packet.Error) < 0.08);
        Steps(packets, SimulatedCamera.Video).ShouldAllBe(step => step <= 0.04 * (1 + DriftCorrection.InaudibleRate) + 0.00002);
        camera.Corrections.ShouldAllBe(reported => !reported.Correction.IsNoticeable);
    }

    [Fact]
    public void A_stalled_network_is_not_taken_for_a_wrong_clock()
    {
        var camera = new SimulatedCamera([new Incident(20, Disturbance.Stall, 4), new Incident(40, Disturbance.Stall, 2), new Incident(70, Disturbance.Stall, 4.5)]);
        var packets = camera.Run(120);

        packets.ShouldAllBe(packet => packet.Out == Math.Round(packet.Stated, 9));
        camera.Corrections.ShouldBeEmpty();
    }

    [Fact]
    public void Segments_that_arrive_in_bursts_keep_their_timestamps()
    {
        var stalls = Enumerable.Range(0, 40).Select(n => new Incident(n * 6, Disturbance.Stall, 6)).ToList();
        var camera = new SimulatedCamera(stalls);
        var packets = camera.Run(238);

        packets.ShouldAllBe(packet => packet.Out == Math.Round(packet.Stated, 9));
        camera.Corrections.ShouldBeEmpty();
    }

    [Fact]
    public void Segments_that_are_fetched_at_irregular_times_keep_their_timestamps()
    {
        var random = new Random(3);
        var stalls = Enumerable.Range(0, 100).Select(n => new Incident(n * 6, Disturbance.Stall, 6 + (2.5 * random.NextDouble()))).ToList();
        var camera = new SimulatedCamera(stalls);
        var packets = camera.Run(595);

        packets.ShouldAllBe(packet => packet.Out == Math.Round(packet.Stated, 9));
        camera.Corrections.ShouldBeEmpty();
    }

    [Fact]
    public void Packets_that_a_server_buffered_for_new_clients_keep_their_timestamps()
    {
        // Four seconds of media arrive at once, and then packets as they are captured.
        var camera = new SimulatedCamera([new Incident(0, Disturbance.Stall, 4)]);
        var packets = camera.Run(120);

        packets.ShouldAllBe(packet => packet.Out == Math.Round(packet.Stated, 9));
        camera.Corrections.ShouldBeEmpty();
    }

    [Fact]
    public void Lost_packets_leave_a_gap_of_their_length()
    {
        var packets = new SimulatedCamera([new Incident(20, Disturbance.Loss, 3), new Incident(30, Disturbance.Loss, 0.5, SimulatedCamera.Video)]).Run(60);

        packets.ShouldAllBe(packet => packet.Out == Math.Round(packet.Stated, 9));
    }

    [Fact]
    public void A_frame_every_few_seconds_keeps_its_timestamp()
    {
        var packets = new SimulatedCamera([]) { FrameInterval = 7, HasSound = false }.Run(700);

        packets.ShouldAllBe(packet => packet.Out == packet.Stated);
    }

    [Fact]
    public void A_wrong_timestamp_of_the_first_packet_does_not_squeeze_later_packets()
    {
        foreach (var live in (bool[])[true, false])
        {
            var timeline = new SourceTimeline(live);
            timeline.SetTrack(0, Rational.Milliseconds, Rational.Milliseconds, 40);
            timeline.SetTrack(1, Rational.Milliseconds, Rational.Milliseconds, 40);
            var frames = new List<long>();
            var sounds = new List<long>();
            for (var n = 0; n < 20; n++)
            {
                var arrival = TimeSpan.FromMilliseconds(n * 40);
                sounds.Add(timeline.Map(1, n * 40, n * 40, 40, arrival).Dts);
                frames.Add(timeline.Map(0, n == 0 ? 280 : n * 40, n == 0 ? 280 : n * 40, 40, arrival).Dts);
            }

            frames.Zip(frames.Skip(1), (one, next) => next - one).ShouldAllBe(step => step == 40);
            // Sound and video stay together.
            sounds.Zip(frames, (sound, frame) => frame - sound).Skip(2).ShouldAllBe(apart => apart == 0);
        }
    }

    [Theory]
    [InlineData(7_200_000)]
    [InlineData(3_000)]
    [InlineData(-7_200_000)]
    public void A_first_packet_that_is_hours_off_does_not_separate_the_tracks(long off)
    {
        foreach (var first in (int[])[0, 1])
        {
            var timeline = new SourceTimeline(live: true);
            timeline.SetTrack(0, Rational.Milliseconds, Rational.Milliseconds, 40);
            timeline.SetTrack(1, Rational.Milliseconds, Rational.Milliseconds, 40);
            var last = (Frame: 0L, Sound: 0L);
            for (var n = 0; n < 50; n++)
            {
                var arrival = TimeSpan.FromMilliseconds(n * 40);
                var frame = (n * 40) + (n == 0 ? off : 0);
                if (first == 0)
                    last.Frame = timeline.Map(0, frame, frame, 40, arrival).Dts;

                last.Sound = timeline.Map(1, n * 40, n * 40, 40, arrival).Dts;
                if (first == 1)
                    last.Frame = timeline.Map(0, frame, frame, 40, arrival).Dts;
            }

            Math.Abs(last.Frame - last.Sound).ShouldBeLessThan(45);
        }
    }

    [Fact]
    public void A_first_report_that_moves_a_track_back_aligns_it_gradually()
    {
        // The report says that sound is 0.2 s earlier than it was placed.
        var camera = new SimulatedCamera([new Incident(3, Disturbance.Jump, -0.2, SimulatedCamera.Audio)]);
        var sound = camera.Run(90).Where(packet => packet.Track == SimulatedCamera.Audio).ToList();

        Steps(sound, SimulatedCamera.Audio).ShouldAllBe(step => step > 0.015);
        sound.Where(packet => packet.True > 75).ShouldAllBe(packet => Math.Abs(packet.Out - packet.Stated) < Close);
    }

    [Fact]
    public void Frames_whose_decode_times_are_out_of_order_do_not_stretch_time()
    {
        var timeline = new SourceTimeline(live: true);
        timeline.SetTrack(0, Rational.Milliseconds, Rational.Milliseconds, 40);
        var last = 0L;
        for (var group = 0; group < 400; group++)
        {
            foreach (var shown in (int[])[2, 0, 1])
            {
                var time = ((group * 3) + shown) * 40;
                last = timeline.Map(0, time, time, 40, TimeSpan.FromMilliseconds(((group * 3) + 2) * 40)).Dts;
            }
        }

        last.ShouldBeInRange(400 * 120 - 200, (400 * 120) + 500);
    }

    [Fact]
    public void A_file_keeps_its_timestamps_however_fast_it_is_read()
    {
        var timeline = new SourceTimeline(live: false);
        timeline.SetTrack(0, Rational.Milliseconds, Rational.Milliseconds, 40);
        for (var n = 0; n < 5_000; n++)
            timeline.Map(0, n * 50, n * 50, 40, TimeSpan.FromMilliseconds(n)).Dts.ShouldBe(n * 50);
    }

    [Fact]
    public void A_sender_that_sends_as_fast_as_it_can_is_left_alone()
    {
        var timeline = new SourceTimeline(live: true);
        timeline.SetTrack(0, Rational.Milliseconds, Rational.Milliseconds, 40);
        for (var n = 0; n < 20_000; n++)
            timeline.Map(0, n * 40, n * 40, 40, TimeSpan.FromMilliseconds(n * 8)).Dts.ShouldBe(n * 40);
    }

    [Fact]
    public void Nothing_is_allocated_for_a_packet()
    {
        var timeline = new SourceTimeline(live: true);
        timeline.SetTrack(0, Rational.Milliseconds, Rational.Milliseconds, 40);
        Map(0, 1_000);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Map(1_000, 10_000);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);

        void Map(int from, int to)
        {
            for (var n = from; n < to; n++)
                timeline.Map(0, n * 40, n * 40, 40, TimeSpan.FromMilliseconds(n * 40));
        }
    }

    private static IEnumerable<double> Steps(IReadOnlyList<Mapped> packets, int track)
    {
        var times = packets.Where(packet => packet.Track == track).Select(packet => packet.Out).ToList();
        return times.Zip(times.Skip(1), (one, next) => next - one);
    }
}
