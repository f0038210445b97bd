using Recorder.Actors.Capture;
using Recorder.FFmpeg;

namespace Recorder.Actors.Tests.Capture;

/// <summary>Clocks of cameras that are set, and that run at another rate than time.</summary>
public sealed class LyingTimestampSpecs
{
    private const double Close = LyingCamera.Frame + (2 * LyingCamera.Jitter);

    [Theory]
    [InlineData(-3)]
    [InlineData(-5)]
    [InlineData(8)]
    [InlineData(-0.4)]
    [InlineData(0.7)]
    [InlineData(-3600)]
    [InlineData(40_000)]
    public void A_clock_that_is_set_changes_nothing_on_the_timeline_and_is_told(double by)
    {
        var camera = new LyingCamera([new Incident(20, Trouble.Jump, by)]);
        var packets = camera.Run(60);

        packets.ShouldAllBe(packet => Math.Abs(packet.Error) < Close);
        Steps(packets, LyingCamera.Video).ShouldAllBe(step => Math.Abs(step - 0.04) < 0.021);
        var (at, mend) = camera.Mends.Where(told => told.Mend.IsNoticeable).ShouldHaveSingleItem();
        at.ShouldBe(20, 0.1);
        mend.By.TotalSeconds.ShouldBe(by, 0.05);
        mend.IsNoticeable.ShouldBeTrue();
    }

    [Theory]
    [InlineData(-3)]
    [InlineData(8)]
    public void A_clock_that_is_set_right_after_the_beginning_is_no_other(double by)
    {
        var packets = new LyingCamera([new Incident(4, Trouble.Jump, by)]).Run(40);

        packets.ShouldAllBe(packet => Math.Abs(packet.Error) < Close);
    }

    [Fact]
    public void A_clock_that_is_set_and_set_back_leaves_sound_and_picture_where_they_were()
    {
        var packets = new LyingCamera([new Incident(20, Trouble.Jump, -3), new Incident(30, Trouble.Jump, 3)], jitters: false).Run(40);

        packets.Where(packet => packet.True > 31).ShouldAllBe(packet => Math.Abs(packet.Error) < 0.0001);
    }

    [Theory]
    [InlineData(0.8, true)]
    [InlineData(0.8, false)]
    [InlineData(1.25, false)]
    public void Frames_that_are_stamped_at_another_rate_than_they_come_follow_their_arrival_within_a_minute(double rate, bool hasSound)
    {
        var camera = new LyingCamera([new Incident(0, Trouble.Rate, rate, LyingCamera.Video)]) { HasSound = hasSound };
        var packets = camera.Run(240);

        packets.Where(packet => packet.True > 90).ShouldAllBe(packet => Math.Abs(packet.Error) < Close);
        packets.Where(packet => packet.Track == LyingCamera.Audio).ShouldAllBe(packet => packet.Out == Math.Round(packet.Said, 9));
        camera.Mends.ShouldContain(told => told.Mend.Verdict == DriftVerdict.Began && told.Mend.IsNoticeable);
        Steps(packets, LyingCamera.Video).ShouldAllBe(step => step > 0.02 && step < 0.08);
    }

    [Fact]
    public void A_sound_clock_that_is_slow_stays_with_its_pictures()
    {
        var camera = new LyingCamera([new Incident(0, Trouble.Rate, 0.95, LyingCamera.Audio)]);
        var packets = camera.Run(300);

        packets.Where(packet => packet.True > 60).ShouldAllBe(packet => Math.Abs(packet.Error) < Close);
        packets.ShouldAllBe(packet => Math.Abs(packet.Error) < 1);
        packets.Where(packet => packet.Track == LyingCamera.Video).ShouldAllBe(packet => packet.Out == Math.Round(packet.Said, 9));
    }

    [Fact]
    public void A_crystal_that_is_a_little_off_is_followed_so_gently_that_nobody_is_told()
    {
        var camera = new LyingCamera([new Incident(0, Trouble.Rate, 0.9997)]);
        var packets = camera.Run(600);

        packets.ShouldAllBe(packet => Math.Abs(packet.Error) < 0.08);
        Steps(packets, LyingCamera.Video).ShouldAllBe(step => step <= 0.04 * (1 + DriftCorrection.GentleRate) + 0.00002);
        camera.Mends.ShouldAllBe(told => !told.Mend.IsNoticeable);
    }

    [Fact]
    public void A_stalled_network_is_no_clock()
    {
        var camera = new LyingCamera([new Incident(20, Trouble.Stall, 4), new Incident(40, Trouble.Stall, 2), new Incident(70, Trouble.Stall, 4.5)]);
        var packets = camera.Run(120);

        packets.ShouldAllBe(packet => packet.Out == Math.Round(packet.Said, 9));
        camera.Mends.ShouldBeEmpty();
    }

    [Fact]
    public void Segments_that_come_at_once_keep_their_timestamps()
    {
        var stalls = Enumerable.Range(0, 40).Select(n => new Incident(n * 6, Trouble.Stall, 6)).ToList();
        var camera = new LyingCamera(stalls);
        var packets = camera.Run(238);

        packets.ShouldAllBe(packet => packet.Out == Math.Round(packet.Said, 9));
        camera.Mends.ShouldBeEmpty();
    }

    [Fact]
    public void Segments_that_are_fetched_now_sooner_now_later_keep_their_timestamps()
    {
        var random = new Random(3);
        var stalls = Enumerable.Range(0, 100).Select(n => new Incident(n * 6, Trouble.Stall, 6 + (2.5 * random.NextDouble()))).ToList();
        var camera = new LyingCamera(stalls);
        var packets = camera.Run(595);

        packets.ShouldAllBe(packet => packet.Out == Math.Round(packet.Said, 9));
        camera.Mends.ShouldBeEmpty();
    }

