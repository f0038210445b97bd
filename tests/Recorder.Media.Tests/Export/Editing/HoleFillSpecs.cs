using Recorder.Contracts;
using Recorder.FFmpeg;
using Recorder.Media.Export.Editing;

namespace Recorder.Media.Tests.Export.Editing;

public sealed class HoleFillSpecs
{
    [Fact]
    public void Black_comes_before_a_key_frame_with_all_frames_before_the_hole_decoded()
    {
        // Shown: 0 1 2 3, a hole of 4, 8 9 10 11.
        var fills = Fill([0, 3, 1, 2, 8, 11, 9, 10], keys: [0, 4]);

        fills.ShouldBe([new HoleFill(new GridHole(4, 4), 4, IsBlack: true)]);
    }

    [Fact]
    public void A_hole_before_another_frame_or_among_reordered_ones_is_held()
    {
        Fill([0, 1, 2, 5, 6], keys: [0]).ShouldBe([new HoleFill(new GridHole(3, 2), 3, IsBlack: false)]);
        // The key frame is decoded before the last frames that are shown before the hole.
        Fill([0, 1, 9, 2, 3, 10], keys: [0, 2, 4]).ShouldBe([new HoleFill(new GridHole(4, 5), 4, IsBlack: false)]);
    }

    [Fact]
    public void Each_of_several_holes_has_the_frame_behind_it()
    {
        Fill([0, 1, 4, 5, 9], keys: [0, 2, 4]).ShouldBe(
        [
            new HoleFill(new GridHole(2, 2), 2, IsBlack: true),
            new HoleFill(new GridHole(6, 3), 4, IsBlack: true),
        ]);
    }

    [Fact]
    public void Nothing_is_black_unless_it_is_wanted()
    {
        HoleFill.Of(Grid([0, 1, 4]), new HashSet<int> { 0, 2 }, isBlackWanted: false).ShouldHaveSingleItem().IsBlack.ShouldBeFalse();
    }

    private static IReadOnlyList<HoleFill> Fill(int[] places, int[] keys) => HoleFill.Of(Grid(places), keys.ToHashSet(), isBlackWanted: true);

    private static FrameGrid Grid(int[] places)
    {
        var rate = new NominalRate(TimeCodeRate.Find(25)!.Value, 25);
        return FrameGrid.Lay(Array.ConvertAll(places, place => (long)place), new Rational(1, 25), rate, TimeSpan.Zero, TimeSpan.FromSeconds(10));
    }
}
