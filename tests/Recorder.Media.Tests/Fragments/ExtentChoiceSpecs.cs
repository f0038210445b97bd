using Recorder.Media.Fragments;

namespace Recorder.Media.Tests.Fragments;

public sealed class ExtentChoiceSpecs(RecordedExtents media) : IClassFixture<RecordedExtents>
{
    [Fact]
    public void Extents_that_follow_one_another_play_whole() =>
        Choose(Extent(1, 0, 10), Extent(1, 10, 20), Extent(2, 22, 30)).ShouldBe(["1: 0-10", "1: 10-20", "2: 22-30"]);

    [Fact]
    public void After_a_hand_over_the_next_node_plays_from_where_it_begins() =>
        Choose(Extent(1, 0, 10), Extent(2, 9, 20)).ShouldBe(["1: 0-9", "2: 9-20"]);

    [Fact]
    public void A_node_that_was_cut_off_plays_until_the_node_that_took_over_has_begun() =>
        Choose(Extent(1, 0, 10), Extent(1, 10, 40), Extent(2, 13, 40)).ShouldBe(["1: 0-10", "1: 10-13", "2: 13-40"]);

    [Fact]
    public void An_earlier_epoch_fills_the_gaps_of_a_later_one() =>
        Choose(Extent(1, 0, 30), Extent(2, 5, 10), Extent(2, 20, 30)).ShouldBe(["1: 0-5", "2: 5-10", "1: 10-20", "2: 20-30"]);

    [Fact]
    public void An_extent_that_is_covered_is_left_out_and_so_is_less_than_a_frame() =>
        Choose(Extent(1, 5, 8), Extent(1, 0, 5.02), Extent(2, 5, 20)).ShouldBe(["1: 0-5", "2: 5-20"]);

    [Fact]
    public void An_extent_that_is_being_recorded_plays_before_it_has_a_duration() =>
        Choose(Extent(1, 0, 10), Extent(2, 9, 20), Extent(2, 20, 20)).ShouldBe(["1: 0-9", "2: 9-20", "2: 20-20"]);

    [Fact]
    public void Time_of_an_unreachable_node_that_no_other_node_recorded_is_missing()
    {
        WantedExtent[] chosen = [Wanted(Extent(1, 0, 10)), Wanted(Extent(3, 20, 30))];

        var missing = ExtentChoice.Uncovered([Extent(2, 9, 21)], chosen).ShouldHaveSingleItem();

        (missing.From.TotalSeconds, missing.To.TotalSeconds).ShouldBe((10, 20));
    }

    [Theory]
    [InlineData(null, null, "0-6")]
    [InlineData(0.9, null, "2-6")]
    [InlineData(1.2, null, "4-6")]
    [InlineData(null, 2.0, "0-4")]
    [InlineData(null, 2.1, "0-4")]
    [InlineData(null, 2.4, "0-5")]
    public void A_cut_begins_with_a_key_frame_and_ends_with_a_fragment_of_which_most_is_wanted(double? from, double? to, string fragments)
    {
        var part = new FragmentMaps().Open(media.Clip)!;
        var wanted = Wanted(media.Clip) with { From = Seconds(from), To = Seconds(to) };

        var cut = wanted.Cut(part, TimeSpan.Zero);

        $"{cut.First}-{cut.Count}".ShouldBe(fragments);
    }

    private static TimeSpan? Seconds(double? seconds) => seconds is { } value ? TimeSpan.FromSeconds(value) : null;

    private static IEnumerable<string> Choose(params Extent[] extents) => ExtentChoice.Of(extents.Select(Wanted)).Select(wanted =>
        $"{wanted.Extent.Epoch}: {wanted.Begin.TotalSeconds}-{(wanted.To ?? wanted.Extent.MediaTime + wanted.Extent.Duration).TotalSeconds}");

    private static WantedExtent Wanted(Extent extent) => new(extent, new LocalMedia(extent.Path));

    private static Extent Extent(int epoch, double from, double to) => new()
    {
        Number = (int)from + 1,
        Path = "extent",
        Bytes = 1,
        MediaTime = TimeSpan.FromSeconds(from),
        Duration = TimeSpan.FromSeconds(to - from),
        CapturedAt = default,
        FirstBlob = 1,
        LastBlob = 1,
        Epoch = epoch,
    };
}
