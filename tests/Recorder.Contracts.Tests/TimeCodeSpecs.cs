namespace Recorder.Contracts.Tests;

/// <summary>The vectors are those of SMPTE ST 12-1 drop-frame counting as FFmpeg's libavutil/timecode.c counts it.</summary>
public sealed class TimeCodeSpecs
{
    [Theory]
    [InlineData("29.97", 1799, "00:00:59;29")]
    [InlineData("29.97", 1800, "00:01:00;02")]
    [InlineData("29.97", 17981, "00:09:59;29")]
    [InlineData("29.97", 17982, "00:10:00;00")]
    [InlineData("29.97", 107892, "01:00:00;00")]
    [InlineData("29.97", 2589407, "23:59:59;29")]
    [InlineData("59.94", 3599, "00:00:59;59")]
    [InlineData("59.94", 3600, "00:01:00;04")]
    [InlineData("59.94", 35964, "00:10:00;00")]
    public void Drop_frame_counting_leaves_out_the_first_numbers_of_minutes(string rate, long frame, string expected)
    {
        var timeCode = TimeCode.At(frame, Rate(rate), isDropFrame: true);

        timeCode.ToString().ShouldBe(expected);
        TimeCode.TryParse(expected, Rate(rate), out var read).ShouldBeTrue();
        read.ShouldBe(timeCode);
    }

    [Theory]
    [InlineData("25", 930750, "10:20:30:00")]
    [InlineData("23.976", 86400, "01:00:00:00")]
    [InlineData("50", 4319999, "23:59:59:49")]
    [InlineData("60", 61, "00:00:01:01")]
    public void Frames_are_counted_at_the_nominal_rate(string rate, long frame, string expected)
    {
        TimeCode.At(frame, Rate(rate)).ToString().ShouldBe(expected);
        TimeCode.TryParse(expected, Rate(rate), out var read).ShouldBeTrue();
        read.Frame.ShouldBe(frame);
    }

    [Fact]
    public void Every_time_code_of_a_day_is_read_back()
    {
        foreach (var (rate, drop) in TimeCodeRate.All.SelectMany(rate => rate.CanDropFrames ? new[] { (rate, true), (rate, false) } : [(rate, false)]))
        {
            var last = "";
            for (var frame = 0L; TimeCode.At(frame, rate, drop).Frame == frame; frame += 997)
            {
                var text = TimeCode.At(frame, rate, drop).ToString();
                string.CompareOrdinal(text, last).ShouldBePositive();
                TimeCode.TryParse(text, rate, out var read).ShouldBeTrue(text);
                read.Frame.ShouldBe(frame);
                read.IsDropFrame.ShouldBe(drop);
                last = text;
            }
        }
    }

    [Fact]
    public void A_day_has_as_many_frames_as_its_time_codes()
    {
        TimeCode.At(2_589_408, Rate("29.97"), isDropFrame: true).Frame.ShouldBe(0);
        TimeCode.At(-1, Rate("25")).ToString().ShouldBe("23:59:59:24");
        TimeCode.At(-1, Rate("59.94"), isDropFrame: true).ToString().ShouldBe("23:59:59;59");
    }

    [Theory]
    [InlineData("29.97", true, "10:20:30.500", "10:20:30;15")]
    [InlineData("29.97", false, "10:20:30.500", "10:20:30:15")]
    [InlineData("23.976", false, "01:00:00.000", "01:00:00:00")]
    [InlineData("25", false, "10:20:30.999", "10:20:30:24")]
    public void A_time_of_day_has_the_time_code_that_clocks_show(string rate, bool drop, string time, string expected) =>
        TimeCode.OfTimeOfDay(TimeSpan.Parse(time, System.Globalization.CultureInfo.InvariantCulture), Rate(rate), drop).ToString().ShouldBe(expected);

    [Theory]
    [InlineData("10:20:30:25")]
    [InlineData("10:20:30;12")]
    [InlineData("24:00:00:00")]
    [InlineData("10:60:00:00")]
    [InlineData("1:20:30:12")]
    [InlineData("10:20:30")]
    [InlineData("10.20:30:12")]
    [InlineData("")]
    public void What_is_no_time_code_of_the_rate_is_not_read(string text) => TimeCode.TryParse(text, Rate("25"), out _).ShouldBeFalse();

    [Theory]
    [InlineData("00:01:00;00")]
    [InlineData("00:01:00;01")]
    public void A_number_that_is_left_out_is_not_read(string text) => TimeCode.TryParse(text, Rate("29.97"), out _).ShouldBeFalse();

    [Theory]
    [InlineData("25")]
    [InlineData("23.976")]
    [InlineData("30")]
    public void Drop_frame_counting_is_refused_where_it_does_not_exist(string rate) =>
        Should.Throw<ArgumentException>(() => TimeCode.At(0, Rate(rate), isDropFrame: true)).Message.ShouldContain("only at 29.97 and 59.94");

    [Theory]
    [InlineData("30000/1001", "29.97")]
    [InlineData("23.98", "23.976")]
    [InlineData("24000/1001", "23.976")]
    [InlineData("25/1", "25")]
    [InlineData("47.952", "47.952")]
    public void Rates_are_read_as_people_write_them(string text, string expected) => Rate(text).ToString().ShouldBe(expected);

    [Theory]
    [InlineData("12.5")]
    [InlineData("15")]
    [InlineData("0")]
    [InlineData("25/0")]
    [InlineData("-25")]
    [InlineData("x")]
    public void Other_rates_have_no_time_code(string text) => TimeCodeRate.TryParse(text, out _).ShouldBeFalse();

    [Fact]
    public void Frames_become_times_and_times_frames()
    {
        foreach (var rate in TimeCodeRate.All)
        {
            for (var frame = 0L; frame < 3_000_000; frame += 99_991)
                rate.FramesIn(rate.TimeOf(frame) + TimeSpan.FromTicks(1)).ShouldBe(frame);
        }
    }

    private static TimeCodeRate Rate(string text)
    {
        TimeCodeRate.TryParse(text, out var rate).ShouldBeTrue(text);
        return rate;
    }
}
