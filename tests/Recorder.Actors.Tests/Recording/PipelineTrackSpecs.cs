using Recorder.Actors.Capture;
using Recorder.Contracts;
using Recorder.FFmpeg;

namespace Recorder.Actors.Tests.Recording;

/// <summary>Tracks that stall, are muted or change while others continue.</summary>
public sealed class PipelineTrackSpecs : PipelineSpecs
{
    private const byte Marked = 0xE5;
    private const int AudioBytesPerFrame = ScriptedMedia.SampleRate / ScriptedMedia.FrameRate * 2;

    private static readonly SourceTrack SlowerAudio = ScriptedMedia.Audio with
    {
        Parameters = CodecParameters.Pcm(24_000, 2, "s16le"),
        Description = ScriptedMedia.Audio.Description with { SampleRate = 24_000, Channels = 2 },
    };

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void While_the_reference_track_sends_nothing_another_sets_the_clock(bool muted)
    {
        var pipeline = OpenCopy(timeslice: Seconds(1));
        Write(ScriptedMedia.Frames(0, 25));
        if (muted)
            pipeline.Mute(0, muted: true);

        Write(ScriptedMedia.Frames(25, 75, video: false));
        Sink.Blobs.Count.ShouldBeGreaterThanOrEqualTo(2);
        pipeline.Duration.ShouldBe(Seconds(4));

        pipeline.Mute(0, muted: false);
        Write(ScriptedMedia.Frames(98, 52));
        pipeline.Finish();

        pipeline.Duration.ShouldBe(Seconds(6));
        Sink.Blobs.ShouldAllBe(blob => blob.Duration >= TimeSpan.Zero);
        Sink.Blobs.Zip(Sink.Blobs.Skip(1)).ShouldAllBe(pair => pair.Second.MediaTime == pair.First.MediaTime + pair.First.Duration);
        Sink.Blobs.SkipLast(1).ShouldAllBe(blob => blob.Duration >= Seconds(1) && blob.Duration <= Seconds(2.1));
    }

    [Fact]
    public void While_the_reference_track_sends_nothing_fragments_are_written()
    {
        OpenCopy();
        Write(ScriptedMedia.Frames(0, 25));
        Write(ScriptedMedia.Frames(25, 30, video: false));
        var before = Sink.Extents[0].Length;
        Write(ScriptedMedia.Frames(55, 50, video: false));

        Sink.Extents[0].Length.ShouldBeGreaterThan(before);
    }

    [Fact]
    public void After_a_pause_without_the_reference_track_the_recording_continues_at_its_end()
    {
        var pipeline = OpenCopy();
        Write(ScriptedMedia.Frames(0, 25));
        Write(ScriptedMedia.Frames(25, 75, video: false));
        pipeline.Pause();
        Write(ScriptedMedia.Frames(100, 50));
        pipeline.Resume();
        Write(ScriptedMedia.Frames(150, 25));
        pipeline.Finish();

        (pipeline.Duration, pipeline.LostPackets).ShouldBe((Seconds(5), 0));
    }

    [Fact]
    public void A_pause_ends_with_audio_while_the_video_is_muted()
    {
        var pipeline = OpenCopy();
        Write(ScriptedMedia.Frames(0, 25));
        pipeline.Mute(0, muted: true);
        pipeline.Pause();
        pipeline.Resume();
        Write(ScriptedMedia.Frames(50, 75, video: false));
        pipeline.Finish();

        pipeline.Duration.ShouldBe(Seconds(4));
    }

    [Fact]
    public void A_track_that_changes_before_the_recording_begins_is_recorded_with_its_new_parameters()
    {
        var pipeline = OpenCopy();
        Write(ScriptedMedia.Frames(0, 5, video: false, sample: Marked));
        pipeline.ChangeTrack(SlowerAudio).ShouldBeTrue();
        Write(ScriptedMedia.Frames(5, 20));
        pipeline.Finish();

        Sink.Tracks[1].SampleRate.ShouldBe(24_000);
        Sink.Count(0, Marked).ShouldBeLessThan(AudioBytesPerFrame);
        pipeline.Duration.ShouldBe(Seconds(0.8));
    }

    [Fact]
    public void Two_tracks_that_change_together_begin_an_extent_with_the_first_packet_of_either()
    {
        var pipeline = OpenCopy();
        Write(ScriptedMedia.Frames(0, 30, keyEvery: 25));
        pipeline.ChangeTrack(CopiedVideo(width: 48)).ShouldBeTrue();
        pipeline.ChangeTrack(SlowerAudio).ShouldBeTrue();
        Write(ScriptedMedia.Frames(30, 45, keyEvery: 25, sample: Marked));
        pipeline.Finish();

        Sink.Extents.Count.ShouldBe(2);
        Sink.Count(0, Marked).ShouldBeLessThan(AudioBytesPerFrame);
        Sink.Count(1, Marked).ShouldBeGreaterThanOrEqualTo(45 * AudioBytesPerFrame);
        Sink.Gaps.Select(gap => (gap.Cause, gap.MediaTime, gap.Packets)).ShouldBe([(GapCause.TrackChanged, Seconds(1.2), 20L)]);
    }

    [Fact]
    public void Audio_that_changes_alone_waits_for_a_key_frame_to_begin_an_extent_and_leaves_a_gap()
    {
        var pipeline = OpenCopy();
        Write(ScriptedMedia.Frames(0, 30, keyEvery: 25));
        pipeline.ChangeTrack(SlowerAudio).ShouldBeTrue();
        Write(ScriptedMedia.Frames(30, 45, keyEvery: 25, sample: Marked));
        pipeline.Finish();

        Sink.Extents.Count.ShouldBe(2);
        Sink.Count(0, Marked).ShouldBeLessThan(AudioBytesPerFrame);
        Sink.Count(1, Marked).ShouldBeGreaterThanOrEqualTo(25 * AudioBytesPerFrame);
        Sink.Gaps.Select(gap => (gap.Cause, gap.MediaTime, gap.Duration, gap.Packets))
            .ShouldBe([(GapCause.TrackChanged, Seconds(1.2), Seconds(0.8), 20L)]);
    }
}
