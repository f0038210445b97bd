using System.Collections.Immutable;

namespace Recorder.Media.Interchange;

/// <summary>The marks of one angle: those that name it, and one for each hole that its file fills with black.</summary>
internal static class AngleMarks
{
    public static ImmutableArray<EditMark> Of(EditTake take, EditAngle angle)
    {
        var offset = take.OffsetOf(angle.Start);
        var holes = angle.Holes.Where(hole => hole.IsBlack).Select(hole => OfHole(hole, offset, angle));
        return [.. take.Marks.Where(mark => mark.Angle == angle.Name).Concat(holes).OrderBy(mark => mark.At)];
    }

    /// <summary>All that a single list of marks says of a take: its marks, and a mark for each hole of each angle.</summary>
    public static ImmutableArray<EditMark> All(EditTake take) =>
    [
        .. take.Marks
            .Concat(take.Angles.SelectMany(angle => angle.Holes.Select(hole => OfHole(hole, take.OffsetOf(angle.Start), angle))))
            .OrderBy(mark => mark.At),
    ];

    /// <summary>Whether all that is marked lies in a piece.</summary>
    public static bool Holds(this EditPiece piece, EditMark mark) => mark.At >= piece.At && mark.At + mark.Frames <= piece.End;

    private static EditMark OfHole(AngleHole hole, long offset, EditAngle angle) =>
        new(offset + hole.At, "Nothing recorded", MarkColour.Cocoa, hole.Reason, hole.Frames, angle.Name);
}
