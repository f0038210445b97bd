using Recorder.Contracts;
using Recorder.FFmpeg;

namespace Recorder.Actors.Tests.Recording;

/// <summary>Tracks that the media itself begins to send, stops sending or sends differently: nothing of it is lost without a word.</summary>
public sealed class SessionTracksComeAndGoSpecs : SessionSpecs
{
    private const byte Marked = 0x5a;
    private const int SoundOfAFrame = ScriptedMedia.SampleRate / ScriptedMedia.FrameRate * 2;

    [Fact]
    public void Pictures_that_come_after_the_sound_begin_an_extent_that_has_both_at_their_first_key_frame()
    {
        var session = OpenCopy(soundOnly: true);
        Write(ScriptedMedia.Frames(0, 50, video: false));
        session.UpdateTracks([ScriptedMedia.Audio, CopiedVideo()]).ShouldSatisfyAllConditions(
            change => change.Stopper.ShouldBeNull(), change => change.LeftOut.ShouldBeEmpty());
        Write(ScriptedMedia.Frames(50, 50, keyEvery: 25, firstKey: 60, sample: Marked));
        session.Finish();

        Sink.Extents.Count.ShouldBe(2);
        TracksOf(0).ShouldBe(["audio"]);
        TracksOf(1).ShouldBe(["audio", "video"]);
        // The sound goes on in the first file until the pictures begin.
        Sink.Count(0, Marked).ShouldBeInRange(9 * SoundOfAFrame, 11 * SoundOfAFrame);
        session.Duration.ShouldBe(Seconds(4));
        Sink.Gaps.ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            gap => gap.Cause.ShouldBe(GapCause.TrackChanged), gap => gap.Packets.ShouldBe(10), gap => gap.MediaTime.ShouldBe(Seconds(2)));
    }

    [Fact]
    public void Pictures_that_come_before_the_recording_has_begun_lead_it()
    {
        var session = OpenCopy(soundOnly: true);
        Write(ScriptedMedia.Frames(0, 0, video: false));
        session.UpdateTracks([ScriptedMedia.Audio, CopiedVideo()]);
        Write(ScriptedMedia.Frames(0, 50));
        session.Finish();

        Sink.Extents.Count.ShouldBe(1);
        TracksOf(0).ShouldBe(["audio", "video"], ignoreOrder: true);
    }

    [Fact]
    public void Sound_that_was_silent_from_the_start_has_no_place_in_the_file_and_begins_another_when_it_speaks()
    {
        var session = OpenCopy();
        Write(ScriptedMedia.Frames(0, 100, audio: false, keyEvery: 25));
        Sink.Tracks.Select(track => track.Kind).ShouldBe([TrackKind.Video]);
        Write(ScriptedMedia.Frames(100, 75, keyEvery: 25, firstKey: 110, sample: Marked));
        session.Finish();

        Sink.Extents.Count.ShouldBe(2);
        TracksOf(0).ShouldBe(["video"]);
        TracksOf(1).ShouldBe(["video", "audio"]);
        Sink.Count(1, Marked).ShouldBeGreaterThanOrEqualTo(65 * SoundOfAFrame);
        session.Descriptions.Select(track => track.Kind).ShouldBe([TrackKind.Video, TrackKind.Audio]);
        Sink.Gaps.Select(gap => (gap.Cause, gap.MediaTime, gap.Packets)).ShouldBe([(GapCause.TrackChanged, Seconds(4), 10L)]);
    }

    [Fact]
    public void Sound_that_falls_silent_for_long_is_left_out_of_the_next_extent()
    {
        var session = OpenCopy(new RecorderOptions { ExtentDuration = Seconds(20) });
        Write(ScriptedMedia.Frames(0, 50, keyEvery: 25));
        Write(ScriptedMedia.Frames(50, 500, audio: false, keyEvery: 25));
        session.Finish();

        Sink.Extents.Count.ShouldBe(2);
        TracksOf(0).ShouldBe(["video", "audio"]);
        TracksOf(1).ShouldBe(["video"]);
        Sink.Gaps.ShouldBeEmpty();
    }

    [Fact]
    public void One_file_keeps_a_place_for_what_is_announced_and_has_none_for_what_is_not()
    {
        var session = OpenCopy(isOneFile: true);
        Write(ScriptedMedia.Frames(0, 50, audio: false));
        session.UpdateTracks([CopiedVideo(), ScriptedMedia.Audio, ScriptedMedia.Audio with { Id = 2 }]).LeftOut.ShouldHaveSingleItem()
            .ShouldContain("record into a folder");
        Write(ScriptedMedia.Frames(50, 50, sample: Marked));
        session.Finish();

        Sink.Extents.Count.ShouldBe(1);
        TracksOf(0).ShouldBe(["video", "audio"]);
        Sink.Count(0, Marked).ShouldBeGreaterThanOrEqualTo(50 * SoundOfAFrame);
    }

    [Fact]
    public void A_codec_that_changes_cannot_go_on()
    {
        var session = OpenCopy();
        Write(ScriptedMedia.Frames(0, 50));
        var other = ScriptedMedia.Audio with { Description = ScriptedMedia.Audio.Description with { Codec = "pcm_s24le" }, Parameters = CodecParameters.Pcm(48_000, 1, "s24le") };

        session.UpdateTracks([CopiedVideo(), other]).Stopper.ShouldBe(other);
    }

    [Fact]
    public void A_pause_is_cut_out_of_what_comes_later_too()
    {
        var session = OpenCopy(soundOnly: true);
        Write(ScriptedMedia.Frames(0, 25, video: false));
        session.Pause();
        Write(ScriptedMedia.Frames(25, 50, video: false));
        session.Resume();
        Write(ScriptedMedia.Frames(75, 25, video: false));
        session.UpdateTracks([ScriptedMedia.Audio, CopiedVideo()]);
        Write(ScriptedMedia.Frames(100, 25));
        session.Finish();

        session.Duration.ShouldBe(Seconds(3));
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
