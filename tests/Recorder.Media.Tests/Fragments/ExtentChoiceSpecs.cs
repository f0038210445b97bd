using Recorder.Media;
using Recorder.Media.Fragments;


namespace Recorder.Node.Tests.Media;

/// <summary>What plays where several nodes recorded the same time.</summary>
public sealed class ExtentChoiceSpecs
{
    [Fact]
    public void Files_that_follow_one_another_play_whole() =>
        Choose(Extent(1, 0, 10), Extent(1, 10, 20), Extent(2, 22, 30)).ShouldBe(["1: 0-10", "1: 10-20", "2: 22-30"]);

    [Fact]
    public void Where_a_recorder_was_handed_over_the_next_node_plays_from_where_it_begins() =>
        Choose(Extent(1, 0, 10), Extent(2, 9, 20)).ShouldBe(["1: 0-9", "2: 9-20"]);

    [Fact]
    public void A_node_that_was_cut_off_plays_until_the_one_that_took_over_has_begun() =>
        Choose(Extent(1, 0, 10), Extent(1, 10, 40, isLate: true), Extent(2, 13, 40)).ShouldBe(["1: 0-10", "1: 10-13", "2: 13-40"]);

    [Fact]
    public void What_a_later_epoch_lost_an_earlier_one_may_have() =>
        Choose(Extent(1, 0, 30, isLate: true), Extent(2, 5, 10), Extent(2, 20, 30)).ShouldBe(["1: 0-5", "2: 5-10", "1: 10-20", "2: 20-30"]);

    [Fact]
    public void What_another_has_whole_is_left_out_and_so_is_less_than_a_frame() =>
        Choose(Extent(1, 5, 8), Extent(1, 0, 5.02), Extent(2, 5, 20)).ShouldBe(["1: 0-5", "2: 5-20"]);

    [Fact]
    public void What_is_under_way_and_has_no_length_yet_plays() =>
        Choose(Extent(1, 0, 10), Extent(2, 9, 20), Extent(2, 20, 20)).ShouldBe(["1: 0-9", "2: 9-20", "2: 20-20"]);

    [Fact]
    public void What_nobody_else_has_of_a_node_that_is_away_is_missing()
    {
        WantedExtent[] there = [Wanted(Extent(1, 0, 10)), Wanted(Extent(3, 20, 30))];

        var missing = ExtentChoice.Uncovered([Extent(2, 9, 21)], there);

        missing.ShouldHaveSingleItem();
        (missing[0].From.TotalSeconds, missing[0].To.TotalSeconds).ShouldBe((10, 20));
    }

    private static IEnumerable<string> Choose(params Extent[] rows) => ExtentChoice.Of(rows.Select(Wanted)).Select(
        it => $"{it.Row.Epoch}: {it.Begin.TotalSeconds}-{(it.To ?? it.Row.MediaTime + it.Row.Duration).TotalSeconds}");

    private static WantedExtent Wanted(Extent row) => new(row, new LocalMedia(row.Path));

    private static Extent Extent(int epoch, double from, double to, bool isLate = false) => new()
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
        IsLate = isLate,
    };
}
