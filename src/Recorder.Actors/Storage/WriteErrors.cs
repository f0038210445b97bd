using Recorder.Contracts;

namespace Recorder.Actors.Storage;

/// <summary>What a failed write means.</summary>
internal static class WriteErrors
{
    // errno of Linux: the volume is full, or the quota of who writes is.
    private const int NoSpace = 28;
    private const int QuotaExceeded = 122;

    /// <summary>Whether the volume has no space left for us.</summary>
    public static bool IsFull(Exception exception) =>
        exception is IOException &&
        ((exception.HResult & 0xFFFF) is NoSpace or QuotaExceeded
            || exception.Message.Contains("No space left", StringComparison.Ordinal)
            || exception.Message.Contains("quota exceeded", StringComparison.OrdinalIgnoreCase));

    /// <summary>A sentence for users: what failed, where, and what to do.</summary>
    public static MediaError Explain(Exception exception, string folder)
    {
        var remedy = exception switch
        {
            UnauthorizedAccessException => $"the folder {folder} may not be written to; choose another or change its permissions",
            DirectoryNotFoundException => $"the folder {folder} cannot be made; choose another",
            _ when IsFull(exception) => $"the volume of {folder} is full; make space or choose another",
            _ when exception.Message.Contains("already exists", StringComparison.Ordinal) =>
                $"{exception.Message} Choose another name or allow it to be replaced",
            _ => $"writing to {folder} failed: {exception.Message}",
        };
        return new MediaError(ErrorName.UnknownError, $"The recording cannot be written: {remedy.TrimEnd('.')}.");
    }
}
