using Recorder.FFmpeg;
using Recorder.Media.Export.Editing;
using Recorder.Media.Mp4;

namespace Recorder.Media.Tests.Export.Editing;

public sealed class SoundLineSpecs
{
    private const long Zero = 480_000;

    private static readonly Rational Samples = new(1, 48_000);

    [Theory]
    [InlineData(-300)]
    [InlineData(0)]
    [InlineData(700)]
    public void Sound_begins_at_the_first_frame_with_less_than_a_packet_between(int offset)
    {
        var line = Line();

        var places = Enumerable.Range(-3, 10).Select(packet => line.Next(Zero + offset + packet * 1024, 1024)).ToList();

        var laid = places.OfType<SoundPlace>().ToList();
        laid[0].At.ShouldBe(0);
        laid.Zip(laid.Skip(1)).ShouldAllBe(pair => pair.Second.At == pair.First.At + 1024);
        var report = line.Report("aac");
        report.Dropped.ShouldBe(places.Count(place => place is null));
        report.Offset.Duration().ShouldBeLessThanOrEqualTo(Samples.ToTimeSpan(512));
        report.Silence.ShouldBe(TimeSpan.Zero);
    }

    [Fact]
    public void Sound_that_begins_later_has_silence_before_it()
    {
        var line = Line();

        line.Next(Zero + 10_500, 1024).ShouldBe(new SoundPlace(10, 0, 10_240, 1024));

        line.Report("aac").Offset.ShouldBe(Samples.ToTimeSpan(260));
    }

    [Fact]
    public void Silence_fills_a_hole_and_the_sound_behind_it_is_in_time()
    {
        var line = Line();
        line.Next(Zero, 1024);

        var place = line.Next(Zero + 48_000, 1024)!.Value;

        place.ShouldBe(new SoundPlace(45, 1024, 1024 + 45 * 1024, 1024));
        var report = line.Report("aac");
        report.Silence.ShouldBe(Samples.ToTimeSpan(45 * 1024));
        report.LargestShift.ShouldBe(Samples.ToTimeSpan(place.At - 48_000));
    }

    [Fact]
    public void Jitter_makes_no_step()
    {
        var random = new Random(4);
        var line = Line();

        var laid = Enumerable.Range(0, 2000).Select(packet => line.Next(Zero + packet * 1024 + random.Next(1900), 1024)!.Value).ToList();

        laid.Select(place => place.At).ShouldBe(Enumerable.Range(0, 2000).Select(packet => packet * 1024L + laid[0].At));
        line.Report("aac").Silence.ShouldBe(Samples.ToTimeSpan(laid[0].At));
    }

    [Theory]
    [InlineData(1023)]
    [InlineData(1025)]
    public void A_clock_that_is_too_fast_or_too_slow_costs_a_packet_now_and_then_and_the_sound_stays_with_the_picture(int distance)
    {
        var line = Line();

        var laid = Enumerable.Range(0, 20_000).Select(packet => line.Next(Zero + packet * distance, 1024)).OfType<SoundPlace>().ToList();

        laid.Zip(laid.Skip(1)).ShouldAllBe(pair => pair.Second.From == pair.First.At + 1024 && pair.Second.At == pair.Second.From + 1024 * pair.Second.Silent);
        var report = line.Report("aac");
        report.LargestShift.Duration().ShouldBeInRange(TimeSpan.FromMilliseconds(39), TimeSpan.FromMilliseconds(40.1));
        report.Dropped.ShouldBeInRange(distance < 1024 ? 15 : 0, distance < 1024 ? 19 : 0);
        report.Silence.ShouldBeInRange(Samples.ToTimeSpan(distance < 1024 ? 0 : 15 * 1024), Samples.ToTimeSpan(distance < 1024 ? 0 : 19 * 1024));
    }

    [Fact]
    public void Without_silence_the_packet_before_a_hole_lasts_longer_and_the_first_begins_early()
    {
        var line = new SoundLine(Samples, Zero, null, isExact: false);

        line.Next(Zero + 5000, 1152).ShouldBe(new SoundPlace(0, 0, 0, 6152));
        line.Next(Zero + 6152, 1152).ShouldBe(new SoundPlace(0, 6152, 6152, 1152));
        line.Next(Zero + 20_000, 1152).ShouldBe(new SoundPlace(0, 7304, 20_000, 1152));

        line.Report("mp3").Held.ShouldBe(Samples.ToTimeSpan(5000 + 20_000 - 7304));
    }

    private static SoundLine Line() => new(Samples, Zero, SilentSound.Named("aac-48000-1"), isExact: true);
}
