using System.Globalization;
using Recorder.Contracts;
using Recorder.Node.Media;

namespace Recorder.Node.Tests.Media;

/// <summary>Which moment is which frame of a take.</summary>
public sealed class TakeTimeCodeSpecs
{
    private static readonly DateTimeOffset Midnight = new(2026, 12, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    // The label of the first is 10:00:59;29.
    [InlineData("10:01:00.010")]
    [InlineData("10:01:00.000")]
    [InlineData("10:00:59.990")]
    [InlineData("10:05:30.500")]
    [InlineData("00:00:00.000")]
    [InlineData("23:59:59.500")]
    // The label begins at 0 again, 86 ms before the day does.
    [InlineData("23:59:59.950")]
    public void At_another_rate_a_drop_frame_take_has_the_time_of_day_of_its_moment(string text)
    {
        var (at, rate) = (TimeSpan.Parse(text, CultureInfo.InvariantCulture), RateOf("25"));

        new TakeTimeCode(TakeAt(at), rate).Of(Midnight + at).ShouldBe(TimeCode.OfTimeOfDay(at, rate));
    }

    [Fact]
    public void A_time_code_of_a_take_counts_as_the_take_does_whatever_is_before_the_frames()
    {
        var at = new TimeSpan(10, 20, 0);
        var (drop, whole) = (new TakeTimeCode(TakeAt(at)), new TakeTimeCode(TakeAt(at) with { IsDropFrame = false, TimeCode = "10:20:00:00" }));

        drop.TryParse("10:20:30:12", out var colon, out _).ShouldBeTrue();
        drop.TryParse("10:20:30;12", out var semicolon, out _).ShouldBeTrue();
        colon.ShouldBe(semicolon);
        (drop.MomentOf(colon) - Midnight).ShouldBe(new TimeSpan(10, 20, 30) + TimeSpan.FromSeconds(0.4), TimeSpan.FromSeconds(0.2));
        whole.TryParse("10:20:30;12", out var counted, out _).ShouldBeTrue();
        counted.ToString().ShouldBe("10:20:30:12");
    }

    [Fact]
    public void A_frame_that_drop_frame_time_code_leaves_out_is_named()
    {
        var drop = new TakeTimeCode(TakeAt(new TimeSpan(10, 20, 0)));

        drop.TryParse("10:21:00:01", out _, out var wrong).ShouldBeFalse();
        wrong!.ShouldContain("leaves 10:21:00;01 out");
        drop.TryParse("10:20:00:01", out _, out wrong).ShouldBeTrue();
        drop.TryParse("10:20:00:31", out _, out wrong).ShouldBeFalse();
        wrong.ShouldBeNull();
    }

    private static TimeCodeRate RateOf(string text) => TimeCodeRate.TryParse(text, out var rate) ? rate : throw new ArgumentException(text);

    private static Take TakeAt(TimeSpan at) => new()
    {
        Id = new TakeId("20261201T000000Z-1"),
        State = TakeState.Done,
        Slate = new Slate { Scene = "1" },
        At = Midnight + at,
        Rate = "29.97",
        IsDropFrame = true,
        TimeCode = TimeCode.OfTimeOfDay(at, RateOf("29.97"), isDropFrame: true).ToString(),
    };
}
