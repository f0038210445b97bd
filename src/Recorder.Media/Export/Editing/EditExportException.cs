namespace Recorder.Media.Export.Editing;

internal enum EditError
{
    Unknown = 0,

    /// <summary>There is no video, or no frame of it in the interval.</summary>
    NoVideo = 1,

    /// <summary>Time code does not exist at the camera's rate, such as 12.5.</summary>
    NoTimeCodeRate = 2,

    /// <summary>Another rate than the camera's own was asked for.</summary>
    OtherRate = 3,

    /// <summary>The frames are too many for the rate, or too irregular, to be laid on a grid.</summary>
    FramesDoNotFit = 4,

    /// <summary>The container, or one file, cannot hold what was recorded.</summary>
    NotHeld = 5,

    /// <summary>Holes cannot be filled with black frames.</summary>
    NoBlack = 6,

    /// <summary>The time code does not count at the rate of the file.</summary>
    WrongTimeCode = 7,

    /// <summary>The recording is longer than a day, within which time code repeats.</summary>
    TooLong = 8,

    /// <summary>The volume is full.</summary>
    DiskFull = 9,

    /// <summary>The file cannot be written.</summary>
    NotWritten = 10,

    /// <summary>What was recorded cannot be read.</summary>
    NotRead = 11,
}

/// <summary>An export for an editor was refused or failed. The message says what is wrong and what to do.</summary>
internal sealed class EditExportException(EditError error, string message, Exception? cause = null) : Exception(message, cause)
{
    public EditError Error => error;
}
