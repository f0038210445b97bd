using Recorder.Actors.Capture;
using Recorder.Contracts;
using Recorder.FFmpeg;

namespace Recorder.Actors.Tests.Capture;

public sealed class SourcePatienceSpecs
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly SourceTrack Sound = Track(TrackKind.Audio, frameRate: 0, sampleRate: 8000);
    private static readonly SourceTrack Video = Track(TrackKind.Video, frameRate: 25);
    private static readonly SourceTrack VideoOfUnknownRate = Track(TrackKind.Video, frameRate: 0);
    private static readonly SourceTrack SlowVideo = Track(TrackKind.Video, frameRate: 1 / 7.0);

    private SourcePatience _patience = new(stated: null);
    private TimeSpan _now = TimeSpan.FromHours(1);

    [Fact]
    public void The_users_deadline_applies_whatever_the_source_states()
    {
        _patience = new SourcePatience(2 * Second);
        Arrive(20, every: 7 * Second);
        _patience.WasSilent();

        _patience.For([SlowVideo]).ShouldBe(2 * Second);
        _patience.Left([SlowVideo], withoutMedia: 1.5 * Second, withoutBytes: TimeSpan.Zero).ShouldBe(0.5 * Second);
    }

    [Fact]
    public void A_usual_source_has_five_seconds()
    {
        Arrive(100, every: 0.1 * Second);

        _patience.For([Video, Sound]).ShouldBe(5 * Second);
        _patience.For([VideoOfUnknownRate]).ShouldBe(5 * Second);
        _patience.For([SlowVideo, Sound]).ShouldBe(5 * Second, "its sound shows that it is there");
    }

    [Fact]
    public void A_source_with_a_low_frame_rate_has_more_time_but_at_most_a_minute()
    {
        _patience.For([SlowVideo]).TotalSeconds.ShouldBe(17.5, 0.001);
        _patience.For([Track(TrackKind.Video, frameRate: 0.001)]).ShouldBe(60 * Second);
    }

    [Fact]
    public void A_source_without_a_frame_rate_has_more_time_until_its_pace_is_known()
    {
        _patience.For([VideoOfUnknownRate]).ShouldBe(15 * Second);

        Arrive(4, every: 7 * Second);

        _patience.For([VideoOfUnknownRate]).ShouldBe(17.5 * Second);
    }

    // A camera that is reachable sends reports and replies every few seconds.
    [Fact]
    public void A_session_that_is_alive_is_not_lost_because_a_frame_is_late()
    {
        _patience.Opened();
        _patience.Arrived(_now);

        _patience.Left([Video], withoutMedia: 30 * Second, withoutBytes: 4 * Second).ShouldBe(1 * Second);
        _patience.Left([Video], withoutMedia: 30 * Second, withoutBytes: 5 * Second).ShouldBe(TimeSpan.Zero);
        _patience.Left([Video], withoutMedia: 60 * Second, withoutBytes: Second).ShouldBe(TimeSpan.Zero, "not for ever");
    }

    [Fact]
    public void A_quick_source_whose_encoder_stops_is_lost_although_its_session_is_alive()
    {
        Arrive(50, every: 0.1 * Second);

        _patience.Left([Video], withoutMedia: 5 * Second, withoutBytes: TimeSpan.Zero).ShouldBe(TimeSpan.Zero);
    }

    [Fact]
    public void A_source_that_comes_back_after_a_loss_has_more_time_until_it_is_steady()
    {
        Arrive(10, every: 0.1 * Second);
        _patience.WasSilent();
        Arrive(10, every: 0.1 * Second);
        _patience.For([Video]).ShouldBe(10 * Second);
        for (var lost = 0; lost < 5; lost++)
            _patience.WasSilent();

        Arrive(10, every: 0.1 * Second);
        _patience.For([Video]).ShouldBe(60 * Second);

        Arrive(700, every: 0.1 * Second);

        _patience.For([Video]).ShouldBe(5 * Second);
    }

    private void Arrive(int count, TimeSpan every)
    {
        _patience.Opened();
        for (; count > 0; count--)
            _patience.Arrived(_now += every);
    }

    private static SourceTrack Track(TrackKind kind, double frameRate, int sampleRate = 0) => new(
        0, CodecParameters.Pcm(8000, 1, "s16le"), new Rational(1, 1000),
        new TrackDescription { Id = 0, Kind = kind, Codec = "x", FrameRate = frameRate, SampleRate = sampleRate });
}
