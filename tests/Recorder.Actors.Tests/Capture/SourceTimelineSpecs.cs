using Recorder.Actors.Capture;
using Recorder.FFmpeg;

namespace Recorder.Actors.Tests.Capture;

public sealed class SourceTimelineSpecs
{
    private const long No = PacketInfo.NoTimestamp;
    private const int Video = 0;
    private const int Audio = 1;
    private static readonly Rational Rtp = new(1, 90000);
    private static readonly Rational Khz48 = new(1, 48000);

    [Fact]
    public void Timestamps_in_order_pass_unchanged()
    {
        var timeline = Live();
        for (var n = 0; n < 10; n++)
        {
            timeline.Map(Video, (n * 3600) + 7200, n * 3600, 3600, Ms(n * 40)).ShouldBe(new MediaStamp((n * 3600) + 7200, n * 3600, 3600));
            timeline.Map(Audio, n * 1920, n * 1920, 1920, Ms(n * 40)).ShouldBe(new MediaStamp(n * 1920, n * 1920, 1920));
        }
    }

    [Fact]
    public void After_a_reconnect_the_timeline_continues_after_the_time_that_passed_for_all_tracks_together()
    {
        var timeline = Live();
        Run(timeline, from: 0, frames: 50, arrival: 0);
        var last = timeline.Position!.Value;
        timeline.Reconnected();

        // The camera's timestamps start elsewhere now, with sound 80 ms after video. The last packet arrived at 1.96 s, the next
        // one at 9.96 s.
        var video = timeline.Map(Video, 900_000, 900_000, 3600, Ms(9960));
        var audio = timeline.Map(Audio, 483_840, 483_840, 1920, Ms(9960));

        Seconds(video.Dts, Rtp).ShouldBe(last.TotalSeconds + 8, 0.001);
        (Seconds(audio.Dts, Khz48) - Seconds(video.Dts, Rtp)).ShouldBe(0.080, 0.0001);
    }

    [Fact]
    public void A_first_packet_without_timestamps_is_placed_at_the_beginning_of_the_connection()
    {
        // RTSP states no time of a frame before the sender's first report.
        var timeline = Live();
        Run(timeline, from: 0, frames: 50, arrival: 0);
        timeline.Reconnected();
        var sound = timeline.Map(Audio, 0, 0, 1920, Ms(2960));
        var first = timeline.Map(Video, No, No, 3600, Ms(2960));
        var second = timeline.Map(Video, 3600, 3600, 3600, Ms(3000));

        Seconds(first.Dts, Rtp).ShouldBe(Seconds(sound.Dts, Khz48), 0.001);
        (second.Dts - first.Dts).ShouldBe(3600);
    }

    [Fact]
    public void An_immediate_reconnect_does_not_step_back()
    {
        var timeline = Live();
        Run(timeline, from: 0, frames: 50, arrival: 0);
        timeline.Reconnected();
        var first = timeline.Map(Video, 0, 0, 3600, Ms(1960));
        first.Dts.ShouldBeGreaterThanOrEqualTo(50 * 3600);
    }

    [Fact]
    public void A_changed_time_base_after_a_reconnect_is_converted_to_the_announced_one()
    {
        var timeline = Live();
        Run(timeline, from: 0, frames: 25, arrival: 0);
        timeline.Reconnected();
        timeline.SetTrack(Video, Rational.Milliseconds, Rtp, 3600);
        var first = timeline.Map(Video, 0, 0, 40, Ms(2960));
        var second = timeline.Map(Video, 40, 40, 40, Ms(3000));
        (second.Dts - first.Dts).ShouldBe(3600);
        second.Duration.ShouldBe(3600);
    }

