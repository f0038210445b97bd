using Recorder.Contracts;
using Recorder.Media.TimeCodes;

namespace Recorder.Media.Tests.TimeCodes;

/// <summary>The time code of a moment, out of sound that libltc wrote.</summary>
public sealed class LtcMomentSpecs
{
    private const int SampleRate = 48_000;

    [Theory]
    [InlineData("23.976", "10:20:30:12", "10:20:31:12")]
    [InlineData("24", "10:20:30:12", "10:20:31:12")]
    [InlineData("25", "23:59:59:20", "00:00:00:20")]
    [InlineData("29.97", "10:20:59:20", "10:21:00:20")]
    [InlineData("29.97", "10:20:59;20", "10:21:00;22")]
    [InlineData("30", "10:20:30:12", "10:20:31:12")]
    public void A_moment_has_the_time_code_of_the_frame_that_it_is_in(string text, string first, string expected)
    {
        var (rate, from) = Parse(text, first);
        var sound = LtcSound.Of(from, 3 * rate.Nominal, SampleRate);
        var frame = (double)SampleRate * rate.Denominator / rate.Numerator;

        var found = LtcMoment.Find([sound], SampleRate, (rate.Nominal + 0.25) * frame, rate, from.IsDropFrame);

        found.Problem.ShouldBe("");
        found.TimeCode.ToString().ShouldBe(expected);
        found.IntoFrame.TotalMilliseconds.ShouldBe(rate.TimeOf(1).TotalMilliseconds / 4, 0.2);
    }

    [Theory]
    [InlineData("25", "50", "10:20:30:12", 0.3, "10:20:30:24", 12)]
    [InlineData("25", "50", "10:20:30:12", 0.7, "10:20:30:25", 8)]
    [InlineData("29.97", "59.94", "10:20:59;29", 1.3, "10:21:00;04", 20.0 / 1.001 / 2)]
    public void Above_30_frames_each_frame_of_the_sound_is_two(string sounds, string takes, string first, double frames, string expected, double into)
    {
        var (rate, from) = Parse(sounds, first);
        TimeCodeRate.TryParse(takes, out var wanted).ShouldBeTrue();
        var sound = LtcSound.Of(from, 90, SampleRate);

        var found = LtcMoment.Find([sound], SampleRate, frames * SampleRate * rate.Denominator / rate.Numerator, wanted, from.IsDropFrame);

        found.TimeCode.ToString().ShouldBe(expected, found.Problem);
        found.IntoFrame.TotalMilliseconds.ShouldBe(into, 0.3);
    }

    [Fact]
    public void A_moment_before_the_time_code_began_or_behind_its_end_is_counted_from_the_nearest_frame()
    {
        var (rate, from) = Parse("25", "10:00:00:00");
        float[] sound = [.. new float[SampleRate], .. LtcSound.Of(from, 50, SampleRate)];

        LtcMoment.Find([sound], SampleRate, 0.5 * SampleRate, rate, false).TimeCode.ToString().ShouldBe("09:59:59:12");
        LtcMoment.Find([sound], SampleRate, 4.02 * SampleRate, rate, false).TimeCode.ToString().ShouldBe("10:00:03:00");
    }

    [Fact]
    public void It_is_found_on_any_channel_and_where_it_jumps_the_nearest_is_taken()
    {
        var (rate, from) = Parse("25", "10:00:00:00");
        float[] jumping = [.. LtcSound.Of(from, 50, SampleRate), .. LtcSound.Of(from.Add(100_000), 50, SampleRate)];
        var random = new Random(1);
        float[] music = [.. jumping.Select(_ => random.NextSingle() - 0.5f)];

        LtcMoment.Find([music, jumping], SampleRate, 1.02 * SampleRate, rate, false).TimeCode.ToString().ShouldBe("10:00:01:00");
        LtcMoment.Find([music, jumping], SampleRate, 3.02 * SampleRate, rate, false).TimeCode.ToString().ShouldBe(from.Add(100_025).ToString());
    }

    [Fact]
    public void Time_code_of_another_rate_or_count_is_named_and_not_taken()
    {
        var (_, from) = Parse("25", "10:00:00:00");
        TimeCodeRate.TryParse("29.97", out var rate).ShouldBeTrue();
        Problem(LtcSound.Of(from, 75, SampleRate), rate, true)
            .ShouldBe("has linear time code at 25 frames per second, and the take counts 29.97 frames per second with drop-frame counting");

        var (_, whole) = Parse("29.97", "10:00:00:00");
        Problem(LtcSound.Of(whole, 75, SampleRate), rate, true)
            .ShouldBe("has linear time code at 29.97 frames per second without drop-frame counting, and the take counts 29.97 frames per second with drop-frame counting");
    }

    [Fact]
    public void Sound_without_time_code_and_pieces_that_are_too_short_say_so()
    {
        var (rate, from) = Parse("25", "10:00:00:00");
        var random = new Random(2);
        Problem([.. Enumerable.Range(0, 3 * SampleRate).Select(_ => random.NextSingle() - 0.5f)], rate, false).ShouldBe("has no linear time code");
        Problem(new float[SampleRate], rate, false).ShouldBe("has no linear time code");
        LtcMoment.Find([], SampleRate, 0, rate, false).Problem.ShouldBe("has no linear time code");
        Problem(LtcSound.Of(from, 20, SampleRate), rate, false).ShouldBe("has linear time code only in pieces of less than a second");
    }

    private static string Problem(float[] sound, TimeCodeRate rate, bool isDropFrame)
    {
        var found = LtcMoment.Find([sound], SampleRate, SampleRate, rate, isDropFrame);
        found.TimeCode.ShouldBeNull();
        return found.Problem;
    }

    private static (TimeCodeRate Rate, TimeCode From) Parse(string rate, string timeCode)
    {
        TimeCodeRate.TryParse(rate, out var parsed).ShouldBeTrue();
        TimeCode.TryParse(timeCode, parsed, out var from).ShouldBeTrue();
        return (parsed, from);
    }
}
