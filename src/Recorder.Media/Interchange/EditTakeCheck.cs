using Recorder.Contracts;

namespace Recorder.Media.Interchange;

/// <summary>What must hold of a take before any of its files is written.</summary>
internal static class EditTakeCheck
{
    /// <exception cref="EditTakeException">The first of the take's problems.</exception>
    public static void Require(EditTake take)
    {
        foreach (var problem in Problems(take))
            throw new EditTakeException(problem);
    }

    public static IEnumerable<EditProblem> Problems(EditTake take)
    {
        if (string.IsNullOrWhiteSpace(take.Name))
            yield return new(EditProblemKind.NoName, "The take has no name; give it one.");
        if (take.Frames < 1)
            yield return new(EditProblemKind.NoFrames, $"Take '{take.Name}' has no frames; export a take in which something was recorded.");
        if (take.Frames > EditTake.DayOf(take.Start))
        {
            yield return new(
                EditProblemKind.LongerThanADay, $"Take '{take.Name}' is longer than 24 hours, after which time code repeats; export a part of it.");
        }

        if (take.Angles.IsDefaultOrEmpty)
        {
            yield return new(EditProblemKind.NoAngle, $"Take '{take.Name}' has no angle; export at least one.");
            yield break;
        }

        var (names, files) = (new HashSet<string>(), new HashSet<string>(StringComparer.OrdinalIgnoreCase));
        foreach (var angle in take.Angles)
        {
            if (string.IsNullOrWhiteSpace(angle.Name))
                yield return new(EditProblemKind.NoName, $"The angle with file '{angle.FileName}' has no name; give it one, such as A.");
            if (!names.Add(angle.Name))
                yield return new(EditProblemKind.DuplicateAngle, $"Two angles are named '{angle.Name}'; give each its own name.");
            if (!files.Add(angle.FileName))
                yield return new(EditProblemKind.DuplicateFile, $"Two angles have the file '{angle.FileName}'; give each its own, also in lower case.");
            foreach (var problem in ProblemsOf(angle, take))
                yield return problem;
        }

        foreach (var problem in take.Marks.SelectMany(mark => ProblemsOf(mark, take, names)))
            yield return problem;
    }

    private static IEnumerable<EditProblem> ProblemsOf(EditAngle angle, EditTake take)
    {
        if (!RelativeFile.IsValid(angle.FileName))
            yield return new(EditProblemKind.BadFileName, $"Angle {angle.Name}: '{angle.FileName}' is no path below the folder of the project file.");
        if (angle.Width < 1 || angle.Height < 1)
            yield return new(EditProblemKind.NoPicture, $"Angle {angle.Name} has no picture; leave it out.");
        if (angle.Sound is { } sound && (sound.Channels < 1 || sound.SampleRate < 1))
            yield return new(EditProblemKind.BadSound, $"Angle {angle.Name}: sound of {sound.Channels} channels at {sound.SampleRate} Hz is none.");

        if (angle.Start.Rate != take.Start.Rate || angle.Start.IsDropFrame != take.Start.IsDropFrame)
        {
            yield return new(
                EditProblemKind.OtherRate,
                $"Angle {angle.Name} counts {Counting(angle.Start)} and the take {Counting(take.Start)}; export the angle at the take's rate.");
            yield break;
        }

        if (angle.Frames < 1)
            yield return new(EditProblemKind.NoFrames, $"Angle {angle.Name} has no frames; leave it out.");
        else if (angle.Frames > take.Frames - take.OffsetOf(angle.Start))
        {
            yield return new(
                EditProblemKind.OutsideTake,
                $"Angle {angle.Name} has {angle.Frames} frames from {angle.Start}, which are not all in the take's {take.Frames} from {take.Start}.");
        }

        var (end, missing) = (0L, 0L);
        foreach (var hole in angle.Holes)
        {
            if (hole.At < end || hole.Frames < 1 || hole.At > angle.Frames - hole.Frames)
            {
                yield return new(
                    EditProblemKind.BadHole,
                    $"Angle {angle.Name}: the hole of {hole.Frames} frames at {hole.At} is not after the hole before it and within the file.");
            }

            end = hole.At + hole.Frames;
            missing += hole.Frames;
        }

        if (missing >= angle.Frames && angle.Frames > 0)
            yield return new(EditProblemKind.NothingRecorded, $"Angle {angle.Name}: the file is one hole; leave the angle out.");
    }

    private static IEnumerable<EditProblem> ProblemsOf(EditMark mark, EditTake take, HashSet<string> angles)
    {
        if (mark.At < 0 || mark.Frames < 1 || mark.At > take.Frames - mark.Frames || !Enum.IsDefined(mark.Colour))
        {
            yield return new(
                EditProblemKind.BadMark,
                $"Mark '{mark.Name}': {mark.Frames} frames from {mark.At} are not within the {take.Frames} of the take, or its colour {mark.Colour} is none.");
        }

        if (mark.Angle is { } angle && !angles.Contains(angle))
            yield return new(EditProblemKind.UnknownAngle, $"Mark '{mark.Name}' is on the angle '{angle}', which the take does not have.");
    }

    private static string Counting(TimeCode timeCode) => $"{timeCode.Rate} frames per second {(timeCode.IsDropFrame ? "with" : "without")} drop-frame";
}
