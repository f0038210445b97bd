using Recorder.Actors.Capture;
using Recorder.Contracts;
using Recorder.FFmpeg;

namespace Recorder.Actors.Tests.Recording;

/// <summary>Tracks that stall, are muted or change while others go on.</summary>
public sealed class SessionTrackSpecs : SessionSpecs
{
    private const byte Marked = 0xE5;
    private const int SoundOfAFrame = ScriptedMedia.SampleRate / ScriptedMedia.FrameRate * 2;

    private static readonly SourceTrack SlowerAudio = ScriptedMedia.Audio with
    {
        Parameters = CodecParameters.Pcm(24_000, 2, "s16le"),
        Description = ScriptedMedia.Audio.Description with { SampleRate = 24_000, Channels = 2 },
    };

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void While_the_reference_track_stands_still_another_makes_the_cuts(bool muted)
    {
        var session = OpenCopy(timeslice: Seconds(1));
        Write(ScriptedMedia.Frames(0, 25));
        if (muted)
        {
            session.Mute(0, muted: true);
        }

        Write(ScriptedMedia.Frames(25, 75, video: false));
        Sink.Blobs.Count.ShouldBeGreaterThanOrEqualTo(2);
        session.Duration.ShouldBe(Seconds(4));

        session.Mute(0, muted: false);
        Write(ScriptedMedia.Frames(98, 52));
        session.Finish();

        session.Duration.ShouldBe(Seconds(6));
        Sink.Blobs.ShouldAllBe(blob => blob.Duration >= TimeSpan.Zero);
        Sink.Blobs.Zip(Sink.Blobs.Skip(1)).ShouldAllBe(pair => pair.Second.MediaTime == pair.First.MediaTime + pair.First.Duration);
        Sink.Blobs.SkipLast(1).ShouldAllBe(blob => blob.Duration >= Seconds(1) && blob.Duration <= Seconds(2.1));
    }

    [Fact]
    public void While_the_reference_track_stands_still_data_goes_out_fragment_by_fragment()
    {
        OpenCopy();
        Write(ScriptedMedia.Frames(0, 25));
        Write(ScriptedMedia.Frames(25, 30, video: false));
        var before = Sink.Extents[0].Length;
        Write(ScriptedMedia.Frames(55, 50, video: false));

        Sink.Extents[0].Length.ShouldBeGreaterThan(before);
    }

    [Fact]
    public void A_pause_while_the_reference_track_stands_still_goes_on_where_the_recording_was()
    {
        var session = OpenCopy();
        Write(ScriptedMedia.Frames(0, 25));
        Write(ScriptedMedia.Frames(25, 75, video: false));
        session.Pause();
        Write(ScriptedMedia.Frames(100, 50));
        session.Resume();
        Write(ScriptedMedia.Frames(150, 25));
        session.Finish();

        (session.Duration, session.LostPackets).ShouldBe((Seconds(5), 0));
    }

    [Fact]
    public void A_pause_ends_while_the_picture_is_muted_with_the_sound()
    {
        var session = OpenCopy();
        Write(ScriptedMedia.Frames(0, 25));
        session.Mute(0, muted: true);
        session.Pause();
        session.Resume();
        Write(ScriptedMedia.Frames(50, 75, video: false));
        session.Finish();

        session.Duration.ShouldBe(Seconds(4));
    }

    [Fact]
    public void A_track_that_changes_before_the_recording_began_is_recorded_as_it_is_then_into_one_file_too()
    {
        var session = OpenCopy();
        Write(ScriptedMedia.Frames(0, 5, video: false, sample: Marked));
        session.Change(SlowerAudio).ShouldBeTrue();
        Write(ScriptedMedia.Frames(5, 20));
        session.Finish();

        Sink.Tracks[1].SampleRate.ShouldBe(24_000);
        Sink.Count(0, Marked).ShouldBeLessThan(SoundOfAFrame);
        session.Duration.ShouldBe(Seconds(0.8));
    }

    [Fact]
    public void Two_tracks_that_change_together_begin_an_extent_with_the_first_packet_of_either()
    {
        var session = OpenCopy();
        Write(ScriptedMedia.Frames(0, 30, keyEvery: 25));
        session.Change(CopiedVideo(width: 48)).ShouldBeTrue();
        session.Change(SlowerAudio).ShouldBeTrue();
        Write(ScriptedMedia.Frames(30, 45, keyEvery: 25, sample: Marked));
        session.Finish();

        Sink.Extents.Count.ShouldBe(2);
        Sink.Count(0, Marked).ShouldBeLessThan(SoundOfAFrame);
        Sink.Count(1, Marked).ShouldBeGreaterThanOrEqualTo(45 * SoundOfAFrame);
        Sink.Gaps.Select(gap => (gap.Cause, gap.MediaTime, gap.Packets)).ShouldBe([(GapCause.TrackChanged, Seconds(1.2), 20L)]);
    }

    [Fact]
    public void Sound_that_changes_alone_waits_for_the_picture_to_begin_an_extent_and_the_wait_is_stated()
    {
        var session = OpenCopy();
        Write(ScriptedMedia.Frames(0, 30, keyEvery: 25));
        session.Change(SlowerAudio).ShouldBeTrue();
        Write(ScriptedMedia.Frames(30, 45, keyEvery: 25, sample: Marked));
        session.Finish();

        Sink.Extents.Count.ShouldBe(2);
        Sink.Count(0, Marked).ShouldBeLessThan(SoundOfAFrame);
        Sink.Count(1, Marked).ShouldBeGreaterThanOrEqualTo(25 * SoundOfAFrame);
        Sink.Gaps.Select(gap => (gap.Cause, gap.MediaTime, gap.Duration, gap.Packets))
            .ShouldBe([(GapCause.TrackChanged, Seconds(1.2), Seconds(0.8), 20L)]);
    }
}
