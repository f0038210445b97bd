using Recorder.Contracts;

namespace Recorder.Actors.Tests.Recording;

/// <summary>The media of a recording, on real codecs and containers, without actors and files.</summary>
public sealed class RecordingSessionSpecs : SessionSpecs
{
    [Fact]
    public void The_recording_begins_when_every_track_has_shown_its_first_packet()
    {
        var session = Open();

        Write(ScriptedMedia.Frames(0, 2, audio: false));
        session.HasBegun.ShouldBeFalse();
        Write(ScriptedMedia.Frames(0, 2, video: false));
        session.HasBegun.ShouldBeTrue();
        Sink.MimeType.ShouldMatch(@"^video/mp4;codecs=avc1\.[0-9a-f]{6},mp4a\.40\.2$");
    }

    [Fact]
    public void A_silent_track_is_waited_for_by_media_time_only()
    {
        var session = Open();

        Write(ScriptedMedia.Frames(0, 25, audio: false));
        session.HasBegun.ShouldBeFalse();
        Write(ScriptedMedia.Frames(25, 2, audio: false));
        session.HasBegun.ShouldBeTrue();
    }

    [Fact]
    public void Blobs_hold_their_timeslice_of_media_and_join_without_a_hole()
    {
        var session = Open(timeslice: TimeSpan.FromSeconds(1));

        Write(ScriptedMedia.Frames(0, 60));
        session.Finish();

        Sink.Blobs.Select(blob => blob.MediaTime.TotalSeconds).ShouldBe([0, 1, 2]);
        Sink.Blobs.Select(blob => blob.Duration.TotalSeconds).ShouldBe([1, 1, 0.4]);
        session.Duration.ShouldBe(TimeSpan.FromSeconds(2.4));
    }

    [Fact]
    public void Invariant_8_the_timeline_begins_at_zero_wherever_the_source_is_and_never_steps_back()
    {
        Open(timeslice: TimeSpan.FromSeconds(0.2));

        Write(ScriptedMedia.Frames(1_000_000, 30));
        Session.Pause();
        Write(ScriptedMedia.Frames(1_000_030, 50));
        Session.Resume();
        Write(ScriptedMedia.Frames(1_000_080, 30));
        Session.Finish();

        Sink.Blobs[0].MediaTime.ShouldBe(TimeSpan.Zero);
        Sink.Blobs.Zip(Sink.Blobs.Skip(1)).ShouldAllBe(pair => pair.Second.MediaTime == pair.First.MediaTime + pair.First.Duration);
        Sink.Blobs[0].CapturedAt.ShouldBe(DateTimeOffset.UnixEpoch.AddDays(1).AddSeconds(40_000));
    }

    [Fact]
    public void Paused_media_is_cut_out_of_the_timeline()
    {
        var session = Open();

        Write(ScriptedMedia.Frames(0, 25));
        session.Pause();
        Write(ScriptedMedia.Frames(25, 250));
        session.Resume();
        Write(ScriptedMedia.Frames(275, 25));
        session.Finish();

        session.Duration.ShouldBe(TimeSpan.FromSeconds(2));
        session.LostPackets.ShouldBe(0);
    }

    [Fact]
    public void The_duration_asked_for_is_recorded_to_the_frame()
    {
        var session = Open(limit: TimeSpan.FromSeconds(1));

        Write(ScriptedMedia.Frames(0, 100));
        session.Finish();

        Sink.IsDurationReached.ShouldBeTrue();
        session.Duration.ShouldBe(TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void An_extent_rolls_at_a_key_frame_that_the_encoder_is_asked_for()
    {
        var session = Open(new RecorderOptions { ExtentDuration = TimeSpan.FromSeconds(1) });

        Write(ScriptedMedia.Frames(0, 75));
        session.Finish();

        Sink.Extents.Count.ShouldBeInRange(2, 3);
        Sink.Blobs.Count.ShouldBe(Sink.Extents.Count);
        Sink.Blobs.ShouldAllBe(blob => blob.Key);
    }

    [Fact]
    public void A_disk_that_does_not_take_what_it_is_given_costs_packets_that_are_stated()
    {
        var session = Open(new RecorderOptions { MemoryLimit = 1000 });
        Write(ScriptedMedia.Frames(0, 50));
        Sink.Backlog = 2000;
        Write(ScriptedMedia.Frames(50, 25));
        Sink.Backlog = 0;
        Write(ScriptedMedia.Frames(75, 25));
        session.Finish();

        var gap = Sink.Gaps.ShouldHaveSingleItem();
        (gap.Cause, gap.Packets, gap.MediaTime, gap.Duration).ShouldBe((GapCause.DiskStalled, 50L, Seconds(2), Seconds(1)));
        session.LostPackets.ShouldBe(50);
    }

    [Fact]
    public void A_muted_track_that_is_not_blanked_is_a_stated_gap()
    {
        var session = Open();
        Write(ScriptedMedia.Frames(0, 25));
        session.Mute(1, muted: true);
        Write(ScriptedMedia.Frames(25, 25));
        session.Mute(1, muted: false);
        Write(ScriptedMedia.Frames(50, 25));
        session.Finish();

        var gap = Sink.Gaps.ShouldHaveSingleItem();
        (gap.Cause, gap.Packets, gap.MediaTime, gap.Duration).ShouldBe((GapCause.Muted, 25L, Seconds(1), Seconds(1)));
        session.Duration.ShouldBe(TimeSpan.FromSeconds(3));
    }

    [Fact]
    public void When_the_video_track_ends_the_sound_goes_on_and_the_clock_with_it()
    {
        var session = Open(timeslice: TimeSpan.FromSeconds(1));
        Write(ScriptedMedia.Frames(0, 25));
        session.EndTrack(0);
        Write(ScriptedMedia.Frames(25, 50, video: false));
        session.Finish();

        Sink.Blobs.Count.ShouldBe(3);
        session.Duration.TotalSeconds.ShouldBe(3, 0.1);
    }

    [Fact]
    public void Media_that_arrives_paused_before_the_recording_began_is_not_recorded()
    {
        var session = Open();
        Write(ScriptedMedia.Frames(0, 10, audio: false));
        session.Pause();
        Write(ScriptedMedia.Frames(10, 40));
        session.HasBegun.ShouldBeFalse();
        session.HasMedia.ShouldBeFalse();
        session.Resume();
        Write(ScriptedMedia.Frames(50, 25, keyEvery: 100, firstKey: 60));
        session.Finish();

        session.Duration.ShouldBe(Seconds(0.6));
        Sink.Blobs.ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            blob => blob.MediaTime.ShouldBe(TimeSpan.Zero),
            blob => blob.Key.ShouldBeTrue(),
            blob => blob.CapturedAt.ShouldBe(DateTimeOffset.UnixEpoch.AddDays(1).AddSeconds(60 / 25.0), Seconds(0.001)));
    }

    [Fact]
    public void A_session_without_a_key_frame_has_no_media()
    {
        var session = Open();
        Write(ScriptedMedia.Frames(1, 20, audio: false, keyEvery: 100));

        session.HasMedia.ShouldBeFalse();
        session.Finish();
        session.HasBegun.ShouldBeFalse();
    }
}