    [Fact]
    public void A_wrap_of_the_33_bit_counter_of_MPEG_TS_is_undone()
    {
        var timeline = Live();
        var range = 1L << 33;
        var start = range - (5 * 3600);
        var previous = 0L;
        for (var n = 0; n < 20; n++)
        {
            var dts = (start + (n * 3600)) % range;
            var pts = (start + ((n + 2) * 3600)) % range;
            var stamp = timeline.Map(Video, pts, dts, 3600, Ms(n * 40));
            (stamp.Pts - stamp.Dts).ShouldBe(7200);
            if (n > 0)
                (stamp.Dts - previous).ShouldBe(3600);

            previous = stamp.Dts;
        }
    }

    [Fact]
    public void Tracks_that_wrap_one_after_the_other_stay_together()
    {
        var timeline = Live();
        timeline.SetTrack(Audio, Rtp, Khz48, 960);
        var range = 1L << 33;
        for (var n = 0; n < 20; n++)
        {
            // Sound is 200 ms ahead in the stream.
            var video = timeline.Map(Video, No, (range - 18000 + (n * 3600)) % range, 3600, Ms(n * 40));
            var audio = timeline.Map(Audio, No, (range + (n * 3600)) % range, 3600, Ms(n * 40));
            (Seconds(audio.Dts, Khz48) - Seconds(video.Dts, Rtp)).ShouldBe(0.2, 0.001);
        }

        var lastVideo = timeline.Map(Video, No, (range - 18000 + (20 * 3600)) % range, 3600, Ms(800));
        lastVideo.Dts.ShouldBe(range - 18000 + (20 * 3600));
    }

    [Theory]
    [InlineData(3_600_000)]
    [InlineData(-3_600_000)]
    public void A_jump_is_removed_for_all_tracks_alike(long jumpMs)
    {
        var timeline = Live();
        Run(timeline, from: 10_000, frames: 50, arrival: 0);
        var before = timeline.Position!.Value;
        var at = 10_000 + 2000 + jumpMs;

        // Video jumps first, and sound one packet later.
        var video = timeline.Map(Video, at * 90, at * 90, 3600, Ms(2000));
        var oldAudio = timeline.Map(Audio, 12_000 * 48, 12_000 * 48, 1920, Ms(2000));
        var audio = timeline.Map(Audio, (at + 40) * 48, (at + 40) * 48, 1920, Ms(2040));

        Seconds(video.Dts, Rtp).ShouldBe(before.TotalSeconds + 0.04, 0.001);
        Seconds(oldAudio.Dts, Khz48).ShouldBe(12.0, 0.001);
        (Seconds(audio.Dts, Khz48) - Seconds(video.Dts, Rtp)).ShouldBe(0.04, 0.001);
    }

    [Fact]
    public void A_pause_as_long_as_the_clock_says_is_a_gap_and_not_a_jump()
    {
        var timeline = Live();
        timeline.Map(Video, 0, 0, 3600, Ms(0));
        timeline.Map(Video, 60 * 90000, 60 * 90000, 3600, Ms(60_000)).Dts.ShouldBe(60 * 90000);
    }

    [Fact]
    public void A_sparse_track_in_a_file_follows_the_other_one()
    {
        var timeline = File();
        timeline.Map(Video, 0, 0, 0, Ms(0));
        for (var n = 0; n < 1500; n++)
            timeline.Map(Audio, n * 960, n * 960, 960, Ms(0));

        timeline.Map(Video, 30 * 90000, 30 * 90000, 0, Ms(0)).Dts.ShouldBe(30 * 90000);
    }

    [Fact]
    public void Missing_decode_times_are_filled_in()
    {
        var timeline = File();
        timeline.Map(Video, 0, No, 3600, Ms(0)).ShouldBe(new MediaStamp(0, 0, 3600));
        timeline.Map(Video, 3600, No, 3600, Ms(0)).ShouldBe(new MediaStamp(3600, 3600, 3600));
        timeline.Map(Video, No, 7200, 3600, Ms(0)).ShouldBe(new MediaStamp(7200, 7200, 3600));
        timeline.Map(Video, No, No, 3600, Ms(0)).ShouldBe(new MediaStamp(10800, 10800, 3600));
    }

