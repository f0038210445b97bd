namespace Recorder.Media.Interchange;

/// <summary>Why a take cannot be written for an editor.</summary>
internal enum EditProblemKind
{
    NoName = 1,
    NoFrames = 2,
    LongerThanADay = 3,
    NoAngle = 4,
    DuplicateAngle = 5,
    DuplicateFile = 6,
    BadFileName = 7,
    OtherRate = 8,
    OutsideTake = 9,
    NoPicture = 10,
    BadSound = 11,
    BadHole = 12,
    NothingRecorded = 13,
    BadMark = 14,
    UnknownAngle = 15,
    FolderIsNoFileUrl = 16,
    MarkAfterMidnight = 17,
    MissingHash = 18,
    BadHash = 19,
    NoSuchPart = 20,
}

/// <param name="Message">What is wrong, where, and what to do.</param>
internal sealed record EditProblem(EditProblemKind Kind, string Message);

/// <summary>A take was to be written for an editor, and something about it forbids that.</summary>
internal sealed class EditTakeException(EditProblem problem) : Exception(problem.Message)
{
    public EditTakeException(EditProblemKind kind, string message)
        : this(new EditProblem(kind, message))
    {
    }

    public EditProblemKind Kind => problem.Kind;
}
