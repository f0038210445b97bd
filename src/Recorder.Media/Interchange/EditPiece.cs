using System.Collections.Immutable;

namespace Recorder.Media.Interchange;

/// <summary>A part of an angle on the take's timeline: frames of its file, or a gap.</summary>
/// <param name="At">Frames after the first of the timeline.</param>
/// <param name="InFile">Frames after the first of the file; null for a gap.</param>
/// <param name="Reason">Why there is a gap.</param>
internal sealed record EditPiece(long At, long Frames, long? InFile, string Reason = "")
{
    private const string Before = "The angle begins later.";

    public long End => At + Frames;

    /// <summary>What a timeline shows of an angle, from the timeline's first frame to the last that the angle has, without hole or overlap.</summary>
    public static ImmutableArray<EditPiece> Of(EditTake take, EditAngle angle)
    {
        var pieces = ImmutableArray.CreateBuilder<EditPiece>();
        var offset = take.OffsetOf(angle.Start);
        if (offset > 0)
            pieces.Add(new EditPiece(0, offset, null, Before));

        var from = 0L;
        foreach (var hole in angle.Holes.Where(hole => !hole.IsBlack))
        {
            if (hole.At > from)
                pieces.Add(new EditPiece(offset + from, hole.At - from, from));

            pieces.Add(new EditPiece(offset + hole.At, hole.Frames, null, hole.Reason));
            from = hole.At + hole.Frames;
        }

        if (angle.Frames > from)
            pieces.Add(new EditPiece(offset + from, angle.Frames - from, from));

        // A gap after all the angle has is no part of it.
        while (pieces is [.., { InFile: null }])
            pieces.RemoveAt(pieces.Count - 1);

        return pieces.ToImmutable();
    }
}
