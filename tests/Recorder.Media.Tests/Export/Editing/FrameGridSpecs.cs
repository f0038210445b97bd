using Recorder.Contracts;
using Recorder.FFmpeg;
using Recorder.Media.Export.Editing;

namespace Recorder.Media.Tests.Export.Editing;

public sealed class FrameGridSpecs
{
    private static readonly Rational Clock = new(1, 90_000);
    private static readonly TimeCodeRate Rate25 = Rate("25");

    [Theory]
    [InlineData("23.976")]
    [InlineData("24")]
    [InlineData("25")]
    [InlineData("29.97")]
    [InlineData("30")]
    [InlineData("47.952")]
    [InlineData("48")]
    [InlineData("50")]
    [InlineData("59.94")]
    [InlineData("60")]
    public void Frames_at_their_rate_keep_their_places_for_hours(string name)
    {
        var rate = Rate(name);
        var shown = Times(rate, Enumerable.Range(0, 200_000).Select(place => (double)place));

        var grid = Lay(shown, rate);

        grid.Places.ShouldBe(Enumerable.Range(0, 200_000).Select(place => (long)place));
        grid.Decoded.ShouldBe(grid.Places);
        grid.Holes.ShouldBeEmpty();
        grid.Length.ShouldBe(200_000);
        grid.LargestShift.Duration().ShouldBeLessThan(TimeSpan.FromTicks(120));
        NominalRate.Of(shown, Clock, [], null).Rate.ShouldBe(rate);
    }

    [Fact]
    public void Jitter_of_most_of_a_frame_makes_no_hole_and_its_size_is_stated()
    {
        var random = new Random(5);
        var shown = Times(Rate25, Enumerable.Range(0, 5000).Select(place => place + (random.NextDouble() - 0.5) * 0.8));

        var grid = Lay(shown, Rate25);

        grid.Holes.ShouldBeEmpty();
        grid.Places.ShouldBe(Enumerable.Range(0, 5000).Select(place => (long)place));
        grid.LargestShift.Duration().ShouldBeInRange(TimeSpan.FromMilliseconds(14), TimeSpan.FromMilliseconds(20));
        Math.Abs(grid.Origin.TotalMilliseconds).ShouldBeLessThan(20);
    }

    [Fact]
    public void A_first_frame_that_came_late_does_not_move_the_others()
    {
        var shown = Times(Rate25, Enumerable.Range(0, 100).Select(place => place == 0 ? 0.4 : place));

        var grid = Lay(shown, Rate25);

        grid.Origin.TotalMilliseconds.ShouldBe(-16, 0.1);
        grid.LargestShift.TotalMilliseconds.ShouldBe(-16, 0.1);
        grid.ShiftedMost.ShouldBe(0);
        grid.Holes.ShouldBeEmpty();
    }

    [Fact]
    public void Frames_that_came_late_together_are_moved_back_and_leave_no_hole()
    {
        // A stall of a fifth of a second, after which the frames come at once.
        var shown = Times(Rate25, Enumerable.Range(0, 500).Select(place => place is >= 100 and < 105 ? 105 + (place - 105) * 0.01 : place));

        var grid = Lay(shown, Rate25);

        grid.Holes.ShouldBeEmpty();
        grid.ShiftedMost.ShouldBe(100);
        grid.LargestShift.TotalMilliseconds.ShouldBe(-198, 0.5);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(75)]
    public void A_hole_has_its_place_and_length(int length)
    {
        var random = new Random(length);
        var places = Enumerable.Range(0, 1000).Where(place => place < 400 || place >= 400 + length).ToList();
        var shown = Times(Rate25, places.Select(place => place + random.NextDouble() * 0.3));

        var grid = Lay(shown, Rate25);

        grid.Holes.ShouldBe([new GridHole(400, length)]);
        grid.Places.ShouldBe(places.Select(place => (long)place));
        grid.Length.ShouldBe(1000);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(-200)]
    public void Drift_of_200_ppm_is_laid_by_the_cameras_own_clock_and_stated(int ppm)
    {
        // Ten minutes: 120 ms, in which a frame is missing.
        var random = new Random(6);
        var places = Enumerable.Range(0, 15_000).Where(place => place != 9000);
        var shown = Times(Rate25, places.Select(place => place * (1 + ppm * 1e-6) + random.NextDouble() * 0.2));

        var grid = Lay(shown, Rate25, driftLimit: 200);

        grid.Holes.ShouldBe([new GridHole(9000, 1)]);
        grid.Places.Length.ShouldBe(14_999);
        ((1 / grid.Scale - 1) * 1e6).ShouldBe(ppm, 2);
        grid.LargestShift.TotalMilliseconds.ShouldBe(ppm > 0 ? -120 : 120, 10);
        grid.ShiftedMost.ShouldBeGreaterThan(14_000);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(-200)]
    public void Drift_beyond_its_limit_never_loses_a_frame_and_is_stated(int ppm)
    {
        // Ten minutes: a slow camera leaves three places empty, of a fast one three frames are too many and the last is 120 ms late.
        var shown = Times(Rate25, Enumerable.Range(0, 15_000).Select(place => place * (1 + ppm * 1e-6)));

        var grid = Lay(shown, Rate25, driftLimit: 100);

        grid.Scale.ShouldBe(1);
        grid.Places.Length.ShouldBe(15_000);
        grid.Holes.Count.ShouldBe(ppm > 0 ? 3 : 0);
        grid.Holes.ShouldAllBe(hole => hole.Length == 1);
        grid.LargestShift.Duration().TotalMilliseconds.ShouldBe(ppm > 0 ? 20 : 120, 0.5);
        NominalRate.Of(shown, Clock, [], null).Measured.ShouldBe(25 / (1 + ppm * 1e-6), 0.001);
    }

