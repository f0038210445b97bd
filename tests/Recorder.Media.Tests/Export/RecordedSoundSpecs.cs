using Recorder.Media.Codecs;
using Recorder.Media.Export;
using Recorder.Media.Fragments;

namespace Recorder.Media.Tests.Export;

/// <summary>Sound of a recording as samples: where its bursts of 10 ms are.</summary>
public sealed class RecordedSoundSpecs : IDisposable
{
    private const int SampleRate = 16_000;
    private const string Video = "-f lavfi -i testsrc2=size=64x64:rate=25";

    // Left at 1.2 s, right at 1.6 s.
    private const string Bursts = "-f lavfi -i aevalsrc=" +
        @"if(between(t\,1.2\,1.21)\,0.8*sin(2*PI*1000*t)\,0)|if(between(t\,1.6\,1.61)\,0.8*sin(2*PI*1000*t)\,0):s=48000";

    private const string H264 = "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -g 25";

    private readonly RecordedExtents _extents = new();

    public void Dispose() => _extents.Dispose();

    [Theory]
    [InlineData("bursts.mp4", Video + " " + Bursts + " " + H264 + " -c:a aac")]
    [InlineData("sound.mp4", Bursts + " -c:a flac -strict -2")]
    [InlineData("opus.mp4", Video + " " + Bursts + " " + H264 + " -c:a libopus")]
    public void Each_channel_has_its_samples_where_the_timeline_has_its_sound(string name, string arguments)
    {
        var plan = ExportPlan.Of(RecordedExtents.Sequence(_extents.Record(name, arguments)), Seconds(0.9), Seconds(1.9))!;

        var sound = RecordedSound.Read(plan, Seconds(0.9), Seconds(1.9), SampleRate, InProcessCodecs.Default, default);

        sound.Channels.Count.ShouldBe(2);
        sound.Channels.ShouldAllBe(channel => channel.Length == SampleRate);
        BurstOf(sound.Channels[0]).ShouldBe(1.205 - 0.9, 0.003);
        BurstOf(sound.Channels[1]).ShouldBe(1.605 - 0.9, 0.003);
        sound.Recorded.TotalSeconds.ShouldBe(1, 0.03);
        sound.Mix().Max().ShouldBe(sound.Channels[0].Max() / 2, 0.01);
    }

    [Fact]
    public void Whole_files_of_Matroska_are_read_as_far_as_the_interval_reaches()
    {
        var extent = _extents.Record("bursts.mkv", $"{Video} {Bursts} {H264} -c:a flac");
        var plan = ExportPlan.Of([new WantedExtent(extent, new LocalMedia(extent.Path))], Seconds(0.5), Seconds(1.5))!;

        var sound = RecordedSound.Read(plan, Seconds(0.5), Seconds(1.5), SampleRate, InProcessCodecs.Default, default);

        BurstOf(sound.Channels[0]).ShouldBe(1.205 - 0.5, 0.003);
        sound.Channels[1].Max().ShouldBeLessThan(0.01f);
    }

    [Fact]
    public void Extents_follow_each_other_and_what_was_not_recorded_is_silent()
    {
        var extent = _extents.Record("bursts.mp4", $"{Video} {Bursts} {H264} -c:a aac");
        var plan = ExportPlan.Of(RecordedExtents.Sequence(extent, extent), Seconds(4), Seconds(8))!;

        var sound = RecordedSound.Read(plan, Seconds(4), Seconds(8), SampleRate, InProcessCodecs.Default, default);

        sound.Channels[0].Length.ShouldBe(4 * SampleRate);
        BurstOf(sound.Channels[0]).ShouldBe(RecordedExtents.Duration.TotalSeconds + 1.205 - 4, 0.003);
        sound.Recorded.TotalSeconds.ShouldBe(2, 0.05);
    }

    [Fact]
    public void A_recording_without_sound_has_no_channels()
    {
        var plan = ExportPlan.Of(RecordedExtents.Sequence(_extents.OtherSize), null, null)!;

        var sound = RecordedSound.Read(plan, TimeSpan.Zero, Seconds(1), SampleRate, InProcessCodecs.Default, default);

        sound.Channels.ShouldBeEmpty();
        sound.Recorded.ShouldBe(TimeSpan.Zero);
        sound.Mix().ShouldBeEmpty();
    }

    // The middle of the energy, in seconds after the first sample.
    private static double BurstOf(float[] samples)
    {
        var energy = samples.Sum(sample => (double)sample * sample);
        energy.ShouldBeGreaterThan(SampleRate * 0.01 * 0.1);
        return samples.Select((sample, index) => (double)sample * sample * index).Sum() / energy / SampleRate;
    }

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);
}
