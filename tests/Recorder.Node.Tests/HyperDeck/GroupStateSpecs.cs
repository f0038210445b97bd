using Recorder.Contracts;
using Recorder.Node.HyperDeck;

namespace Recorder.Node.Tests.HyperDeck;

/// <summary>What is made of what the recorders of a group say.</summary>
public sealed class GroupStateSpecs
{
    private static readonly DateTimeOffset Ten = new(2026, 12, 1, 10, 0, 0, TimeSpan.FromHours(1));
    private static readonly GroupState New = new() { Name = "studio" };
    private static readonly VolumeLook Volume = new("data", 7_500_000_000, 9_000_000_000);

    [Fact]
    public void A_group_at_rest_is_stopped_and_says_the_time_of_day()
    {
        var transport = New.With(Look(Ten, Idle("a"), Idle("b"))).TransportAt(Ten.AddSeconds(1.5));
        (transport.Status, transport.ClipId, transport.VideoFormat).ShouldBe((DeckStatus.Stopped, null, null));
        (transport.DisplayTimeCode.ToString(), transport.TimeCode.ToString()).ShouldBe(("10:00:01:12", "00:00:00:00"));
    }

    [Fact]
    public void A_clip_is_from_the_first_recorder_that_records_to_the_last()
    {
        var first = New.With(Look(Ten.AddSeconds(2), Active("a", Ten), Idle("b")));
        first.Status.ShouldBe(DeckStatus.Record);
        first.ChangeFrom(New).ShouldBe(DeckChange.Transport | DeckChange.Slot);
        var both = first.With(Look(Ten.AddSeconds(3), Active("a", Ten), Active("b", Ten.AddSeconds(1))));
        (both.ChangeFrom(first) & DeckChange.Transport).ShouldBe(DeckChange.None);
        var transport = both.TransportAt(Ten.AddSeconds(62.42));
        (transport.ClipId, transport.TimeCode.ToString()).ShouldBe((1, "00:01:02:10"));

        var one = both.With(Look(Ten.AddSeconds(70), Idle("a"), Active("b", Ten)));
        one.Status.ShouldBe(DeckStatus.Record);
        var none = one.With(Look(Ten.AddSeconds(80), Idle("a"), Idle("b")));
        (none.ChangeFrom(one) & DeckChange.Transport).ShouldBe(DeckChange.Transport);
        var clip = none.Clips.ShouldHaveSingleItem();
        (clip.Id, clip.Name, clip.Start.ToString(), clip.Duration.ToString()).ShouldBe((1, "studio_0001", "10:00:00:00", "00:01:20:00"));
        none.TransportAt(Ten).ClipId.ShouldBe(1);
    }

    [Fact]
    public void The_wished_name_is_that_of_one_clip()
    {
        var state = New with { Wished = "12A take 3" };
        state = Recorded(Recorded(state));
        state.Clips.Select(clip => clip.Name).ShouldBe(["12A take 3", "studio_0002"]);
    }

    [Fact]
    public void A_spill_ends_a_clip_and_begins_the_next()
    {
        var before = (New with { Wished = "x" }).With(Look(Ten, Active("a", Ten)));
        var after = before.Spill(Ten.AddSeconds(10));
        after.ChangeFrom(before).ShouldBe(DeckChange.Transport);
        after.TransportAt(Ten.AddSeconds(12)).ShouldBe(before.TransportAt(Ten.AddSeconds(12)) with { ClipId = 2, TimeCode = FakeDeck.At("00:00:02:00") });
        after.Clips.ShouldHaveSingleItem().Duration.ToString().ShouldBe("00:00:10:00");
        New.Spill(Ten).ShouldBe(New);
    }

    [Fact]
    public void A_recorder_that_does_not_answer_is_not_taken_to_have_stopped()
    {
        var state = New.With(Look(Ten, Active("a", Ten)));
        state.With(new GroupLook(Ten.AddSeconds(2), [], 1, Volume)).Status.ShouldBe(DeckStatus.Record);
        New.With(new GroupLook(Ten, [], 1, Volume)).Status.ShouldBe(DeckStatus.Stopped);
    }

