using Recorder.Contracts;
using Recorder.Media;
using Recorder.Media.Fragments;
using Recorder.Node.Media;

namespace Recorder.Node.Tests.Media;

/// <summary>When moments of a recording were captured, from what its index says.</summary>
public sealed class RecordingClockSpecs
{
    private static readonly DateTimeOffset Noon = new(2026, 12, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_clock_that_drifts_is_followed_and_every_time_is_found_again()
    {
        var clock = Of([Blob(0, 0, 0), Blob(1, 10, 10.001), Blob(2, 20, 20.002)]);

        var piece = clock.Pieces.ShouldHaveSingleItem();
        piece.To.ShouldBe(Noon.AddSeconds(30.002));
        clock.WallOf(TimeSpan.FromSeconds(10))!.Value.ShouldBe(Noon.AddSeconds(10.001), TimeSpan.FromMilliseconds(0.5));
        for (var media = TimeSpan.Zero; media < TimeSpan.FromSeconds(30); media += TimeSpan.FromSeconds(0.04))
            clock.Find(clock.WallOf(media)!.Value)!.MediaOf(clock.WallOf(media)!.Value).ShouldBe(media, TimeSpan.FromTicks(20));
    }

    [Fact]
    public void A_gap_cuts_the_recording_and_nothing_is_found_in_it()
    {
        var gap = new RecorderProtocol.GapRecorded(new RecorderId("a"), 0, Noon, new RecordingId("r"), GapCause.SourceLost)
        {
            MediaTime = TimeSpan.FromSeconds(12),
            Duration = TimeSpan.FromSeconds(3),
            From = Noon.AddSeconds(12),
            To = Noon.AddSeconds(15),
        };

        var clock = Of([Blob(0, 0, 0), Blob(1, 10, 10), Blob(2, 20, 20)], gap);

        clock.Pieces.Select(piece => (piece.MediaTime.TotalSeconds, piece.Duration.TotalSeconds)).ShouldBe([(0, 12), (15, 15)]);
        clock.Pieces[1].From.ShouldBe(Noon.AddSeconds(15));
        clock.Find(Noon.AddSeconds(13)).ShouldBeNull();
        clock.Find(Noon.AddSeconds(15.5))!.MediaOf(Noon.AddSeconds(15.5)).ShouldBe(TimeSpan.FromSeconds(15.5), TimeSpan.FromTicks(20));
        clock.Find(Noon.AddSeconds(-1)).ShouldBeNull();
        clock.Find(Noon.AddSeconds(31)).ShouldBeNull();
    }

    [Fact]
    public void After_a_pause_the_same_timeline_was_captured_later()
    {
        var clock = Of([Blob(0, 0, 0), Blob(1, 10, 40), Blob(2, 20, 50)]);

        clock.Pieces.Select(piece => (piece.MediaTime.TotalSeconds, (piece.From - Noon).TotalSeconds, (piece.To - Noon).TotalSeconds)).ShouldBe([(0, 0, 10), (10, 40, 60)]);
        clock.Find(Noon.AddSeconds(25)).ShouldBeNull();
        clock.WallOf(TimeSpan.FromSeconds(12)).ShouldBe(Noon.AddSeconds(42));
    }

    [Fact]
    public void After_a_clock_was_set_back_what_was_captured_before_is_still_found()
    {
        var clock = Of([Blob(0, 0, 0), Blob(1, 10, 10), Blob(2, 20, 2)]);

        clock.Pieces.Select(piece => ((piece.From - Noon).TotalSeconds, (piece.To - Noon).TotalSeconds)).ShouldBe([(0, 20), (2, 12)]);
        clock.Find(Noon.AddSeconds(11))!.MediaTime.ShouldBe(TimeSpan.FromSeconds(20));
        clock.Find(Noon.AddSeconds(15))!.MediaOf(Noon.AddSeconds(15)).ShouldBe(TimeSpan.FromSeconds(15), TimeSpan.FromTicks(20));
        clock.Find(Noon.AddSeconds(21)).ShouldBeNull();
    }

    [Fact]
    public void Sound_after_a_pause_is_where_the_recording_goes_on()
    {
        var times = new CaptureTimes(Noon, Noon.AddSeconds(60), CaptureClock.Sender, TimeSpan.Zero, TimeSpan.Zero);
        var clock = Of([Blob(0, 0, 0), Blob(1, 10, 40), Blob(2, 20, 50)]);

        Sound(42, 53).ShouldBe(new SoundPlace(TimeSpan.FromSeconds(12), TimeSpan.FromSeconds(23), TimeSpan.FromSeconds(12), TimeSpan.FromSeconds(23)));
        // Of what was recorded across the pause only that of before is at its place, and of the pause there is nothing.
        Sound(5, 16).ShouldBe(new SoundPlace(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(16), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(10)));
        Sound(35, 46).ShouldBe(new SoundPlace(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(16), TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(16)));
        Sound(15, 26).ShouldBeNull();
        Sound(-1, 10).ShouldBe(new SoundPlace(TimeSpan.FromSeconds(-1), TimeSpan.FromSeconds(10), null, TimeSpan.FromSeconds(10)));

        SoundPlace? Sound(double from, double to) => AngleSoundReader.PlaceOf(clock, times, Noon.AddSeconds(from), Noon.AddSeconds(to));
    }

    [Fact]
    public void Frames_that_arrive_late_on_a_busy_machine_are_no_pause_in_the_sound()
    {
        var clock = Of([Blob(0, 0, 0), Blob(1, 10, 10.6), Blob(2, 20, 20.1)]);
        clock.Pieces.Count.ShouldBeGreaterThan(1);

        AngleSoundReader.PlaceOf(clock, new CaptureTimes(Noon, Noon.AddSeconds(30), CaptureClock.Arrival, TimeSpan.Zero, TimeSpan.Zero), Noon.AddSeconds(5), Noon.AddSeconds(16))
            .ShouldBe(new SoundPlace(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(16), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(16)));
    }

    [Fact]
    public void Where_the_camera_states_its_clock_only_later_what_arrived_before_has_its_clock_too()
    {
        // Frames arrive 400 ms late, and from 20 s on the camera says when they were captured.
        Blob[] blobs = [Blob(0, 0, 0.4), Blob(1, 10, 10.4), Blob(2, 20, 20)];

        var clock = Of(blobs, new CaptureTimes(Noon, Noon.AddSeconds(20), CaptureClock.Sender, TimeSpan.Zero, TimeSpan.Zero));

        var piece = clock.Pieces.ShouldHaveSingleItem();
        (piece.From, piece.To).ShouldBe((Noon, Noon.AddSeconds(30)));
        Of(blobs).Pieces.Count.ShouldBe(2, "nothing else says so");
    }

    private static RecordingClock Of(Blob[] blobs, params RecorderProtocol.GapRecorded[] gaps) => Of(blobs, null, gaps);

    private static RecordingClock Of(Blob[] blobs, CaptureTimes? stated, params RecorderProtocol.GapRecorded[] gaps)
    {
        var extent = new Extent
        {
            Number = 1,
            Path = "000001.mp4",
            Bytes = 1,
            MediaTime = TimeSpan.Zero,
            Duration = TimeSpan.FromSeconds(30),
            CapturedAt = blobs[0].CapturedAt,
            FirstBlob = 0,
            LastBlob = 2,
        };
        return RecordingClock.Of([new WantedExtent(extent, new LocalMedia(extent.Path))], new ToldRecording([.. blobs.Select(blob => new ToldBlob(null, blob))], gaps), stated);
    }

    private static Blob Blob(long number, double media, double captured) => new()
    {
        Recording = new RecordingId("r"),
        Number = number,
        Extent = 1,
        Path = "000001.mp4",
        Offset = number,
        Length = 1,
        Type = "video/mp4",
        MediaTime = TimeSpan.FromSeconds(media),
        Duration = TimeSpan.FromSeconds(10),
        CapturedAt = Noon.AddSeconds(captured),
        StartsWithKeyFrame = true,
        Crc32C = 0,
        Epoch = 0,
    };
}
