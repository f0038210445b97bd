using System.Collections.Immutable;
using System.Globalization;
using Recorder.Contracts;

namespace Recorder.Media.Interchange;

/// <summary>
/// Writes the marks of a take, and its holes, as the EDL of timeline markers that DaVinci Resolve reads: an event of one frame for each. A file has
/// up to 999 events; more go into further parts.
/// </summary>
internal static class MarkerEdlWriter
{
    private const int EventsInPart = 999;

    /// <summary>How many files the marks of a take fill, at least one.</summary>
    public static int Parts(EditTake take) => Math.Max(1, (AngleMarks.All(take).Length + EventsInPart - 1) / EventsInPart);

    /// <param name="part">Which of <see cref="Parts"/>, from 0.</param>
    /// <exception cref="EditTakeException">
    /// The take has a problem of <see cref="EditTakeCheck"/>, or a mark after midnight, where the time code of the events would step back.
    /// </exception>
    public static void Write(EditTake take, TextWriter output, int part = 0)
    {
        EditTakeCheck.Require(take);
        if (part < 0 || part >= Parts(take))
        {
            throw new EditTakeException(
                EditProblemKind.NoSuchPart, $"The marks of take '{take.Name}' have {Parts(take)} parts from 0; there is none with the number {part}.");
        }

        var marks = AngleMarks.All(take);
        RefuseAfterMidnight(take, marks);
        output.Write($"TITLE: {CleanText.Field(take.Name)}\n");
        output.Write($"FCM: {(take.Start.IsDropFrame ? "DROP FRAME" : "NON-DROP FRAME")}\n\n");
        var number = 1;
        foreach (var mark in marks.Skip(part * EventsInPart).Take(EventsInPart))
            Event(output, number++, take.Start.Add(mark.At), mark);
    }

    private static void Event(TextWriter output, int number, TimeCode at, EditMark mark)
    {
        var (from, to) = (at, at.Add(1));
        var note = CleanText.Field(string.Join(": ", new[] { mark.Angle ?? "", mark.Note }.Where(text => text.Length > 0)));
        var name = CleanText.Field(mark.Name);
        output.Write(string.Create(CultureInfo.InvariantCulture, $"{number:000}  001      V     C        {from} {to} {from} {to}  \n"));
        output.Write(string.Create(
            CultureInfo.InvariantCulture,
            $"{note} |C:{mark.Colour.ResolveName()} |M:{(name.Length > 0 ? name : "Mark")} |D:{mark.Frames}\n\n"));
    }

    private static void RefuseAfterMidnight(EditTake take, ImmutableArray<EditMark> marks)
    {
        var left = EditTake.DayOf(take.Start) - take.Start.Frame;
        if (marks.FirstOrDefault(mark => mark.At >= left - 1) is { } late)
        {
            throw new EditTakeException(
                EditProblemKind.MarkAfterMidnight,
                $"Mark '{late.Name}' is after midnight, where time code begins again and an EDL cannot go on; take it from the .otio or .fcpxml file.");
        }
    }
}
