using Recorder.Contracts;
using Recorder.FFmpeg;

namespace Recorder.Actors.Tests.Recording;

/// <summary>Tracks that appear, vanish or change in the media: every loss is in a gap.</summary>
public sealed class PipelineTracksComeAndGoSpecs : PipelineSpecs
{
    private const byte Marked = 0x5a;
    private const int AudioBytesPerFrame = ScriptedMedia.SampleRate / ScriptedMedia.FrameRate * 2;

    [Fact]
    public void Video_that_appears_after_the_audio_begins_an_extent_with_both_at_its_first_key_frame()
    {
        var pipeline = OpenCopy(audioOnly: true);
        Write(ScriptedMedia.Frames(0, 50, video: false));
        pipeline.UpdateTracks([ScriptedMedia.Audio, CopiedVideo()]).ShouldSatisfyAllConditions(
            change => change.Unrecordable.ShouldBeNull(), change => change.LeftOut.ShouldBeEmpty());
        Write(ScriptedMedia.Frames(50, 50, keyEvery: 25, firstKey: 60, sample: Marked));
        pipeline.Finish();

        Sink.Extents.Count.ShouldBe(2);
        TracksOf(0).ShouldBe(["audio"]);
        TracksOf(1).ShouldBe(["audio", "video"]);
        // The audio continues in the first file until the first key frame.
        Sink.Count(0, Marked).ShouldBeInRange(9 * AudioBytesPerFrame, 11 * AudioBytesPerFrame);
        pipeline.Duration.ShouldBe(Seconds(4));
        Sink.Gaps.ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            gap => gap.Cause.ShouldBe(GapCause.TrackChanged), gap => gap.Packets.ShouldBe(10), gap => gap.MediaTime.ShouldBe(Seconds(2)));
    }

    [Fact]
    public void Video_that_appears_before_the_recording_has_begun_is_in_the_first_extent()
    {
        var pipeline = OpenCopy(audioOnly: true);
        Write(ScriptedMedia.Frames(0, 0, video: false));
        pipeline.UpdateTracks([ScriptedMedia.Audio, CopiedVideo()]);
        Write(ScriptedMedia.Frames(0, 50));
        pipeline.Finish();

        Sink.Extents.Count.ShouldBe(1);
        TracksOf(0).ShouldBe(["audio", "video"], ignoreOrder: true);
    }

    [Fact]
    public void Audio_that_is_silent_from_the_start_is_left_out_and_begins_another_extent_later()
    {
        var pipeline = OpenCopy();
        Write(ScriptedMedia.Frames(0, 100, audio: false, keyEvery: 25));
        Sink.Tracks.Select(track => track.Kind).ShouldBe([TrackKind.Video]);
        Write(ScriptedMedia.Frames(100, 75, keyEvery: 25, firstKey: 110, sample: Marked));
        pipeline.Finish();

        Sink.Extents.Count.ShouldBe(2);
        TracksOf(0).ShouldBe(["video"]);
        TracksOf(1).ShouldBe(["video", "audio"]);
        Sink.Count(1, Marked).ShouldBeGreaterThanOrEqualTo(65 * AudioBytesPerFrame);
        pipeline.Descriptions.Select(track => track.Kind).ShouldBe([TrackKind.Video, TrackKind.Audio]);
        Sink.Gaps.Select(gap => (gap.Cause, gap.MediaTime, gap.Packets)).ShouldBe([(GapCause.TrackChanged, Seconds(4), 10L)]);
    }

    [Fact]
    public void Audio_that_is_silent_for_long_is_left_out_of_the_next_extent()
    {
        var pipeline = OpenCopy(new RecorderOptions { ExtentDuration = Seconds(20) });
        Write(ScriptedMedia.Frames(0, 50, keyEvery: 25));
        Write(ScriptedMedia.Frames(50, 500, audio: false, keyEvery: 25));
        pipeline.Finish();

        Sink.Extents.Count.ShouldBe(2);
        TracksOf(0).ShouldBe(["video", "audio"]);
        TracksOf(1).ShouldBe(["video"]);
        Sink.Gaps.ShouldBeEmpty();
    }

    [Fact]
    public void A_single_file_has_a_track_for_silent_audio_and_none_for_audio_that_appears_later()
    {
        var pipeline = OpenCopy(isSingleFile: true);
        Write(ScriptedMedia.Frames(0, 50, audio: false));
        pipeline.UpdateTracks([CopiedVideo(), ScriptedMedia.Audio, ScriptedMedia.Audio with { Id = 2 }]).LeftOut.ShouldHaveSingleItem()
            .ShouldContain("record into a folder");
        Write(ScriptedMedia.Frames(50, 50, sample: Marked));
        pipeline.Finish();

        Sink.Extents.Count.ShouldBe(1);
        TracksOf(0).ShouldBe(["video", "audio"]);
        Sink.Count(0, Marked).ShouldBeGreaterThanOrEqualTo(50 * AudioBytesPerFrame);
    }

    [Fact]
    public void A_track_whose_codec_changes_cannot_continue()
    {
        var pipeline = OpenCopy();
        Write(ScriptedMedia.Frames(0, 50));
        var other = ScriptedMedia.Audio with { Description = ScriptedMedia.Audio.Description with { Codec = "pcm_s24le" }, Parameters = CodecParameters.Pcm(48_000, 1, "s24le") };

        pipeline.UpdateTracks([CopiedVideo(), other]).Unrecordable.ShouldBe(other);
    }

    [Fact]
    public void A_pause_is_cut_out_of_tracks_that_appear_later_too()
    {
        var pipeline = OpenCopy(audioOnly: true);
        Write(ScriptedMedia.Frames(0, 25, video: false));
        pipeline.Pause();
        Write(ScriptedMedia.Frames(25, 50, video: false));
        pipeline.Resume();
        Write(ScriptedMedia.Frames(75, 25, video: false));
        pipeline.UpdateTracks([ScriptedMedia.Audio, CopiedVideo()]);
        Write(ScriptedMedia.Frames(100, 25));
        pipeline.Finish();

        pipeline.Duration.ShouldBe(Seconds(3));
    }

    private List<string> TracksOf(int extent)
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(path, Sink.Extents[extent].ToArray());
            using var demuxer = Demuxer.Open(new DemuxerOptions { Url = path });
            return [.. demuxer.Streams.Select(stream => stream.Parameters.Kind.ToString().ToLowerInvariant())];
        }
        finally
        {
            File.Delete(path);
        }
    }
}
