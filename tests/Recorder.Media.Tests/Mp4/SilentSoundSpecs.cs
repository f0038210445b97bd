using Recorder.Media.Mp4;

namespace Recorder.Media.Tests.Mp4;

public sealed class SilentSoundSpecs
{
    [Theory]
    [InlineData("aac-48000-1")]
    [InlineData("aac-8000-7")]
    [InlineData("opus-48000-2")]
    public void A_name_finds_the_silence_that_has_it(string name) => SilentSound.Named(name)!.Name.ShouldBe(name);

    [Theory]
    [InlineData("")]
    [InlineData("mp3-44100-2")]
    [InlineData("aac-44101-2")]
    [InlineData("aac-48000-0")]
    [InlineData("aac-48000")]
    [InlineData("opus-44100-2")]
    [InlineData("opus-48000-3")]
    [InlineData("aac--1-1")]
    public void Other_names_find_none(string name) => SilentSound.Named(name).ShouldBeNull();

    [Fact]
    public void Silence_fits_a_track_whose_configuration_it_has()
    {
        var silence = SilentSound.Named("aac-44100-2")!;

        SilentSound.OfAac(silence.AacConfiguration, timescale: 44_100)!.Frame.ShouldBe(silence.Frame);
        SilentSound.OfAac(silence.AacConfiguration, timescale: 90_000).ShouldBeNull("a frame is no whole number of units");
    }

    [Fact]
    public void A_silent_frame_of_one_channel_is_four_bytes() => SilentSound.Default.Frame.ShouldBe([0, 0, 0, 7]);

    [Fact]
    public void As_many_frames_are_written_as_fit()
    {
        SilentSound.Default.Frames(0, 48_000).ShouldBe(46);
        SilentSound.Default.Frames(10, 10).ShouldBe(0);
        SilentFragment.Write(SilentSound.Default, 1, 1, 0, 46).Length.ShouldBe(SilentSound.Default.FragmentBytes(46));
    }
}
