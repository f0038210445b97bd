using Recorder.Contracts;

namespace Recorder.Actors.Tests.Recording;

/// <summary>The media of a recording, on real codecs and containers, without actors and files.</summary>
public sealed class MediaPipelineSpecs : PipelineSpecs
{
    [Fact]
    public void The_recording_begins_when_every_track_has_shown_its_first_packet()
    {
        var pipeline = Open();

        Write(ScriptedMedia.Frames(0, 2, audio: false));
        pipeline.HasBegun.ShouldBeFalse();
        Write(ScriptedMedia.Frames(0, 2, video: false));
        pipeline.HasBegun.ShouldBeTrue();
        Sink.MimeType.ShouldMatch(@"^video/mp4;codecs=avc1\.[0-9a-f]{6},mp4a\.40\.2$");
    }

    [Fact]
    public void The_wait_for_a_silent_track_is_measured_in_media_time()
    {
        var pipeline = Open();

        Write(ScriptedMedia.Frames(0, 25, audio: false));
        pipeline.HasBegun.ShouldBeFalse();
        Write(ScriptedMedia.Frames(25, 2, audio: false));
        pipeline.HasBegun.ShouldBeTrue();
    }

    [Fact]
    public void Blobs_contain_their_timeslice_of_media_and_join_without_a_hole()
    {
        var pipeline = Open(timeslice: TimeSpan.FromSeconds(1));

        Write(ScriptedMedia.Frames(0, 60));
        pipeline.Finish();

        Sink.Blobs.Select(blob => blob.MediaTime.TotalSeconds).ShouldBe([0, 1, 2]);
        Sink.Blobs.Select(blob => blob.Duration.TotalSeconds).ShouldBe([1, 1, 0.4]);
        pipeline.Duration.ShouldBe(TimeSpan.FromSeconds(2.4));
    }

    [Fact]
    public void Invariant_8_the_timeline_begins_at_zero_wherever_the_source_is_and_never_steps_back()
    {
        Open(timeslice: TimeSpan.FromSeconds(0.2));

        Write(ScriptedMedia.Frames(1_000_000, 30));
        Pipeline.Pause();
        Write(ScriptedMedia.Frames(1_000_030, 50));
        Pipeline.Resume();
        Write(ScriptedMedia.Frames(1_000_080, 30));
        Pipeline.Finish();

        Sink.Blobs[0].MediaTime.ShouldBe(TimeSpan.Zero);
        Sink.Blobs.Zip(Sink.Blobs.Skip(1)).ShouldAllBe(pair => pair.Second.MediaTime == pair.First.MediaTime + pair.First.Duration);
        Sink.Blobs[0].CapturedAt.ShouldBe(DateTimeOffset.UnixEpoch.AddDays(1).AddSeconds(40_000));
    }

    [Fact]
    public void Paused_media_is_cut_out_of_the_timeline()
    {
        var pipeline = Open();

        Write(ScriptedMedia.Frames(0, 25));
        pipeline.Pause();
        Write(ScriptedMedia.Frames(25, 250));
        pipeline.Resume();
        Write(ScriptedMedia.Frames(275, 25));
        pipeline.Finish();

        pipeline.Duration.ShouldBe(TimeSpan.FromSeconds(2));
        pipeline.LostPackets.ShouldBe(0);
    }

    [Fact]
    public void The_requested_duration_is_recorded_to_the_frame()
    {
        var pipeline = Open(limit: TimeSpan.FromSeconds(1));

        Write(ScriptedMedia.Frames(0, 100));
        pipeline.Finish();

        Sink.IsDurationReached.ShouldBeTrue();
        pipeline.Duration.ShouldBe(TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void A_new_extent_begins_at_a_key_frame_forced_in_the_encoder()
    {
        var pipeline = Open(new RecorderOptions { ExtentDuration = TimeSpan.FromSeconds(1) });

        Write(ScriptedMedia.Frames(0, 75));
        pipeline.Finish();

        Sink.Extents.Count.ShouldBeInRange(2, 3);
        Sink.Blobs.Count.ShouldBe(Sink.Extents.Count);
        Sink.Blobs.ShouldAllBe(blob => blob.Key);
    }

    [Fact]
    public void Packets_that_a_slow_disk_costs_are_in_a_gap()
    {
        var pipeline = Open(new RecorderOptions { MemoryLimit = 1000 });
        Write(ScriptedMedia.Frames(0, 50));
        Sink.Backlog = 2000;
        Write(ScriptedMedia.Frames(50, 25));
        Sink.Backlog = 0;
        Write(ScriptedMedia.Frames(75, 25));
        pipeline.Finish();

        var gap = Sink.Gaps.ShouldHaveSingleItem();
        (gap.Cause, gap.Packets, gap.MediaTime, gap.Duration).ShouldBe((GapCause.DiskStalled, 50L, Seconds(2), Seconds(1)));
        pipeline.LostPackets.ShouldBe(50);
    }

    [Fact]
    public void A_muted_track_that_is_not_blanked_leaves_a_gap()
    {
        var pipeline = Open();
        Write(ScriptedMedia.Frames(0, 25));
        pipeline.Mute(1, muted: true);
        Write(ScriptedMedia.Frames(25, 25));
        pipeline.Mute(1, muted: false);
        Write(ScriptedMedia.Frames(50, 25));
        pipeline.Finish();

        var gap = Sink.Gaps.ShouldHaveSingleItem();
        (gap.Cause, gap.Packets, gap.MediaTime, gap.Duration).ShouldBe((GapCause.Muted, 25L, Seconds(1), Seconds(1)));
        pipeline.Duration.ShouldBe(TimeSpan.FromSeconds(3));
    }

    [Fact]
    public void When_the_video_track_ends_the_audio_continues_and_sets_the_clock()
    {
        var pipeline = Open(timeslice: TimeSpan.FromSeconds(1));
        Write(ScriptedMedia.Frames(0, 25));
        pipeline.EndTrack(0);
        Write(ScriptedMedia.Frames(25, 50, video: false));
        pipeline.Finish();

        Sink.Blobs.Count.ShouldBe(3);
        pipeline.Duration.TotalSeconds.ShouldBe(3, 0.1);
    }

    [Fact]
    public void Media_that_arrives_paused_before_the_recording_began_is_not_recorded()
    {
        var pipeline = Open();
        Write(ScriptedMedia.Frames(0, 10, audio: false));
        pipeline.Pause();
        Write(ScriptedMedia.Frames(10, 40));
        pipeline.HasBegun.ShouldBeFalse();
        pipeline.HasMedia.ShouldBeFalse();
        pipeline.Resume();
        Write(ScriptedMedia.Frames(50, 25, keyEvery: 100, firstKey: 60));
        pipeline.Finish();

        pipeline.Duration.ShouldBe(Seconds(0.6));
        Sink.Blobs.ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            blob => blob.MediaTime.ShouldBe(TimeSpan.Zero),
            blob => blob.Key.ShouldBeTrue(),
            blob => blob.CapturedAt.ShouldBe(DateTimeOffset.UnixEpoch.AddDays(1).AddSeconds(60 / 25.0), Seconds(0.001)));
    }

    [Fact]
    public void A_pipeline_without_a_key_frame_has_no_media()
    {
        var pipeline = Open();
        Write(ScriptedMedia.Frames(1, 20, audio: false, keyEvery: 100));

        pipeline.HasMedia.ShouldBeFalse();
        pipeline.Finish();
        pipeline.HasBegun.ShouldBeFalse();
    }
}