    [Fact]
    public void Decode_times_that_do_not_rise_are_raised()
    {
        var timeline = File();
        timeline.Map(Video, 3600, 3600, 3600, Ms(0));
        timeline.Map(Video, 3600, 3600, 3600, Ms(0)).ShouldBe(new MediaStamp(3601, 3601, 3600));
        timeline.Map(Video, 1800, 1800, 3600, Ms(0)).ShouldBe(new MediaStamp(3602, 3602, 3600));
        timeline.Map(Video, 7200, 7200, 3600, Ms(0)).ShouldBe(new MediaStamp(7200, 7200, 3600));
    }

    [Fact]
    public void A_loop_continues_directly_after_the_last_packet()
    {
        var timeline = File();
        // Frames are reordered, so that decode times begin two frames early.
        for (var play = 0; play < 3; play++)
        {
            for (var n = 0; n < 10; n++)
            {
                var video = timeline.Map(Video, n * 3600, (n - 2) * 3600, 3600, Ms(0));
                var audio = timeline.Map(Audio, n * 1920, n * 1920, 1920, Ms(0));
                video.Pts.ShouldBe(((play * 10) + n) * 3600);
                video.Dts.ShouldBe(((play * 10) + n - 2) * 3600);
                audio.Pts.ShouldBe(((play * 10) + n) * 1920);
            }

            timeline.Looped();
        }
    }

    [Fact]
    public void Random_timestamps_never_step_back()
    {
        var random = new Random(1);
        var timeline = Live();
        var last = new long[] { long.MinValue, long.MinValue };
        for (var n = 0; n < 20_000; n++)
        {
            var track = random.Next(2);
            var dts = random.Next(10) == 0 ? No : random.NextInt64(1L << 34);
            var pts = random.Next(10) == 0 ? No : random.NextInt64(1L << 34);
            if (random.Next(500) == 0)
                timeline.Reconnected();

            var stamp = timeline.Map(track, pts, dts, random.Next(5000), Ms(n * 10));
            stamp.Dts.ShouldBeGreaterThan(last[track]);
            stamp.Pts.ShouldBeGreaterThanOrEqualTo(stamp.Dts);
            last[track] = stamp.Dts;
        }
    }

    [Fact]
    public void Missing_first_decode_times_lie_before_a_reordered_first_frame()
    {
        var timeline = new SourceTimeline(live: false);
        timeline.SetTrack(0, Rational.Milliseconds, Rational.Milliseconds, 40, reorder: 2);

        long[] shown = [0, 120, 40, 80];
        long[] stated = [PacketInfo.NoTimestamp, PacketInfo.NoTimestamp, 0, 40];
        shown.Zip(stated, (pts, dts) => timeline.Map(0, pts, dts, 40, TimeSpan.Zero).Dts).ShouldBe([-80, -40, 0, 40]);
    }

    private static SourceTimeline Live() => With(new SourceTimeline(live: true));

    private static SourceTimeline File() => With(new SourceTimeline(live: false));

    private static SourceTimeline With(SourceTimeline timeline)
    {
        timeline.SetTrack(Video, Rtp, Rtp, 3600);
        timeline.SetTrack(Audio, Khz48, Khz48, 960);
        return timeline;
    }

    private static void Run(SourceTimeline timeline, long from, int frames, long arrival)
    {
        for (var n = 0; n < frames; n++)
        {
            var at = from + (n * 40);
            timeline.Map(Video, at * 90, at * 90, 3600, Ms(arrival + (n * 40)));
            timeline.Map(Audio, at * 48, at * 48, 1920, Ms(arrival + (n * 40)));
        }
    }

    private static double Seconds(long value, Rational timeBase) => value * timeBase.Value;

    private static TimeSpan Ms(long ms) => TimeSpan.FromMilliseconds(ms);
}
