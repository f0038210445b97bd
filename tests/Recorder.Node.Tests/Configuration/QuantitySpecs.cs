using Recorder.Node.Configuration;


namespace Recorder.Node.Tests.Configuration;

public sealed class QuantitySpecs
{
    [Theory]
    [InlineData("1ms", 1)]
    [InlineData("100ms", 100)]
    [InlineData("1s", 1_000)]
    [InlineData("0.5s", 500)]
    [InlineData("2m", 120_000)]
    [InlineData("2min", 120_000)]
    [InlineData("1.5h", 5_400_000)]
    [InlineData("1h30m", 5_400_000)]
    [InlineData("1m1s1ms", 61_001)]
    [InlineData("1d", 86_400_000)]
    public void A_duration_is_numbers_with_units(string text, double milliseconds) =>
        Quantity.ReadDuration(text, out _).ShouldBe(TimeSpan.FromMilliseconds(milliseconds));

    [Theory]
    [InlineData("")]
    [InlineData("s")]
    [InlineData("1")]
    [InlineData("1.2.3s")]
    [InlineData("1s2")]
    [InlineData("+1s")]
    [InlineData("-1s")]
    [InlineData("1e3s")]
    [InlineData("1 s")]
    [InlineData("1S")]
    [InlineData("1sec")]
    [InlineData("NaNs")]
    [InlineData("0ms")]
    [InlineData("∞s")]
    public void Anything_else_is_no_duration(string text)
    {
        Quantity.ReadDuration(text, out var problem).ShouldBeNull();
        problem.ShouldStartWith($"'{text}' ");
    }

    [Theory]
    [InlineData("128000", 128_000)]
    [InlineData("800k", 800_000)]
    [InlineData("2.5M", 2_500_000)]
    [InlineData("1G", 1_000_000_000)]
    public void A_count_may_be_in_thousands_millions_and_milliards(string text, long value) =>
        Quantity.ReadCount(text, "bit rate", "1M", out _).ShouldBe(value);

    [Theory]
    [InlineData(0, "0:00:00.0")]
    [InlineData(5_040, "0:00:05.0")]
    [InlineData(83_490, "0:01:23.4")]
    [InlineData(360_000_000, "100:00:00.0")]
    public void A_clock_shows_hours_to_tenths(double milliseconds, string text) =>
        Quantity.Clock(TimeSpan.FromMilliseconds(milliseconds)).ShouldBe(text);

    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(999, "999 B")]
    [InlineData(1_000, "1.00 kB")]
    [InlineData(12_345, "12.3 kB")]
    [InlineData(999_400, "999 kB")]
    [InlineData(999_900, "1.00 MB")]
    [InlineData(123_456_789, "123 MB")]
    [InlineData(5_000_000_000, "5.00 GB")]
    public void A_size_has_three_digits_and_a_unit(long bytes, string text) => Quantity.Size(bytes).ShouldBe(text);

    [Fact]
    public void A_rate_is_bits_by_media_time()
    {
        Quantity.Rate(250_000, TimeSpan.FromSeconds(1)).ShouldBe("2.00 Mbit/s");
        Quantity.Rate(250_000, TimeSpan.Zero).ShouldBe("-");
    }

    [Theory]
    [InlineData(3_200, "3.2 s")]
    [InlineData(5_000, "5.0 s")]
    [InlineData(4_960, "4.96 s")]
    [InlineData(125_000, "2 min 5 s")]
    public void A_duration_is_said_in_words(double milliseconds, string text) =>
        Quantity.Spoken(TimeSpan.FromMilliseconds(milliseconds)).ShouldBe(text);
}
