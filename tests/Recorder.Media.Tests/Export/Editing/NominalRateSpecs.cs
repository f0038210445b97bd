using Recorder.Contracts;
using Recorder.FFmpeg;
using Recorder.Media.Export.Editing;

namespace Recorder.Media.Tests.Export.Editing;

public sealed class NominalRateSpecs
{
    private static readonly Rational Clock = new(1, 90_000);

    [Theory]
    [InlineData(12.5)]
    [InlineData(15)]
    [InlineData(10)]
    [InlineData(100)]
    public void A_rate_that_time_code_does_not_have_is_refused_with_what_was_measured(double rate)
    {
        var refused = Should.Throw<EditExportException>(() => NominalRate.Of(Times(rate, 100), Clock, [], null));

        refused.Error.ShouldBe(EditError.NoTimeCodeRate);
        refused.Message.ShouldContain(FormattableString.Invariant($"sends {rate} frames"));
        refused.Message.ShouldContain("23.976, 24, 25, 29.97");
    }

    [Theory]
    [InlineData(25, "50")]
    [InlineData(25, "24")]
    [InlineData(30, "29.97")]
    [InlineData(59.94, "60")]
    public void Another_rate_than_the_cameras_own_is_refused(double own, string asked)
    {
        TimeCodeRate.TryParse(asked, out var wanted).ShouldBeTrue();

        var refused = Should.Throw<EditExportException>(() => NominalRate.Of(Times(own, 3000), Clock, [], wanted));

        refused.Error.ShouldBe(EditError.OtherRate);
        refused.Message.ShouldContain(FormattableString.Invariant($"own rate is {own} frames"));
        refused.Message.ShouldContain($"laid at {asked}");
    }

    [Fact]
    public void A_rate_between_two_is_decided_by_the_source_while_the_frames_are_few_and_by_the_frames_when_they_are_many()
    {
        var stated = new Rational(30_000, 1001);

        NominalRate.Of(Times(30, 20), Clock, [new Rational(10, 1), stated], null).Rate.ToString().ShouldBe("29.97");
        NominalRate.Of(Times(30, 20_000), Clock, [new Rational(10, 1), stated], null).Rate.ToString().ShouldBe("30");
    }

    [Fact]
    public void Missing_frames_do_not_lower_the_rate()
    {
        var times = Times(25, 1000).Where((_, index) => index % 10 is not 3 and not 4 || index > 500).ToList();

        var rate = NominalRate.Of(times, Clock, [], null);

        rate.Rate.ToString().ShouldBe("25");
        rate.Measured.ShouldBe(25, 0.001);
    }

    [Fact]
    public void Times_in_milliseconds_are_enough()
    {
        var times = Times(29.97, 2000).ConvertAll(time => Clock.Rescale(time, Rational.Milliseconds));

        NominalRate.Of(times, Rational.Milliseconds, [], null).Rate.ToString().ShouldBe("29.97");
    }

    [Fact]
    public void A_single_frame_has_the_rate_that_the_source_states()
    {
        NominalRate.Of([5], Clock, [default, new Rational(50, 1)], null).Rate.ToString().ShouldBe("50");
        Should.Throw<EditExportException>(() => NominalRate.Of([5], Clock, [], null)).Error.ShouldBe(EditError.NoTimeCodeRate);
    }

    private static List<long> Times(double rate, int count)
    {
        var exact = TimeCodeRate.Find(rate) is { } known ? (double)known.Numerator / known.Denominator : rate;
        return [.. Enumerable.Range(0, count).Select(index => (long)Math.Round(index * 90_000 / exact))];
    }
}
