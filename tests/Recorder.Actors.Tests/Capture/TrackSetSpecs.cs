using Recorder.Actors.Capture;
using Recorder.Contracts;
using Recorder.FFmpeg;

namespace Recorder.Actors.Tests.Capture;

public sealed class TrackSetSpecs
{
    private static readonly Rational Rate = new(25, 1);

    [Fact]
    public void Cover_pictures_and_streams_without_parameters_are_not_tracks()
    {
        var tracks = new TrackSet();
        tracks.Update([Video(0, 64) with { AttachedPicture = true }, Video(1, 64), Audio(2, 48000)]);
        tracks.Tracks.Select(t => (t.Id, t.Description.Kind)).ShouldBe([(0, TrackKind.Video), (1, TrackKind.Audio)]);
        tracks.TrackOf(0).ShouldBe(-1);
        tracks.TrackOf(1).ShouldBe(0);
        tracks.TrackOf(2).ShouldBe(1);
        tracks.TrackOf(7).ShouldBe(-1);
        tracks.Leading.ShouldBe(0);
    }

    [Fact]
    public void The_same_streams_in_another_order_are_the_same_tracks()
    {
        var tracks = new TrackSet();
        tracks.Update([Video(0, 64), Audio(1, 48000)]);
        tracks.Update([Audio(0, 48000), Video(1, 64)]).ShouldBeNull();
        tracks.TrackOf(0).ShouldBe(1);
        tracks.TrackOf(1).ShouldBe(0);
    }

    [Fact]
    public void Changed_parameters_keep_the_track_and_its_time_base()
    {
        var tracks = new TrackSet();
        tracks.Update([Video(0, 64)]);
        tracks.Update([Video(0, 128) with { TimeBase = new Rational(1, 1000) }]).ShouldBe("Track 0 changed from rawvideo 64×64 to rawvideo 128×64.");
        var changed = tracks.Tracks.ShouldHaveSingleItem();
        changed.Id.ShouldBe(0);
        changed.Description.Width.ShouldBe(128);
        changed.TimeBase.ShouldBe(Rate.Inverse);
    }

    [Fact]
    public void A_track_that_returns_keeps_its_number_and_another_track_gets_a_new_one()
    {
        var tracks = new TrackSet();
        tracks.Update([Video(0, 64), Audio(1, 48000)]);
        tracks.Update([Video(0, 64)]).ShouldBe("Track 1 (pcm_s16le 48000 Hz, 2 channels) is no longer sent.");
        tracks.Update([Video(0, 64), Audio(1, 48000)]).ShouldBe("Track 1 (pcm_s16le 48000 Hz, 2 channels) appeared.");
        tracks.Update([Video(0, 64), Audio(1, 48000), Audio(2, 8000)]);
        tracks.Tracks.Select(t => t.Id).ShouldBe([0, 1, 2]);
    }

    private static StreamInfo Video(int index, int width) =>
        new(index, CodecParameters.RawVideo(width, 64, "yuv420p", Rate), Rate.Inverse, Rate, null, null, false);

    private static StreamInfo Audio(int index, int rate) =>
        new(index, CodecParameters.Pcm(rate, 2, "s16le"), new Rational(1, rate), new Rational(0, 1), null, null, false);
}
