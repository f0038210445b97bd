using Recorder.Actors.Capture;
using Recorder.Contracts;
using Recorder.FFmpeg;

namespace Recorder.Actors.Tests.Capture;

public sealed class SourcePatienceSpecs
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly SourceTrack Sound = Track(TrackKind.Audio, frameRate: 0, sampleRate: 8000);
    private static readonly SourceTrack Picture = Track(TrackKind.Video, frameRate: 25);
    private static readonly SourceTrack UnknownPicture = Track(TrackKind.Video, frameRate: 0);
    private static readonly SourceTrack SlowPicture = Track(TrackKind.Video, frameRate: 1 / 7.0);

    private SourcePatience _patience = new(stated: null);
    private TimeSpan _now = TimeSpan.FromHours(1);

    [Fact]
    public void What_the_user_says_holds_whatever_the_source_says()
    {
        _patience = new SourcePatience(2 * Second);
        Arrive(20, every: 7 * Second);
        _patience.WasSilent();

        _patience.For([SlowPicture]).ShouldBe(2 * Second);
        _patience.Left([SlowPicture], withoutMedia: 1.5 * Second, withoutBytes: TimeSpan.Zero).ShouldBe(0.5 * Second);
    }

    [Fact]
    public void A_source_as_most_are_has_five_seconds()
    {
        Arrive(100, every: 0.1 * Second);

        _patience.For([Picture, Sound]).ShouldBe(5 * Second);
        _patience.For([UnknownPicture]).ShouldBe(5 * Second);
        _patience.For([SlowPicture, Sound]).ShouldBe(5 * Second, "its sound says that it is there");
    }

    [Fact]
    public void One_that_states_a_slow_rate_has_the_time_that_it_needs_and_no_more_than_a_minute()
    {
        _patience.For([SlowPicture]).TotalSeconds.ShouldBe(17.5, 0.001);
        _patience.For([Track(TrackKind.Video, frameRate: 0.001)]).ShouldBe(60 * Second);
    }

    [Fact]
    public void One_that_states_no_rate_has_more_until_its_pace_is_known()
    {
        _patience.For([UnknownPicture]).ShouldBe(15 * Second);

        Arrive(4, every: 7 * Second);

        _patience.For([UnknownPicture]).ShouldBe(17.5 * Second);
    }

    // Reports, and answers to a client's requests, come every few seconds from a camera that is there.
    [Fact]
    public void A_session_that_is_alive_is_not_lost_for_want_of_a_picture()
    {
        _patience.Opened();
        _patience.Arrived(_now);

        _patience.Left([Picture], withoutMedia: 30 * Second, withoutBytes: 4 * Second).ShouldBe(1 * Second);
        _patience.Left([Picture], withoutMedia: 30 * Second, withoutBytes: 5 * Second).ShouldBe(TimeSpan.Zero);
        _patience.Left([Picture], withoutMedia: 60 * Second, withoutBytes: Second).ShouldBe(TimeSpan.Zero, "not for ever");
    }

    [Fact]
    public void A_quick_source_whose_encoder_stands_still_is_lost_although_its_session_is_alive()
    {
        Arrive(50, every: 0.1 * Second);

        _patience.Left([Picture], withoutMedia: 5 * Second, withoutBytes: TimeSpan.Zero).ShouldBe(TimeSpan.Zero);
    }

    [Fact]
    public void One_that_was_taken_for_lost_and_is_there_again_has_longer_until_it_is_steady()
    {
        Arrive(10, every: 0.1 * Second);
        _patience.WasSilent();
        Arrive(10, every: 0.1 * Second);
        _patience.For([Picture]).ShouldBe(10 * Second);
        for (var lost = 0; lost < 5; lost++)
        {
            _patience.WasSilent();
        }

        Arrive(10, every: 0.1 * Second);
        _patience.For([Picture]).ShouldBe(60 * Second);

        Arrive(700, every: 0.1 * Second);

        _patience.For([Picture]).ShouldBe(5 * Second);
    }

    private void Arrive(int count, TimeSpan every)
    {
        _patience.Opened();
        for (; count > 0; count--)
        {
            _patience.Arrived(_now += every);
        }
    }

    private static SourceTrack Track(TrackKind kind, double frameRate, int sampleRate = 0) => new(
        0, CodecParameters.Pcm(8000, 1, "s16le"), new Rational(1, 1000),
        new TrackDescription { Id = 0, Kind = kind, Codec = "x", FrameRate = frameRate, SampleRate = sampleRate });
}
