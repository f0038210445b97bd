using Recorder.Contracts;

namespace Recorder.Actors.Tests.Recording;

/// <summary>The gap ledger: every packet that should have been recorded and was not is in a gap.</summary>
public sealed class PipelineGapSpecs : PipelineSpecs
{
    private const int Gop = 25;

    [Fact]
    public void Packets_left_out_until_the_key_frame_after_a_stalled_disk_belong_to_its_gap()
    {
        var begin = Wall.Now;
        var pipeline = OpenCopy(new RecorderOptions { MemoryLimit = 1000 });
        Write(ScriptedMedia.Frames(0, 25, keyEvery: Gop));
        Sink.Backlog = 2000;
        Wall.Now = begin.AddSeconds(1);
        Write(ScriptedMedia.Frames(25, 5, keyEvery: Gop));
        Sink.Backlog = 0;
        Write(ScriptedMedia.Frames(30, 20, keyEvery: Gop));
        Sink.Gaps.ShouldBeEmpty();
        Wall.Now = begin.AddSeconds(2);
        Write(ScriptedMedia.Frames(50, 25, keyEvery: Gop));
        pipeline.Finish();

        Sink.Gaps.ShouldBe(
            [new StatedGap(GapCause.DiskStalled, Seconds(1), Seconds(1), begin.AddSeconds(1), begin.AddSeconds(2), 30)]);
        pipeline.LostPackets.ShouldBe(30);
    }

    [Fact]
    public void A_stop_while_the_disk_stalls_adds_the_gap()
    {
        var pipeline = OpenCopy(new RecorderOptions { MemoryLimit = 1000 });
        Write(ScriptedMedia.Frames(0, 25));
        Sink.Backlog = 2000;
        Write(ScriptedMedia.Frames(25, 10));
        pipeline.Finish();

        Sink.Gaps.Select(gap => (gap.Cause, gap.Duration, gap.Packets)).ShouldBe([(GapCause.DiskStalled, Seconds(0.4), 20L)]);
    }

    [Fact]
    public void A_source_that_waits_for_the_disk_loses_nothing()
    {
        var pipeline = OpenCopy(new RecorderOptions { MemoryLimit = 1000 }, mayDrop: false);
        Sink.Backlog = 2000;
        Write(ScriptedMedia.Frames(0, 50));
        pipeline.Finish();

        Sink.Gaps.ShouldBeEmpty();
        (pipeline.LostPackets, pipeline.Duration).ShouldBe((0, Seconds(2)));
    }

    [Fact]
    public void A_muted_track_waits_for_its_key_frame_within_its_gap()
    {
        var pipeline = OpenCopy();
        Write(ScriptedMedia.Frames(0, 25, keyEvery: Gop));
        pipeline.Mute(0, muted: true);
        Write(ScriptedMedia.Frames(25, 10, keyEvery: Gop));
        pipeline.Mute(0, muted: false);
        Write(ScriptedMedia.Frames(35, 40, keyEvery: Gop));
        pipeline.Finish();

        Sink.Gaps.Select(gap => (gap.Cause, gap.MediaTime, gap.Duration, gap.Packets))
            .ShouldBe([(GapCause.Muted, Seconds(1), Seconds(1), 25L)]);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(0)]
    public void A_track_that_is_muted_to_the_end_leaves_a_gap_whether_its_packets_arrive_or_not(int packets)
    {
        var pipeline = OpenCopy();
        Write(ScriptedMedia.Frames(0, 25));
        pipeline.Mute(1, muted: true);
        Write(ScriptedMedia.Frames(25, 25, audio: false));
        Write(ScriptedMedia.Frames(25, packets, video: false));
        pipeline.Finish();

        Sink.Gaps.Select(gap => (gap.Cause, gap.MediaTime, gap.Packets)).ShouldBe([(GapCause.Muted, Seconds(1), (long)packets)]);
    }

    [Fact]
    public void After_a_loss_of_the_source_the_gap_ends_with_the_first_key_frame()
    {
        var pipeline = OpenCopy();
        Write(ScriptedMedia.Frames(0, 25, keyEvery: Gop));
        var lost = DateTimeOffset.UnixEpoch;
        Wall.Now = lost.AddSeconds(9);
        pipeline.AddGap(GapCause.SourceLost, lost, lost.AddSeconds(3), 0, "Lost.");
        Write(ScriptedMedia.Frames(90, 15, keyEvery: Gop));
        pipeline.Finish();

        Sink.Gaps.ShouldBe([new StatedGap(GapCause.SourceLost, Seconds(1), Seconds(3), lost, lost.AddSeconds(9), 10)]);
        pipeline.LostPackets.ShouldBe(10);
    }

    [Fact]
    public void A_source_lost_before_the_recording_began_leaves_no_hole_at_its_beginning()
    {
        var pipeline = OpenCopy();
        Write(ScriptedMedia.Frames(0, 10, audio: false));
        pipeline.AddGap(GapCause.SourceLost, Wall.Now, Wall.Now.AddSeconds(30), 0, "Lost.");
        Write(ScriptedMedia.Frames(760, 25));
        pipeline.Finish();

        pipeline.Duration.ShouldBe(Seconds(1));
        Sink.Gaps.ShouldBeEmpty();
    }

    [Fact]
    public void A_gap_without_packets_lasts_as_long_as_the_clock_says()
    {
        var pipeline = OpenCopy();
        Write(ScriptedMedia.Frames(0, 25));
        pipeline.Mute(1, muted: true);
        Wall.Now = Wall.Now.AddSeconds(2);
        pipeline.Finish();

        Sink.Gaps.ShouldHaveSingleItem().Duration.ShouldBe(Seconds(2));
    }

    [Theory]
    [InlineData(730)]
    [InlineData(-730)]
    public void A_gap_without_packets_keeps_its_length_when_the_clock_is_set(int days)
    {
        var pipeline = OpenCopy();
        Write(ScriptedMedia.Frames(0, 25));
        pipeline.Mute(1, muted: true);
        Wall.Now = Wall.Now.AddSeconds(2);
        Wall.Set(TimeSpan.FromDays(days));
        pipeline.Finish();

        Sink.Gaps.ShouldHaveSingleItem().Duration.ShouldBe(Seconds(2));
    }

    [Fact]
    public void A_pause_ends_the_gaps_and_is_no_gap()
    {
        var pipeline = OpenCopy();
        Write(ScriptedMedia.Frames(0, 25));
        pipeline.Mute(1, muted: true);
        Write(ScriptedMedia.Frames(25, 5));
        pipeline.Pause();
        Write(ScriptedMedia.Frames(30, 100));
        pipeline.Resume();
        Write(ScriptedMedia.Frames(130, 10));
        pipeline.Mute(1, muted: false);
        Write(ScriptedMedia.Frames(140, 10));
        pipeline.Finish();

        Sink.Gaps.Select(gap => (gap.MediaTime, gap.Duration, gap.Packets))
            .ShouldBe([(Seconds(1), Seconds(0.2), 5L), (Seconds(1.2), Seconds(0.4), 10L)]);
        pipeline.Duration.ShouldBe(Seconds(2));
    }

    [Fact]
    public void The_wall_clock_is_not_read_for_every_packet()
    {
        Open();
        Write(ScriptedMedia.Frames(0, 25));
        var reads = Wall.Reads;
        Write(ScriptedMedia.Frames(25, 10));

        (Wall.Reads - reads).ShouldBeLessThanOrEqualTo(1);
    }
}