    [Fact]
    public void Frames_with_the_same_time_get_places_of_their_own()
    {
        var shown = Times(Rate25, [0, 1, 2, 2, 2, 5, 6, 7]);

        var grid = Lay(shown, Rate25);

        grid.Places.ShouldBe([0, 1, 2, 3, 4, 5, 6, 7]);
        grid.LargestShift.TotalMilliseconds.ShouldBe(80, 0.1);
    }

    [Fact]
    public void Frames_that_are_shown_in_another_order_than_decoded_are_placed_by_when_they_are_shown()
    {
        int[] order = [0, 3, 1, 2, 6, 4, 5, 9, 7, 8];
        var shown = Times(Rate25, order.Select(place => (double)place));

        var grid = Lay(shown, Rate25);

        grid.Places.ShouldBe(order.Select(place => (long)place));
        grid.Decoded.ShouldBe(Enumerable.Range(-1, 10).Select(place => (long)place));
        grid.Decoded.Zip(grid.Places).ShouldAllBe(pair => pair.First <= pair.Second);
    }

    [Fact]
    public void Too_many_frames_are_refused_with_their_rate_and_the_shift()
    {
        var shown = Times(Rate25, Enumerable.Range(0, 1000).Select(place => place / 2.0));

        var refused = Should.Throw<EditExportException>(() => Lay(shown, Rate25));

        refused.Error.ShouldBe(EditError.FramesDoNotFit);
        refused.Message.ShouldContain("(50");
        refused.Message.ShouldContain("at most 1000 ms");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void As_few_as_no_or_one_frame_can_be_laid(int count)
    {
        var grid = Lay(Times(Rate25, Enumerable.Repeat(7.0, count)), Rate25);

        grid.Places.ShouldBe(Enumerable.Repeat(0L, count));
        grid.Length.ShouldBe(count);
    }

    [Fact]
    public void Whatever_comes_each_frame_has_one_place_in_its_order_and_the_shift_is_the_largest_difference()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var rate = TimeCodeRate.All[random.Next(TimeCodeRate.All.Length)];
            var (jitter, loss, reordered, drift) = (random.NextDouble() * 0.9, random.NextDouble() * 0.05, random.Next(4), (random.NextDouble() - 0.5) * 4e-4);
            var places = Enumerable.Range(0, random.Next(1, 3000)).Where(_ => random.NextDouble() >= loss || random.Next(40) == 0).ToList();
            var shown = Times(rate, places.Select(place => place * (1 + drift) + random.NextDouble() * jitter));
            for (var i = 0; i + reordered < shown.Count; i += reordered + 1)
                shown.Reverse(i + 1, Math.Min(reordered, shown.Count - i - 1));

            var driftLimit = TimeSpan.FromMilliseconds(random.Next(100));
            var grid = FrameGrid.Lay(shown, Clock, MeasuredOf(shown, rate), driftLimit, TimeSpan.FromMinutes(1));

            var inOrder = Enumerable.Range(0, shown.Count).OrderBy(index => shown[index]).ToList();
            var laid = inOrder.Select(index => grid.Places[index]).ToList();
            laid.Zip(laid.Skip(1)).ShouldAllBe(pair => pair.First < pair.Second, $"seed {seed}");
            laid.FirstOrDefault().ShouldBe(0);
            (laid.Count + grid.Holes.Sum(hole => hole.Length)).ShouldBe(grid.Length, $"seed {seed}");
            laid.ShouldAllBe(place => !grid.Holes.Any(hole => place >= hole.Place && place < hole.End), $"seed {seed}");
            grid.Decoded.Zip(grid.Decoded.Skip(1)).ShouldAllBe(pair => pair.First < pair.Second, $"seed {seed}");
            grid.Decoded.Zip(grid.Places).ShouldAllBe(pair => pair.First <= pair.Second, $"seed {seed}");
            if (shown.Count == 0)
                continue;

            var first = Clock.ToTimeSpan(shown.Min()) + grid.Origin;
            var shifts = inOrder.Select(index => rate.TimeOf(grid.Places[index]) - (Clock.ToTimeSpan(shown[index]) - first)).ToList();
            shifts.Max(shift => shift.Duration()).ShouldBe(grid.LargestShift.Duration(), TimeSpan.FromMicroseconds(2), $"seed {seed}");
            // Jitter moves a frame by its own size, the grid by half a frame, and drift by its limit.
            grid.LargestShift.Duration().ShouldBeLessThan(rate.TimeOf(2) + (grid.Scale == 1 ? TimeSpan.Zero : driftLimit), $"seed {seed}");
        }
    }

    private static FrameGrid Lay(List<long> shown, TimeCodeRate rate, int driftLimit = 100, int limit = 1) =>
        FrameGrid.Lay(shown, Clock, MeasuredOf(shown, rate), TimeSpan.FromMilliseconds(driftLimit), TimeSpan.FromSeconds(limit));

    private static NominalRate MeasuredOf(List<long> shown, TimeCodeRate rate)
    {
        try
        {
            return NominalRate.Of(shown, Clock, [], rate);
        }
        catch (EditExportException)
        {
            return new NominalRate(rate, 0);
        }
    }

    private static List<long> Times(TimeCodeRate rate, IEnumerable<double> places) =>
        [.. places.Select(place => 1_000_000 + (long)Math.Round(place * 90_000 * rate.Denominator / rate.Numerator))];

    private static TimeCodeRate Rate(string text) => TimeCodeRate.TryParse(text, out var rate) ? rate : throw new ArgumentException(text);
}
