using Recorder.Contracts;

namespace Recorder.Actors.Storage;

internal static class WriteErrors
{
    // Linux error numbers ENOSPC and EDQUOT.
    private const int NoSpace = 28;
    private const int QuotaExceeded = 122;

    public static bool IsFull(Exception exception) =>
        exception is IOException &&
        ((exception.HResult & 0xFFFF) is NoSpace or QuotaExceeded
            || exception.Message.Contains("No space left", StringComparison.Ordinal)
            || exception.Message.Contains("quota exceeded", StringComparison.OrdinalIgnoreCase));

    public static MediaError Explain(Exception exception, string folder)
    {
        var remedy = exception switch
        {
            UnauthorizedAccessException => $"no permission to write to {folder}; choose another folder or change its permissions",
            DirectoryNotFoundException => $"the folder {folder} cannot be created; choose another",
            _ when IsFull(exception) => $"the volume of {folder} is full; free some space or choose another folder",
            _ when exception.Message.Contains("already exists", StringComparison.Ordinal) =>
                $"{exception.Message} Choose another name or allow overwriting",
            _ => $"writing to {folder} failed: {exception.Message}",
        };
        return new MediaError(ErrorName.UnknownError, $"The recording cannot be written: {remedy.TrimEnd('.')}.");
    }
}