    [Fact]
    public void What_a_server_held_back_for_newcomers_keeps_its_timestamps()
    {
        // Four seconds at once, and then as they are captured.
        var camera = new LyingCamera([new Incident(0, Trouble.Stall, 4)]);
        var packets = camera.Run(120);

        packets.ShouldAllBe(packet => packet.Out == Math.Round(packet.Said, 9));
        camera.Mends.ShouldBeEmpty();
    }

    [Fact]
    public void Packets_that_are_lost_leave_a_hole_as_long_as_they_were()
    {
        var packets = new LyingCamera([new Incident(20, Trouble.Loss, 3), new Incident(30, Trouble.Loss, 0.5, LyingCamera.Video)]).Run(60);

        packets.ShouldAllBe(packet => packet.Out == Math.Round(packet.Said, 9));
    }

    [Fact]
    public void A_picture_every_few_seconds_is_as_it_is()
    {
        var packets = new LyingCamera([]) { PictureEvery = 7, HasSound = false }.Run(700);

        packets.ShouldAllBe(packet => packet.Out == packet.Said);
    }

    [Fact]
    public void A_first_packet_with_an_absurd_timestamp_squeezes_nothing()
    {
        foreach (var live in (bool[])[true, false])
        {
            var timeline = new SourceTimeline(live);
            timeline.SetTrack(0, Rational.Milliseconds, Rational.Milliseconds, 40);
            timeline.SetTrack(1, Rational.Milliseconds, Rational.Milliseconds, 40);
            var pictures = new List<long>();
            var sounds = new List<long>();
            for (var n = 0; n < 20; n++)
            {
                var arrival = TimeSpan.FromMilliseconds(n * 40);
                sounds.Add(timeline.Map(1, n * 40, n * 40, 40, arrival).Dts);
                pictures.Add(timeline.Map(0, n == 0 ? 280 : n * 40, n == 0 ? 280 : n * 40, 40, arrival).Dts);
            }

            pictures.Zip(pictures.Skip(1), (one, next) => next - one).ShouldAllBe(step => step == 40);
            // They stay together.
            sounds.Zip(pictures, (sound, picture) => picture - sound).Skip(2).ShouldAllBe(apart => apart == 0);
        }
    }

    [Theory]
    [InlineData(7_200_000)]
    [InlineData(3_000)]
    [InlineData(-7_200_000)]
    public void A_first_packet_that_is_hours_off_leaves_the_tracks_together(long off)
    {
        foreach (var first in (int[])[0, 1])
        {
            var timeline = new SourceTimeline(live: true);
            timeline.SetTrack(0, Rational.Milliseconds, Rational.Milliseconds, 40);
            timeline.SetTrack(1, Rational.Milliseconds, Rational.Milliseconds, 40);
            var last = (Picture: 0L, Sound: 0L);
            for (var n = 0; n < 50; n++)
            {
                var arrival = TimeSpan.FromMilliseconds(n * 40);
                var picture = (n * 40) + (n == 0 ? off : 0);
                if (first == 0)
                {
                    last.Picture = timeline.Map(0, picture, picture, 40, arrival).Dts;
                }

                last.Sound = timeline.Map(1, n * 40, n * 40, 40, arrival).Dts;
                if (first == 1)
                {
                    last.Picture = timeline.Map(0, picture, picture, 40, arrival).Dts;
                }
            }

            Math.Abs(last.Picture - last.Sound).ShouldBeLessThan(45);
        }
    }

    [Fact]
    public void A_first_report_that_moves_a_track_back_aligns_it_little_by_little()
    {
        // Sound is found to be 0.2 s earlier than it was thought to be.
        var camera = new LyingCamera([new Incident(3, Trouble.Jump, -0.2, LyingCamera.Audio)]);
        var sound = camera.Run(90).Where(packet => packet.Track == LyingCamera.Audio).ToList();

        Steps(sound, LyingCamera.Audio).ShouldAllBe(step => step > 0.015);
        sound.Where(packet => packet.True > 75).ShouldAllBe(packet => Math.Abs(packet.Out - packet.Said) < Close);
    }

    [Fact]
    public void Pictures_whose_decode_times_are_out_of_order_do_not_stretch_time()
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
    public void A_file_keeps_its_timestamps_whenever_it_is_read()
    {
        var timeline = new SourceTimeline(live: false);
        timeline.SetTrack(0, Rational.Milliseconds, Rational.Milliseconds, 40);
        for (var n = 0; n < 5_000; n++)
        {
            timeline.Map(0, n * 50, n * 50, 40, TimeSpan.FromMilliseconds(n)).Dts.ShouldBe(n * 50);
        }
    }

    [Fact]
    public void A_sender_that_sends_as_fast_as_it_can_is_left_alone()
    {
        var timeline = new SourceTimeline(live: true);
        timeline.SetTrack(0, Rational.Milliseconds, Rational.Milliseconds, 40);
        for (var n = 0; n < 20_000; n++)
        {
            timeline.Map(0, n * 40, n * 40, 40, TimeSpan.FromMilliseconds(n * 8)).Dts.ShouldBe(n * 40);
        }
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
            {
                timeline.Map(0, n * 40, n * 40, 40, TimeSpan.FromMilliseconds(n * 40));
            }
        }
    }

    private static IEnumerable<double> Steps(IReadOnlyList<Mapped> packets, int track)
    {
        var times = packets.Where(packet => packet.Track == track).Select(packet => packet.Out).ToList();
        return times.Zip(times.Skip(1), (one, next) => next - one);
    }
}
