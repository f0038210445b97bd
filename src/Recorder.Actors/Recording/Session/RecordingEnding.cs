using Microsoft.Extensions.Logging;
using Recorder.Contracts;
using Recorder.FFmpeg;

namespace Recorder.Actors.Recording;

/// <summary>Ends a recording (W3C MediaStream Recording, "inactivate the recorder"): its last blob, its error, its stop event.</summary>
internal static class RecordingEnding
{
    /// <summary>Ends a recording: raises the start event if it was not raised yet, the last blob and the stop event.</summary>
    /// <param name="recording">The recording.</param>
    /// <param name="reason">
    /// The reason; null leaves the recording open, to be continued: the last blob is stored, and no stop event is raised.
    /// </param>
    /// <param name="now">The wall-clock time.</param>
    /// <exception cref="FFmpegException">The container cannot be completed: call <see cref="Fail"/>.</exception>
    public static void End(this RecordingSession recording, StopReason? reason, DateTimeOffset now)
    {
        recording.Complete();
        if (reason is not null)
        {
            recording.RaiseStarted([]);
            RaiseDataOf(recording, now);
        }

        recording.Close(reason, error: null, now);
    }

    /// <summary>Ends a recording with the error event, the last blob and the stop event. After a security error the last blob is empty.</summary>
    /// <param name="recording">The recording.</param>
    /// <param name="error">The error.</param>
    /// <param name="now">The wall-clock time.</param>
    /// <param name="withData">Whether a blob is announced even when it is empty.</param>
    /// <param name="sourceHasChanged">Whether a recorder that is started again can record the source.</param>
    /// <param name="logger">Logs a failure to complete the container.</param>
    public static void Fail(
        this RecordingSession recording, MediaError error, DateTimeOffset now, bool withData, bool sourceHasChanged, ILogger logger)
    {
        recording.RaiseError(error);
        try
        {
            if (recording.HasBegun && error.Name == ErrorName.SecurityError)
            {
                recording.Discard();
            }
            else if (recording.HasBegun)
            {
                recording.CompleteFailed();
            }
        }
#pragma warning disable CA1031 // Whatever prevents the container from being completed, its output so far is kept.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            RecordingLog.NotCompleted(logger, recording.Recorder, exception.Message);
            recording.AbandonContainer();
        }

        if (withData)
        {
            RaiseDataOf(recording, now);
        }

        recording.Close(StopReason.Failed, error, now, sourceHasChanged);
    }

    // The specification requires a dataavailable event even without any media.
    private static void RaiseDataOf(RecordingSession recording, DateTimeOffset now)
    {
        if (!recording.HasBegun)
        {
            recording.RaiseEmptyBlob(now);
        }
    }
}
