using Recorder.Contracts;
using Recorder.Media.Interchange;

namespace Recorder.Media.Tests.Interchange;

/// <summary>A mark as a document places it on the timeline, in frames.</summary>
internal readonly record struct PlacedMark(long At, long Frames);

/// <summary>What a take says by itself, reckoned without the classes that write it.</summary>
internal static class Expected
{
    /// <summary>The number of the frame in the day's time code that an angle shows at a frame of the timeline; null where it shows nothing.</summary>
    public static long? FrameAt(EditTake take, EditAngle angle, long at)
    {
        var inFile = at - OffsetOf(take, angle);
        return inFile < 0 || inFile >= angle.Frames || angle.Holes.Any(hole => !hole.IsBlack && inFile >= hole.At && inFile < hole.At + hole.Frames)
            ? null
            : angle.Start.Frame + inFile;
    }

    public static IEnumerable<PlacedMark> Marks(EditTake take, bool allHoles) => take.Marks.Select(mark => new PlacedMark(mark.At, mark.Frames))
        .Concat(take.Angles.SelectMany(angle => angle.Holes.Where(hole => allHoles || hole.IsBlack)
            .Select(hole => new PlacedMark(OffsetOf(take, angle) + hole.At, hole.Frames))))
        .OrderBy(mark => mark.At).ThenBy(mark => mark.Frames);

    /// <summary>The first frame of the timeline after all that any angle has.</summary>
    public static long End(EditTake take) => take.Angles.Max(angle =>
    {
        var end = angle.Frames;
        foreach (var hole in angle.Holes.Reverse().Where(hole => !hole.IsBlack && hole.At + hole.Frames == end))
            end = hole.At;

        return OffsetOf(take, angle) + end;
    });

    /// <summary>Frames of the timeline that are worth a look: where an angle or a hole begins or ends, and others.</summary>
    public static IEnumerable<long> Places(EditTake take, EditAngle angle)
    {
        var offset = OffsetOf(take, angle);
        var edges = angle.Holes.SelectMany(hole => new[] { offset + hole.At, offset + hole.At + hole.Frames }).Append(0).Append(offset).Append(offset + angle.Frames);
        return edges.SelectMany(edge => new[] { edge - 1, edge, edge + 1 }).Append(take.Frames / 2).Append(take.Frames / 3).Where(at => at >= 0).Distinct();
    }

    private static long OffsetOf(EditTake take, EditAngle angle)
    {
        var apart = angle.Start.Frame - take.Start.Frame;
        return apart >= 0 ? apart : apart + TimeCode.At(-1, take.Start.Rate, take.Start.IsDropFrame).Frame + 1;
    }
}