    [Fact]
    public void The_time_left_is_that_of_all_recorders_at_the_rate_at_which_they_record()
    {
        // 1 MB/s each.
        var state = New.With(Look(Ten, Active("a", Ten, seconds: 10, bytes: 10_000_000), Active("b", Ten, seconds: 10, bytes: 10_000_000), Idle("c")));
        (state.Slot.Status, state.Slot.Left, state.Slot.BytesLeft).ShouldBe((DeckSlotStatus.Mounted, TimeSpan.FromSeconds(3750), 7_500_000_000));

        // Nothing is known: 10 Mbit/s each.
        New.With(Look(Ten, Idle("a"), Idle("b"))).Slot.Left.ShouldBe(TimeSpan.FromSeconds(3000));
        New.With(new GroupLook(Ten, [], 0, null)).Slot.Status.ShouldBe(DeckSlotStatus.Error);
    }

    [Fact]
    public void A_volume_that_is_full_or_does_not_answer_keeps_the_group_from_recording()
    {
        New.Obstacle.ShouldBeNull();
        New.With(Look(Ten, Idle("a"))).Obstacle.ShouldBeNull();
        New.With(Look(Ten, Volume with { BytesFree = 1 << 20 }, Idle("a"))).Obstacle.ShouldBe(DeckResult.DiskFull);
        New.With(new GroupLook(Ten, [Idle("a")], 0, null)).Obstacle.ShouldBe(DeckResult.DiskError);
    }

    [Fact]
    public void A_client_hears_of_the_time_left_each_minute()
    {
        var state = New.With(Look(Ten, Idle("a")));
        state.With(Look(Ten, Volume with { BytesFree = Volume.BytesFree - 1_000_000 }, Idle("a"))).ChangeFrom(state).ShouldBe(DeckChange.Slot);
        var later = state.With(Look(Ten, Volume with { BytesFree = Volume.BytesFree - 80_000_000 }, Idle("a")));
        later.With(Look(Ten, Volume with { BytesFree = Volume.BytesFree - 90_000_000 }, Idle("a"))).ChangeFrom(later).ShouldBe(DeckChange.None);
    }

    [Theory]
    [InlineData(1920, 1080, 25.0, "1080p25")]
    [InlineData(1920, 1080, 23.976, "1080p23976")]
    [InlineData(1920, 1080, 29.97, "1080p2997")]
    [InlineData(1280, 720, 59.94, "720p5994")]
    [InlineData(1280, 720, 25.0, null)]
    [InlineData(3840, 2160, 60.0, "4Kp60")]
    [InlineData(640, 360, 12.5, null)]
    public void The_format_is_that_of_the_recordings_video_if_the_protocol_has_a_name_for_it(int width, int height, double rate, string? expected)
    {
        var video = new TrackDescription { Id = 0, Kind = TrackKind.Video, Codec = "h264", Width = width, Height = height, FrameRate = rate };
        var sound = new TrackDescription { Id = 1, Kind = TrackKind.Audio, Codec = "aac" };
        var state = New.With(new RecorderProtocol.Started(new RecorderId("a"), 1, Ten, new RecordingId("r"), "video/mp4") { Tracks = [sound, video] });
        (state.VideoFormat, state.Codec).ShouldBe((expected, "h264"));
        state.Rate.ToString().ShouldBe((TimeCodeRate.Find(rate) ?? TimeCodeRate.Find(25))!.Value.ToString());
    }

    [Fact]
    public void The_last_hundred_clips_are_remembered_and_keep_their_ids()
    {
        var state = Enumerable.Range(0, 103).Aggregate(New, (state, _) => Recorded(state));
        (state.Clips.Length, state.Clips[0].Id, state.Clips[^1].Id).ShouldBe((100, 4, 103));
    }

    private static GroupState Recorded(GroupState state) => state.With(Look(Ten, Active("a", Ten))).With(Look(Ten.AddSeconds(5), Idle("a")));

    private static GroupLook Look(DateTimeOffset at, params RecorderProtocol.Status[] recorders) => Look(at, Volume, recorders);

    private static GroupLook Look(DateTimeOffset at, VolumeLook volume, params RecorderProtocol.Status[] recorders) => new(at, recorders, 0, volume);

    private static RecorderProtocol.Status Idle(string id) => new() { Recorder = new RecorderId(id), State = RecorderState.Inactive, MimeType = "" };

    private static RecorderProtocol.Status Active(string id, DateTimeOffset begin, double seconds = 0, long bytes = 0) => new()
    {
        Recorder = new RecorderId(id),
        State = RecorderState.Recording,
        MimeType = "video/mp4",
        Recording = RecordingId.Create(begin, 1),
        Duration = TimeSpan.FromSeconds(seconds),
        Bytes = bytes,
    };
}
