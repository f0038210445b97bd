namespace Recorder.Media.Export.Editing;

/// <summary>What is shown in a hole.</summary>
/// <param name="Before">The number, in the order of decoding, of the frame that follows it.</param>
internal sealed record HoleFill(GridHole Hole, int Before, bool IsBlack)
{
    /// <param name="keys">Which frames are key frames, by their number in the order of decoding.</param>
    /// <param name="isBlackWanted">Whether black is put where it can be: before a key frame, with all frames before the hole decoded before it.</param>
    public static IReadOnlyList<HoleFill> Of(FrameGrid grid, IReadOnlySet<int> keys, bool isBlackWanted)
    {
        var fills = new List<HoleFill>();
        var (latest, next, empty) = (-1L, 0, 0L);
        foreach (var hole in grid.Holes)
        {
            // All places but those of holes have a frame.
            var before = (int)(hole.Place - empty);
            for (; next < before; next++)
                latest = Math.Max(latest, grid.Places[next]);

            fills.Add(new HoleFill(hole, before, isBlackWanted && latest < hole.Place && keys.Contains(before)));
            empty += hole.Length;
        }

        return fills;
    }
}
